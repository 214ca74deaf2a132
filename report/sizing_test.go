package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model/expect"
	"ecssim/sim"
)

// sizings are what goldens are made of: an answer with everything that can be said, and a grid in which nothing holds.
func sizings(t *testing.T) map[string]*Sizing {
	read := func(name, text string) expect.Named {
		e, err := expect.Parse(text)
		require.NoError(t, err)
		return expect.Named{Name: name, Text: text, Expr: e}
	}
	var records []*Record
	for seed := uint64(1); seed <= 7; seed++ {
		r := first(t, seed, RecorderOptions{LogLimit: LogNothing}, sim.Reached)
		own := *r.Config
		own.Expect = []expect.Named{read("cheap", "cost_usd <= 1"), read("all_placed", "tasks_never_placed == 0 and task_wait_s.p95 < 2")}
		r.Config = &own
		records = append(records, r)
	}
	set := []string{"instances.main.type=m5.large", `services.web.placement_strategy=[{ type = "spread" }, "it's"]`}
	holds := SizeCell("type=m5.large count=4", set, records, "cost_usd", true)
	less := SizeCell("type=m5.large count=3", set, records[:1], "cost_usd", false)
	value := 0.144
	s := &Sizing{
		SchemaVersion: SizingSchema, Complete: true, Scenario: "first\x1b[31m", Seeds: []uint64{1, 2, 3, 4, 5, 6, 7}, Minimise: "cost_usd",
		Axes: []SizingAxis{
			{Path: "instances.main.type", Short: "type", Values: []string{"m5.large", "c5.large"}},
			{Path: "instances.main.count", Short: "count", Values: []string{"1", "2", "3", "4"}, Ordered: true},
		},
		Main: 1, Cells: 8, CellsAsked: 3, Runs: 9, RunsOfGrid: 56, Answer: &holds, Below: []SizingCell{less}, Above: []SizingCell{holds},
		Bound: &SizingBound{
			Name: "type=m5.large count=2", Value: "2", Steps: 2, Lacks: []string{"cpu: 3072 units wanted, 2048 there (all tasks)"},
			FloorUSD: 0.1, FloorCell: "type=c5.large count=2", GapUSD: 0.044,
		},
		Columns: []SizingColumn{
			{Name: "m5.large", Holds: "4", Fails: "3", Value: &value, Answer: true, Verdict: "the answer"},
			{Name: "c5.large | <b>", Verdict: "not asked: costs $0.153 or more"},
		},
		Asked: []SizingCell{less, holds}, Notes: []string{"more does not always hold where less does"},
	}
	none := *s
	none.Answer, none.Below, none.Above, none.Closest, none.Notes = nil, nil, nil, &less, nil
	none.Bound = &SizingBound{Lacks: s.Bound.Lacks}
	none.Columns = []SizingColumn{{Name: "m5.large", Fails: "4", Verdict: "even 4 fails (all_placed)"}, {Name: "c5.large", Fails: "4", Verdict: "even 4 fails (all_placed)"}}
	return map[string]*Sizing{"answer": s, "none": &none}
}

func TestSizingGoldens(t *testing.T) {
	for name, s := range sizings(t) {
		golden(t, "sizing-"+name+".txt", []byte(s.Terminal(TerminalOptions{})))
		golden(t, "sizing-"+name+".md", s.Markdown())
		data, err := s.JSON()
		require.NoError(t, err)
		golden(t, "sizing-"+name+".json", data)
		assert.True(t, json.Valid(data))
		assert.NotContains(t, s.Terminal(TerminalOptions{}), "\x1b")
		for _, width := range []int{60, 80, 132} {
			for _, line := range strings.Split(s.Terminal(TerminalOptions{Width: width}), "\n") {
				if !strings.Contains(line, "--set") { // which is to be pasted as it stands
					assert.LessOrEqual(t, length(line), width, line)
				}
			}
		}
	}
}

func TestBoundsOfASizing(t *testing.T) {
	s := sizings(t)["answer"]
	b := SizingBound{Name: "count=4"}
	assert.Empty(t, b.limit()+b.gap(s), "the first of the range has enough of everything: that is no bound")
	b.Lacks = []string{"cpu"}
	assert.Contains(t, b.gap(s), "no fleet of this kind can do with less")
	b.Steps = -2
	assert.Contains(t, b.gap(s), "2 steps below it")
	s.Minimise = "instances_peak"
	b.FloorUSD = 1
	assert.Empty(t, b.least(s), "a floor in dollars says nothing of instances")
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"a.b=c-1": "a.b=c-1", "a=b c": "'a=b c'", "": "''", "it's": `'it'\''s'`, `t."m5".x=1`: `'t."m5".x=1'`, "a=$(x)": "'a=$(x)'",
	} {
		assert.Equal(t, want, shellWord(word))
	}
}

func TestSizeCellOfNothing(t *testing.T) {
	c := SizeCell("count=1", nil, nil, "cost_usd", false)
	assert.Nil(t, c.Value)
	assert.Nil(t, c.Failure)
	s := &Sizing{Scenario: "a", Closest: &c, Minimise: "cost_usd"}
	assert.Contains(t, s.Terminal(TerminalOptions{}), "count=1 fails")
	assert.NotEmpty(t, fmt.Sprint(string((&Sizing{}).Markdown())))
}
