package experiment

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// disk is a file system of texts.
type disk map[string]string

func (d disk) open(name string) (io.ReadCloser, error) {
	text, ok := d[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

const sweepText = `schema = 1
duration = "1h"
runs = 3
seed = 7
[instances.main]
type = "m5.large"
count = 3
[services.web]
task_definition = "a.json"
desired_count = 2
[matrix]
"services.web.task_definition" = ["a.json", "b.json"]
"instances.main.count" = [2, 3]
[matrix_options]
baseline = { "instances.main.count" = 3 }
`

func definition(cpu string) string {
	return `{"family": "a", "containerDefinitions": [{"name": "a", "image": "a", "cpu": ` + cpu + `, "memory": 64}]}`
}

func expanded(t *testing.T, d disk, file string, o scenario.Options) *Expansion {
	t.Helper()
	o.Open = d.open
	x, err := Expand(context.Background(), file, o, 2)
	require.NoError(t, err)
	return x
}

// TestAPlanNeedsNoOtherFile: the cells of a plan that was written and read are those of the files, without them.
func TestAPlanNeedsNoOtherFile(t *testing.T) {
	files := disk{"dir/s.toml": sweepText, "dir/a.json": definition("64"), "dir/b.json": definition("128")}
	x := expanded(t, files, "dir/s.toml", scenario.Options{Sets: []string{"services.web.desired_count=5"}})
	require.False(t, diag.HasErrors(x.Diags), "%v", x.Diags)
	x.Plan.Shards = 2
	text, err := x.Plan.JSON()
	require.NoError(t, err)
	p, err := ReadPlan(text)
	require.NoError(t, err)
	require.Len(t, p.Cells, 4)
	require.Equal(t, 12, p.Total())
	require.Equal(t, 1, p.Base)
	require.Equal(t, []string{"services.web.task_definition", "instances.main.count"}, p.Axes)
	var names []string
	for _, f := range p.Files {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"dir/a.json", "dir/b.json", "dir/s.toml"}, names)
	for n := range p.Cells {
		s, err := p.Open(n)
		require.NoError(t, err)
		require.Equal(t, p.Cells[n].SHA256, s.SHA256)
		require.EqualValues(t, 7, s.Seed)
		require.Contains(t, string(s.Resolved), "desired_count = 5")
	}
	cell, seed := p.Run(10)
	require.Equal(t, 3, cell)
	require.EqualValues(t, 8, seed)
}

func TestAScenarioFromStandardInputIsInThePlan(t *testing.T) {
	text := strings.ReplaceAll(sweepText, ".json", "x.json")
	x := expanded(t, disk{"ax.json": definition("64"), "bx.json": definition("128")}, "-", scenario.Options{Stdin: strings.NewReader(text)})
	require.False(t, diag.HasErrors(x.Diags), "%v", x.Diags)
	_, err := x.Plan.Open(3)
	require.NoError(t, err)
}

func TestAChangedPlanIsRefused(t *testing.T) {
	files := disk{"s.toml": sweepText, "a.json": definition("64"), "b.json": definition("128")}
	text, err := expanded(t, files, "s.toml", scenario.Options{}).Plan.JSON()
	require.NoError(t, err)
	for from, to := range map[string]string{`"runs": 3`: `"runs": 4`, `"shards": 1`: `"shards": 2`, `desired_count = 2`: `desired_count = 3`} {
		changed := bytes.Replace(text, []byte(from), []byte(to), 1)
		require.NotEqual(t, text, changed)
		_, err := ReadPlan(changed)
		require.ErrorContains(t, err, "its checksum does not fit", from)
	}
	for _, other := range []string{"", "{}", "[]", `{"tool": "x"}`} {
		_, err := ReadPlan([]byte(other))
		require.ErrorContains(t, err, "this is not a plan")
	}
	_, err = ReadPlan(bytes.Replace(text, []byte(`"schema_version": "1.0"`), []byte(`"schema_version": "2.0"`), 1))
	require.ErrorContains(t, err, `the plan has schema "2.0"`)
}

func TestTheIdentityOfAPlanDoesNotKnowItsShards(t *testing.T) {
	files := disk{"s.toml": sweepText, "a.json": definition("64"), "b.json": definition("128")}
	p := expanded(t, files, "s.toml", scenario.Options{}).Plan
	one, err := p.Identity()
	require.NoError(t, err)
	p.Shards = 8
	eight, err := p.Identity()
	require.NoError(t, err)
	require.Equal(t, one, eight)
}

// TestShardsShareTheRuns: every run is in one shard, and no shard has two more than another.
func TestShardsShareTheRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Plan{Runs: rapid.IntRange(1, 30).Draw(t, "runs"), Cells: make([]Cell, rapid.IntRange(1, 30).Draw(t, "cells"))}
		p.Shards = rapid.IntRange(1, p.Total()).Draw(t, "shards")
		seen := map[int]int{}
		least, most := p.Total(), 0
		for n := range p.Shards {
			runs := p.Shard(n)
			least, most = min(least, len(runs)), max(most, len(runs))
			for _, k := range runs {
				seen[k]++
			}
		}
		require.Len(t, seen, p.Total())
		require.LessOrEqual(t, most-least, 1)
	})
}

// TestMistakesOfCellsAreToldOnce: with the first of the cells, or without a cell where all have them.
func TestMistakesOfCellsAreToldOnce(t *testing.T) {
	text := strings.Replace(sweepText, `[2, 3]`, `[2, 3, -1]`, 1) + "[jobs.x]\ntask = { cpu = 1 }\n"
	x := expanded(t, disk{"s.toml": text, "a.json": definition("64"), "b.json": definition("true")}, "s.toml", scenario.Options{})
	require.Nil(t, x.Plan)
	var told []string
	for _, d := range x.Diags {
		told = append(told, d.At.File+": "+d.Message+" | "+strings.Join(d.Notes, ", "))
	}
	all := strings.Join(told, "\n")
	require.Contains(t, all, "in 2 of 6 cells, the first of them c003-")
	require.Contains(t, all, "in 3 of 6 cells, the first of them c004-")
	require.Equal(t, 1, strings.Count(all+"\n", "`jobs.x.run_time` is missing | \n"), all)
}

func TestWithoutAMatrixThereIsNothingToSweep(t *testing.T) {
	text, _, _ := strings.Cut(sweepText, "[matrix]")
	_, err := Expand(context.Background(), "s.toml", scenario.Options{Open: disk{"s.toml": text, "a.json": definition("64")}.open}, 1)
	require.ErrorIs(t, err, ErrNoMatrix)
}
