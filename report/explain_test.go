package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ecssim/internal/worlds"
	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/report"
)

// played runs a world for an observer.
func played(cfg *model.Config, seed uint64, o model.Observer, bind func(*model.World)) {
	w := model.NewWorld(cfg, seed, o)
	if bind != nil {
		bind(w)
	}
	w.Run(context.Background())
}

// summary is everything that is said of a record.
func summary(t *testing.T, r *report.Record) string {
	text, err := report.Summarise(report.Set{Records: []*report.Record{r}}).JSON()
	require.NoError(t, err)
	return string(text)
}

// counted checks an explainer's looks against what the world told the observer.
type counted struct {
	*report.Explainer
	task    report.TaskName
	refused *placement.Refusal
	at      string
}

func (c *counted) is(t *model.Task) bool {
	return t.Owner.Name == c.task.Owner && t.Owner.Service == c.task.Service && t.Number == c.task.Number
}

func (c *counted) PlacementFailed(now time.Duration, t *model.Task, r *placement.Refusal) {
	c.Explainer.PlacementFailed(now, t, r)
	if c.is(t) {
		copied := *r
		c.refused = &copied
	}
}

func (c *counted) CapacityAwaited(now time.Duration, t *model.Task, r *placement.Refusal) {
	c.Explainer.CapacityAwaited(now, t, r)
	if c.is(t) {
		copied := *r
		c.refused = &copied
	}
}

func (c *counted) TaskPlaced(now time.Duration, t *model.Task) {
	c.Explainer.TaskPlaced(now, t)
	if c.is(t) && t.Instance != nil {
		c.at = t.Instance.Name
	}
}

// In random worlds with everything in them, whoever looks changes nothing; what is explained of a refusal is what the
// world counted, and what is explained of a placement leads to the instance that was chosen.
func TestExplanationsOfRandomWorlds(t *testing.T) {
	looks, placed := 0, 0
	for seed := uint64(1); seed <= 40; seed++ {
		cfg := worlds.Generate(seed)
		plain := report.NewRecorder(cfg, seed, report.RecorderOptions{LogLimit: report.LogNothing})
		played(cfg, seed, plain, nil)
		want := summary(t, plain.Record())
		scout := report.NewScout(cfg, seed)
		played(cfg, seed, scout, nil)
		for _, o := range scout.Owners() {
			if o.Worst == 0 {
				continue
			}
			c := &counted{task: report.TaskName{Owner: o.Name, Service: o.Service, Number: o.Worst}}
			c.Explainer = report.NewExplainer(cfg, seed, c.task)
			played(cfg, seed, c, c.Watch)
			require.Equal(t, want, summary(t, c.Record()), "seed %d: looking changed the run", seed)
			x, ok := c.Explanation()
			require.True(t, ok, "seed %d: %v", seed, c.task)
			looks += agrees(t, x, c.refused)
			placed += chosen(t, x, c.at)
			readable(t, x)
		}
	}
	require.Greater(t, looks, 15, "refusals were looked at")
	require.Greater(t, placed, 15, "placements were looked at")
}

// agrees holds the look at a refusal against the world's own count.
func agrees(t *testing.T, x *report.Explanation, r *placement.Refusal) int {
	if x.Refused == nil || r == nil || r.ByReason[placement.NoInstances] > 0 {
		return 0
	}
	require.NotEmpty(t, x.Said)
	if x.Refused.Only != "" {
		return 0 // one instance was asked, and which is known to the world alone
	}
	require.NotEmpty(t, x.Refused.Nearest)
	verdicts := map[string]int32{}
	for _, i := range x.Refused.Instances {
		require.NotEmpty(t, i.Fails)
		verdicts[i.Fails[0]]++
	}
	var all int32
	for _, n := range verdicts {
		all += n
	}
	if x.Capacity != nil && x.Task.PlacedAt < 0 {
		return 0 // looked at again at the end
	}
	var told int32
	for reason, n := range r.ByReason {
		if n > 0 && placement.Reason(reason) == placement.ProvisioningLimit {
			return 0
		}
		told += n
	}
	require.Equal(t, told, all, "%s: %v against %v", x.Task.Name, verdicts, r.ByReason)
	for reason, n := range r.ByReason {
		if text := placement.Reason(reason).String(); n > 0 && verdicts[text] > 0 {
			require.Equal(t, n, verdicts[text], "%s: %s", x.Task.Name, text)
		}
	}
	return 1
}

// chosen checks that the instance fits, and that the funnel ends with those that do.
func chosen(t *testing.T, x *report.Explanation, at string) int {
	l := x.Placed
	if l == nil {
		return 0
	}
	require.Equal(t, at, l.Chosen)
	fit := 0
	for _, i := range l.Instances {
		if len(i.Fails) == 0 {
			fit++
		}
		if i.Name == l.Chosen {
			require.Empty(t, i.Fails, "%s: the chosen instance fits", x.Task.Name)
		}
	}
	if l.Only != "" {
		return 0
	}
	require.Equal(t, fit, l.Funnel[len(l.Funnel)-1].Left, "%s: the funnel ends with what fits", x.Task.Name)
	if len(l.Steps) > 0 {
		require.Equal(t, fit, l.Steps[0].Before)
		require.GreaterOrEqual(t, l.Steps[len(l.Steps)-1].After, 1)
	}
	return 1
}

// readable: within 80 columns and 40 lines, and the JSON is JSON.
func readable(t *testing.T, x *report.Explanation) {
	text := x.Terminal(report.ExplainOptions{})
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	require.LessOrEqual(t, len(lines), 40, text)
	for _, line := range lines {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 80, text)
		require.NotContains(t, line, "\u00a0")
	}
	require.NotContains(t, text, "\n\n\n")
	data, err := json.Marshal(x)
	require.NoError(t, err)
	require.True(t, json.Valid(data))
	require.NotContains(t, string(data), ":null,\"fixes\"", "lists are never null")
}

// The world at an instant is what the records say of it, and looking there changes nothing either.
func TestMomentsOfRandomWorlds(t *testing.T) {
	for seed := uint64(1); seed <= 20; seed++ {
		cfg := worlds.Generate(seed)
		plain := report.NewRecorder(cfg, seed, report.RecorderOptions{LogLimit: report.LogNothing})
		played(cfg, seed, plain, nil)
		end := plain.Record().End
		watch := report.NewMomentWatch(cfg, seed)
		played(cfg, seed, watch, func(w *model.World) { watch.Watch(w, end/2, func() {}) })
		m := watch.Moment()
		require.NotNil(t, m, "seed %d", seed)
		var waiting int64
		for _, o := range m.Owners {
			waiting += o.Waiting
			require.GreaterOrEqual(t, min(o.Running, o.Starting, o.Leaving, o.Waiting), int64(0))
		}
		require.Len(t, m.Waiting, int(waiting), "seed %d: tasks and counts agree", seed)
		for _, line := range strings.Split(m.Terminal(report.ExplainOptions{}), "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 80, "seed %d: %s", seed, line)
		}
	}
}

func ExampleTaskName() {
	fmt.Println(report.TaskName{Owner: "web", Service: true, Number: 7})
	// Output: web/7
}
