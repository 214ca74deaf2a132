package report

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model/catalog"
	"ecssim/sim"
)

// tree reads all files of a folder.
func tree(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return files
}

func TestFolderHoldsWhatTheManualSays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "first")
	set := Set{
		Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}, Resolved: []byte("schema = 1\n"),
		Run: RunInfo{Version: "0.1.0", Elapsed: time.Second, Workers: 2},
	}
	require.NoError(t, WriteFolder(dir, set, FolderOptions{}))
	files := tree(t, dir)
	for _, name := range []string{
		"run.json", "summary.json", "summary.md", "scenario.resolved.toml", "data/timeseries.csv", "data/tasks.csv",
		"data/instances.csv", "data/placements.csv", "data/failures.csv", "data/costs.csv", "data/deployments.csv", "data/columns.csv", "events.ndjson",
		"plots/utilisation.svg", "plots/utilisation.png", "plots/failures.svg", "plots/failures.png",
		"plots/services.svg", "plots/services.png", "plots/lifecycle.svg", "plots/lifecycle.png",
	} {
		assert.NotEmpty(t, files[name], name)
		delete(files, name)
	}
	assert.Empty(t, files)

	// The same again, elsewhere and at another time: only run.json differs.
	before := tree(t, dir)
	other := filepath.Join(t.TempDir(), "x")
	set.Records = []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}
	set.Run = RunInfo{Elapsed: time.Hour, Started: time.Now(), Workers: 7}
	t.Setenv("TZ", "Asia/Tokyo")
	t.Setenv("LC_ALL", "de_DE.UTF-8")
	require.NoError(t, WriteFolder(other, set, FolderOptions{}))
	after := tree(t, other)
	assert.NotEqual(t, before["run.json"], after["run.json"])
	delete(before, "run.json")
	delete(after, "run.json")
	assert.Equal(t, before, after)
}

func TestFolderReplacesAnEarlierRun(t *testing.T) {
	dir := t.TempDir()
	set := Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}, Resolved: []byte("schema = 1\n")}
	require.NoError(t, WriteFolder(dir, set, FolderOptions{}))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600))
	require.NoError(t, WriteFolder(dir, Set{Planned: 1}, FolderOptions{}))
	files := tree(t, dir)
	assert.Equal(t, "mine", files["notes.txt"])
	assert.NotContains(t, files, "scenario.resolved.toml")
	assert.NotContains(t, files, "plots/failures.svg")
	assert.Equal(t, 1, strings.Count(files["data/tasks.csv"], "\n"))
}

func TestFolderOfOthersIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o600))
	set := Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}}
	err := WriteFolder(dir, set, FolderOptions{})
	assert.True(t, errors.Is(err, ErrForeignFolder))
	assert.ErrorContains(t, err, dir)
	assert.Len(t, tree(t, dir), 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), []byte(`{"tool":"other"}`), 0o600))
	require.ErrorIs(t, CheckFolder(dir, FolderOptions{}), ErrForeignFolder)
	require.NoError(t, WriteFolder(dir, set, FolderOptions{Force: true}))
	require.NoError(t, CheckFolder(dir, FolderOptions{}))
}

func TestWriteErrorsNameThePath(t *testing.T) {
	dir := t.TempDir()
	set := Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}}
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.ErrorContains(t, WriteFolder(file, set, FolderOptions{}), file)
	assert.ErrorContains(t, WriteFolder(filepath.Join(file, "below"), set, FolderOptions{}), file)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "out", "summary.json", "x"), 0o755))
	err := WriteFolder(filepath.Join(dir, "out"), set, FolderOptions{Force: true})
	assert.ErrorContains(t, err, "summary.json")
	assert.NoFileExists(t, filepath.Join(dir, "out", ".ecssim-summary.json.tmp"))
	full := writeFile(filepath.Join(dir, "f"), func(io.Writer) error { return errors.New("disk full") })
	assert.ErrorContains(t, full, filepath.Join(dir, "f")+": disk full")
}

// rows reads a CSV file as maps.
func rows(t *testing.T, text string) []map[string]string {
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		out = append(out, row)
	}
	return out
}

func number(t *testing.T, s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return x
}

// TestCostFollowsFromTheTables computes the bill with nothing but the files that a user has.
func TestCostFollowsFromTheTables(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, WriteFolder(dir, Set{Records: []*Record{mixed(t, 3, RecorderOptions{})}}, FolderOptions{}))
	files := tree(t, dir)
	var summary struct {
		Scenario struct {
			Duration float64 `json:"duration_s"`
		}
		Cost struct {
			Total float64 `json:"total_usd"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(files["summary.json"]), &summary))
	lasted := func(row map[string]string, from, to string) float64 {
		end := summary.Scenario.Duration
		if row[to] != "" {
			end = number(t, row[to])
		}
		return max(60, end-number(t, row[from]))
	}
	usd := 0.0
	for _, row := range rows(t, files["data/instances.csv"]) {
		ty, ok := catalog.Builtin().Type(row["type"])
		require.True(t, ok)
		usd += lasted(row, "launched_s", "terminated_s") / 3600 * ty.PricePerHour
	}
	rates, ok := catalog.Builtin().FargatePrice("", "ARM64", false)
	require.True(t, ok)
	charged := 0
	for _, row := range rows(t, files["data/tasks.csv"]) {
		if row["launch_type"] != "FARGATE" || row["pull_started_s"] == "" {
			continue
		}
		charged++
		hours := lasted(row, "pull_started_s", "stopped_s") / 3600
		usd += hours * (number(t, row["cpu"])/1024*rates.VCPUHour + number(t, row["memory"])/1024*rates.GBHour +
			(number(t, row["ephemeral_gib"])-20)*rates.EphemeralGBHour)
	}
	assert.Equal(t, 3, charged)
	assert.InDelta(t, usd, summary.Cost.Total, 0.0005)
	hourly := 0.0
	for _, row := range rows(t, files["data/costs.csv"]) {
		hourly += number(t, row["usd"])
	}
	assert.InDelta(t, summary.Cost.Total, hourly, 1e-6)
}
