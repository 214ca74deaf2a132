package report

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), name)
}

// sets are the runs of the golden files.
func sets(t *testing.T) map[string]Set {
	at := 61.5
	many := Set{SHA256: "5eed"}
	for seed := uint64(1); seed <= 7; seed++ {
		many.Records = append(many.Records, mixed(t, seed, RecorderOptions{LogLimit: 4}))
	}
	few := Set{Records: append(many.Records[:3:3], nil, nil)}
	met := Expectation{Name: "cheap", Expression: "cost_usd <= 1", OK: true, Got: 0.144, Margin: known(0.856), Held: 1, Seeds: 1, Seed: 1}
	missed := Expectation{
		Name: "all_placed", Expression: "last(RunningTaskCount, service='web') == 10", Got: 6.0, At: &at, Margin: known(-4), Seeds: 1, Seed: 1,
	}
	return map[string]Set{
		"first":       {Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}, SHA256: "f00d"},
		"expect":      {Records: []*Record{first(t, 1, RecorderOptions{LogLimit: LogNothing}, sim.Reached)}, Expect: []Expectation{met, missed}},
		"interrupted": {Records: []*Record{first(t, 1, RecorderOptions{}, sim.Stopped)}},
		"mixed":       {Records: []*Record{mixed(t, 1, RecorderOptions{})}},
		"shop":        {Records: []*Record{shop(t)}},
		"surge":       {Records: []*Record{surge(t)}},
		"many":        many,
		"few":         few,
		"none":        {Planned: 2},
	}
}

// short is three seconds in which one task comes and goes on two instances.
func short(t *testing.T) *Record {
	cfg := firstConfig(t)
	cfg.Duration = 3 * time.Second
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	task := s.at(500*time.Millisecond).create("web", demandOf(taskdef.Needs{CPU: 512, Memory: 1024, ENIs: 1}))
	s.join("main", cfg.Fleets[0].Type, 0)
	s.place(task, i, 0)
	s.at(1250 * time.Millisecond).run(task)
	s.at(2*time.Second).stop(task, model.UserInitiated, "Task stopped by user")
	return s.end(cfg.Duration, sim.Reached)
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestGoldenSummaries(t *testing.T) {
	for name, set := range sets(t) {
		s := Summarise(set)
		opts := TerminalOptions{Folder: "out/first", Elapsed: 12 * time.Millisecond, Next: "ecssim explain out/first --task web/7"}
		text := s.Terminal(opts)
		for _, line := range strings.Split(text, "\n") {
			assert.LessOrEqual(t, utf8.RuneCountInString(line), termWidth, line)
		}
		golden(t, name+".txt", []byte(text))
		opts.Color = true
		assert.Equal(t, text, ansi.ReplaceAllString(s.Terminal(opts), ""))
		golden(t, name+".md", s.Markdown())
		json, err := s.JSON()
		require.NoError(t, err)
		golden(t, name+".json", json)
	}
}

func TestGoldenTables(t *testing.T) {
	all := sets(t)
	for _, f := range csvFiles() {
		for _, name := range []string{"mixed", "many", "shop"} {
			if f.name == "timeseries.csv" || f.scaling {
				continue // too long: see short; or of scenarios with scaling
			}
			var b bytes.Buffer
			require.NoError(t, f.write(&b, all[name].Records))
			golden(t, name+"."+f.name, b.Bytes())
		}
	}
	var b bytes.Buffer
	f := csvFiles()[0]
	require.NoError(t, f.write(&b, []*Record{short(t)}))
	golden(t, "short."+f.name, b.Bytes())
	b.Reset()
	require.NoError(t, writeEvents(&b, all["shop"].Records))
	golden(t, "shop.events.ndjson", b.Bytes())
	for _, f := range csvFiles() {
		if f.scaling || f.name == "instances.csv" {
			b.Reset()
			require.NoError(t, f.write(&b, all["surge"].Records))
			golden(t, "surge."+f.name, b.Bytes())
		}
	}
	b.Reset()
	require.NoError(t, writeEvents(&b, all["surge"].Records))
	golden(t, "surge.events.ndjson", b.Bytes())
	b.Reset()
	require.NoError(t, writeDecisions(&b, all["surge"].Records))
	golden(t, "surge.decisions.ndjson", b.Bytes())
	b.Reset()
	require.NoError(t, writeColumns(&b))
	golden(t, "columns.csv", b.Bytes())
}

// The names that other programs rely on: UX.md, sections (b) and (g).
var pinned = map[string]string{
	"tasks.csv": "seed,task,cluster,service,job,task_definition,launch_type,instance,zone,subnet,cpu,memory,created_s,placed_s," +
		"running_s,stopping_s,stopped_s,stop_code,stopped_reason,attempts,last_failure",
	"failures.csv":   "seed,t_s,service,job,task,reason,detail,count",
	"instances.csv":  "seed,instance,type,zone,capacity_provider,launched_s,registered_s,drained_s,terminated_s,tasks_placed",
	"timeseries.csv": "seed,t_s,metric,cluster,service,capacity_provider,instance,subnet,stat,value,unit",
	"placements.csv": "seed", "costs.csv": "seed", "deployments.csv": "seed,cluster,service,deployment",
	"events.ndjson": "seed,id,t,type", "decisions.ndjson": "seed,id,t", "scaling.csv": "seed,id,t_s", "lags.csv": "seed,service,episode",
}

func TestEveryColumnIsPinnedAndExplained(t *testing.T) {
	explained := map[string][]string{}
	for _, c := range Columns() {
		assert.NotEmpty(t, c.Meaning, c.File+" "+c.Column)
		assert.Contains(t, []string{"integer", "number", "text", "boolean"}, c.Type)
		explained[c.File] = append(explained[c.File], c.Column)
	}
	assert.Len(t, explained, len(pinned))
	for _, f := range csvFiles() {
		var b bytes.Buffer
		require.NoError(t, f.write(&b, nil))
		rows, err := csv.NewReader(&b).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, explained[f.name], rows[0])
		assert.True(t, strings.HasPrefix(strings.Join(rows[0], ","), pinned[f.name]), f.name)
	}
}

func TestLongNamesAndManyOwnersStayWithinEightyColumns(t *testing.T) {
	s := Summarise(Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}})
	long := strings.Repeat("long-name|<script>\x1b[31m", 20)
	s.Scenario.Name = long
	s.FirstBottleneck.Sentence = strings.Repeat("all 3 instances ", 30)
	for k := range 50 {
		v := s.Services["web"]
		v.NeverPlaced = int64(k) * 1_000_000_000
		s.Services[long+string(rune('a'+k))] = v
		s.Jobs[long+string(rune('a'+k))] = JobSummary{Arrived: 1e15, Refused: 1e15, WaitingEnd: 1e12, MeanRunning: 1e12, Why: long}
	}
	text := s.Terminal(TerminalOptions{Elapsed: time.Hour})
	for _, line := range strings.Split(text, "\n") {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), termWidth, line)
	}
	assert.Contains(t, text, "… and 39 more")
	assert.NotContains(t, text, "\x1b")
	assert.Less(t, strings.Index(text, "49G"), strings.Index(text, "48G"))
	assert.LessOrEqual(t, len(s.Markdown()), 60_000)
	assert.NotContains(t, string(s.Markdown()), "<script>")
}

func TestMarkdownHasACap(t *testing.T) {
	s := Summarise(Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}})
	for range 2000 {
		s.Notes = append(s.Notes, strings.Repeat("x", 100))
	}
	text := s.Markdown()
	assert.LessOrEqual(t, len(text), 60_000)
	assert.Contains(t, string(text), "more parts")
}
