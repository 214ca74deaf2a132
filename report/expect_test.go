package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/expect"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

func parse(t require.TestingT, text string) *expect.Expr {
	e, err := expect.Parse(text)
	require.NoError(t, err, text)
	return e
}

// killed is a service of two tasks: they run at 10 s and 20 s, one is killed at 10:00 and replaced at 11:00, and for the
// last minute there is none.
func killed(t testing.TB, warmup time.Duration) *Record {
	cfg := firstConfig(t)
	cfg.Services[0].DesiredCount, cfg.Warmup = 2, warmup
	cfg.Start = time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512, ENIs: 1})
	create := func() *model.Task {
		task := s.create("web", d)
		s.place(task, i, 0)
		return task
	}
	a, b := create(), create()
	s.at(10 * time.Second).run(a)
	s.at(20 * time.Second).run(b)
	s.at(10*time.Minute).stop(b, model.EssentialContainerExited, "Essential container in task exited")
	c := create()
	s.at(11 * time.Minute).run(c)
	s.at(29*time.Minute).stop(a, model.UserInitiated, "Task stopped by user")
	s.stop(c, model.UserInitiated, "Task stopped by user")
	return s.end(cfg.Duration, sim.Reached)
}

func TestExpectationsOfARun(t *testing.T) {
	r := killed(t, 0)
	first := first(t, 1, RecorderOptions{}, sim.Reached)
	for _, c := range []struct {
		r         *Record
		text, got string
		ok        bool
		at        float64 // negative for none
	}{
		{r, "tasks_wanted == 3", "3", true, -1},
		{r, "cost_usd <= 0.01", "0.048", false, -1},
		{r, "first_bottleneck == 'none'", "none", true, -1},
		{first, "first_bottleneck != 'eni'", "eni", false, 0},
		{first, "first_bottleneck == 'eni'", "eni", true, -1},
		{first, "first_bottleneck == 'ip'", "eni", false, 0},
		{first, "tasks_never_placed == 0", "4", false, -1},
		{r, "last(RunningTaskCount, service='web') == 0", "0", true, -1},
		{first, "last(RunningTaskCount) == 10", "6", false, -1},
		{r, "max(RunningTaskCount) <= 1", "2", false, 20},
		{r, "min(RunningTaskCount, after='09:01') >= 2", "0", false, 600},
		{r, "min(RunningTaskCount, after='11m', before='29m') >= 2", "2", true, -1},
		{r, "min(RunningTaskCount, after='1m') >= 1", "0", false, 1740},
		{r, "mean(RunningTaskCount, after='9m', before='11m') == 1.5", "1.5", true, -1},
		{r, "p50(RunningTaskCount) == 2", "2", true, -1},
		{r, "p99(RunningTaskCount) < 2", "2", false, -1},
		{r, "min(DesiredTaskCount) == 2", "2", true, -1},
		{r, "max(HealthyTaskCount, service='web') <= 2", "2", true, -1},
		{r, "max(targets_unhealthy, service='web') == 0", "0", true, -1},
		{r, "max(ContainerInstanceCount) < 2", "1", true, -1},
		{r, "max(eni_used) <= 1", "2", false, 0},
		{r, "max(CPUReservation, after='1m') <= 30", "25", true, -1},
		{r, "max(ip_used, subnet='default') <= 3", "3", true, -1},
		{r, "p95(task_wait, service='web') < 120s", "60", true, -1},
		{r, "max(task_wait) <= 15s", "60", false, 15},
		{r, "min(task_wait) < 10s", "10", false, -1},
		{r, "max(task_wait, before='09:05') <= 15s", "20", false, 15},
		{r, "max(task_wait, after='5m') <= 15s", "60", false, 615},
		{r, "count(task_wait, after='5m') == 1", "1", true, -1},
		{r, "mean(task_wait) == 30s", "30", true, -1},
		{first, "max(task_wait) < 10m", "1800", false, 600},
		{r, "max(task_gap) <= 1m", "60", true, -1},
		{r, "max(task_gap, service='web') < 30s", "60", false, 630},
		{r, "count(task_gap) == 3", "3", true, -1},
		{r, "max(task_gap, after='11m', before='29m') == 0", "0", true, -1},
		{r, "max(task_gap, after='90s', before='10m30s') == 30", "30", true, -1},
		{first, "max(task_gap, after='20m') < 1m", "600", false, 1260},
		{r, "count(stopped_tasks) == 0", "3", false, -1},
		{r, "services.web.running == 0", "0", true, -1},
		{r, "cost_usd <= 1 and max(task_gap) < 30s", "60", false, 630},
		{r, "cost_usd <= 1 or max(task_gap) < 30s", "0.048", true, -1},
		{r, "cost_usd > 1 or max(task_gap) < 30s", "0.048", false, -1},
	} {
		e := parse(t, c.text)
		require.Nil(t, e.Check(c.r.Config.Expectable()), c.text)
		got, ok, at := Evaluate(c.r, e)
		assert.Equal(t, c.got, fmt.Sprint(got), c.text)
		assert.Equal(t, c.ok, ok, c.text)
		if c.at < 0 {
			assert.Nil(t, at, c.text)
		} else if assert.NotNil(t, at, c.text) {
			assert.InDelta(t, c.at, *at, 0, c.text)
		}
	}
}

// What nobody knows does not hold, whichever way the comparison goes.
func TestAnExpectationWithoutDataFails(t *testing.T) {
	r := killed(t, 0)
	unlogged := *r
	unlogged.LogLimit = 1
	for _, c := range []struct {
		r          *Record
		text, note string
	}{
		{r, "jobs.batch.refused == 0", "no data: the run has no jobs.batch.refused"},
		{r, "max(CPUUtilization) < 90", "no data: the run has no CPUUtilization"},
		{r, "max(RunningTaskCount, service='api') >= 0", "no data: the run has no RunningTaskCount"},
		{r, "min(RunningTaskCount, after='2h') >= 0", "no data: RunningTaskCount has no value between 02:00:00 and 00:30:00"},
		{r, "p95(task_wait, after='15m') < 1h", "no data: there is no task_wait"},
		{r, "max(capacity_wait) < 1h", "no data: there is no capacity_wait"},
		{r, "max(tasks_leaving, service='api') == 0", "no data: the run has no tasks_leaving"},
		{&unlogged, "p95(task_wait, after='5m') < 1h", "not known: the log of tasks holds the first 1 only; --log-limit all keeps all of them"},
	} {
		v := c.r.judge(parse(t, c.text))
		assert.False(t, v.ok, c.text)
		assert.Nil(t, v.got, c.text)
		assert.Equal(t, c.note, v.note)
		assert.False(t, v.turned().ok, "not even its opposite")
	}
}

func TestTheWarmUpIsLeftOutOfExpectations(t *testing.T) {
	r := killed(t, 10*time.Minute+30*time.Second)
	for text, want := range map[string]string{
		"min(RunningTaskCount, after='1s') == 1": "0", // the last minute
		"max(task_gap) == 1":                     "60",
		"min(task_gap) == 1":                     "30", // of the kill, half a minute lies behind the warm-up
		"count(task_wait) == 1":                  "0",
		"count(stopped_tasks) == 1":              "0",
		"count(task_wait, after='1m') == 1":      "0",
	} {
		got, _, _ := Evaluate(r, parse(t, text))
		assert.Equal(t, want, fmt.Sprint(got), text)
	}
}

// expecting is a run with expectations in its configuration.
func expecting(t *testing.T, quantile float64, texts ...string) *Record {
	r := killed(t, 0)
	r.Config.ExpectQuantile = quantile
	for i, text := range texts {
		r.Config.Expect = append(r.Config.Expect, expect.Named{Name: fmt.Sprint("e", i+1), Text: text, Expr: parse(t, text)})
	}
	return r
}

func TestOverSeedsAnExpectationHoldsInAllOrInAShare(t *testing.T) {
	good := expecting(t, 1, "max(task_gap) <= 90s")
	bad := *good
	bad.Seed = 2
	bad.Owners = append([]OwnerRecord(nil), good.Owners...)
	bad.Owners[0].Gaps = Gaps{Rows: []Gap{{0, 2 * time.Minute}}, Total: 1, Wait: &Wait{Count: 1, Max: 120}}
	records := []*Record{good, good, &bad, nil, good}
	for quantile, want := range map[float64]bool{1: false, 0: false, 0.76: false, 0.75: true, 0.5: true} {
		good.Config.ExpectQuantile = quantile
		all := Expectations(records)
		require.Len(t, all, 1)
		e := all[0]
		assert.Equal(t, want, e.OK, quantile)
		assert.Equal(t, [3]int{3, 4, 2}, [3]int{e.Held, e.Seeds, int(e.Seed)})
		assert.InDelta(t, 120, e.Got, 0)
		assert.InDelta(t, -30, *e.Margin, 0)
		assert.InDelta(t, 90, *e.At, 0)
	}
	require.Empty(t, Expectations([]*Record{nil}))
}

func TestWhatMustNotBeFailsWhereItIs(t *testing.T) {
	r := expecting(t, 1, "tasks_wanted > 3", "tasks_wanted >= 3")
	for i := range r.Config.Expect {
		r.Config.Expect[i].FailOn = true
	}
	all := Expectations([]*Record{r})
	assert.True(t, all[0].OK)
	assert.False(t, all[1].OK)
	assert.Equal(t, "must not be: tasks_wanted >= 3: got 3", all[1].Sentence())
}

func TestInARunThatWasInterruptedNothingHolds(t *testing.T) {
	r := expecting(t, 1, "cost_usd < 5")
	r.Outcome = sim.Stopped
	e := Expectations([]*Record{r})[0]
	assert.False(t, e.OK)
	assert.Equal(t, "cost_usd < 5: got 0.048, off by 4.95; the run is incomplete", e.Sentence())
}

// worlds are runs in which every metric and figure occurs.
func expectWorlds(t *testing.T) []*Record {
	records := []*Record{first(t, 1, RecorderOptions{}, sim.Reached), mixed(t, 1, RecorderOptions{}), shop(t), surge(t)}
	for _, cfg := range []*model.Config{busy(t), restless(t)} {
		recorder := NewRecorder(cfg, 1, RecorderOptions{LogLimit: LogAll})
		model.NewWorld(cfg, 1, recorder).Run(context.Background())
		records = append(records, recorder.Record())
	}
	return records
}

// What is written to data/timeseries.csv and summary.json can be expected, and under the same names.
func TestEverySeriesAndFigureCanBeExpected(t *testing.T) {
	known := map[string]bool{}
	for _, m := range expect.Metrics {
		known[m.Name] = true
	}
	for _, other := range []string{"running_by_zone", "running_by_deployment", "healthy_by_deployment"} {
		known[other] = true // of zones and deployments, which no label names
	}
	for _, r := range expectWorlds(t) {
		for _, s := range append(allSeries(r), derivedSeries(r)...) {
			assert.True(t, known[s.metric], "%s: %s is no metric of package expect", r.Config.Name, s.metric)
		}
		w := r.Config.Expectable()
		for _, f := range Figures(r) {
			e := parse(t, f.Name+" >= 0")
			assert.Nil(t, e.Check(w), f.Name)
			got, _, _ := Evaluate(r, e)
			assert.InDelta(t, f.Value, got, 1e-6+f.Value*1e-6, f.Name)
		}
		if b := r.Bottleneck; b != nil {
			assert.Contains(t, expect.Limits, b.Resource)
		}
	}
}

// An expression with bounds that leave nothing out gives what it gives without: of tasks that is the log against the tally.
func TestBoundsAroundEverythingChangeNothing(t *testing.T) {
	records := expectWorlds(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SampledFrom(records).Draw(rt, "run")
		m := rapid.SampledFrom(expect.Metrics).Draw(rt, "metric")
		of := rapid.SampledFrom([]string{"min", "max", "mean", "last", "p50", "p95", "p99", "count"}).Draw(rt, "aggregate")
		label := ""
		for _, key := range m.Per {
			names := map[string][]string{
				expect.Service: r.Config.Expectable().Services, expect.Job: r.Config.Expectable().Jobs, expect.Cluster: r.Config.Expectable().Clusters,
				expect.Subnet: r.Config.Expectable().Subnets, expect.CapacityProvider: r.Config.Expectable().CapacityProviders,
			}[key]
			if len(names) > 0 && label == "" {
				label = ", " + key + "='" + rapid.SampledFrom(names).Draw(rt, "name") + "'"
			}
		}
		plain, err := expect.Parse(of + "(" + m.Name + label + ") >= 0")
		bounded, wrong := expect.Parse(of + "(" + m.Name + label + ", after='0s', before='1d12h') >= 0")
		if err != nil || wrong != nil || r.Totals.Wanted > r.LogLimit {
			return
		}
		a, okA, _ := Evaluate(r, plain)
		b, okB, _ := Evaluate(r, bounded)
		require.Equal(rt, okA, okB, plain)
		if x, isNumber := a.(float64); isNumber {
			require.InDelta(rt, x, b, 1e-5*(1+x), plain)
		}
	})
}

// The extremes over time are those of the step function itself, whatever the buckets: here against the log of tasks.
func TestTheMaximumOfRunningTasksIsThatOfTheLog(t *testing.T) {
	cfg := busy(t)
	cfg.Warmup = 0
	recorder := NewRecorder(cfg, 3, RecorderOptions{LogLimit: LogAll})
	model.NewWorld(cfg, 3, recorder).Run(context.Background())
	r := recorder.Record()
	for i := range r.Owners {
		o := &r.Owners[i]
		change := map[time.Duration]int{}
		for row := range r.Tasks.all() {
			if int(row.Owner) != i || row.Running < 0 {
				continue
			}
			change[row.Running]++
			if row.Stopping >= 0 {
				change[row.Stopping]--
			}
		}
		most, n := 0, 0
		for at := range orderedKeys(change) {
			n += change[at]
			most = max(most, n)
		}
		label := "job"
		if o.Service {
			label = "service"
		}
		got, ok, _ := Evaluate(r, parse(t, fmt.Sprintf("max(RunningTaskCount, %s='%s') <= %d", label, o.Name, most)))
		assert.True(t, ok, "%s: %v and not %d", o.Name, got, most)
		assert.EqualValues(t, most, got)
	}
}

func TestJUnit(t *testing.T) {
	r := expecting(t, 1, "max(task_gap) <= 30s", "cost_usd <= 1", "max(CPUUtilization) < 90", "first_bottleneck == 'eni'")
	stopped := *r
	stopped.Outcome = sim.Stopped
	r.Config.Name = `killed & <"gone">`
	var b bytes.Buffer
	require.NoError(t, WriteJUnit(&b, []Suite{
		{Summary: Summarise(Set{Records: []*Record{r}}), Places: []Place{{"killed.toml", 12}, {"killed.toml", 13}, {"base.toml", 14}}},
		{Summary: Summarise(Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}})},
		{Summary: Summarise(Set{Records: []*Record{&stopped}})},
	}))
	golden(t, "expect.junit.xml", b.Bytes())
	var back junitSuites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &back))
	require.Len(t, back.Suites, 3)
	require.Equal(t, [3]int{9, 7, 1}, [3]int{back.Tests, back.Failures, back.Errors})
}

func TestExpectationsAreShown(t *testing.T) {
	r := expecting(t, 1, "max(task_gap, service='web', after='00:05:00') <= 30s and min(RunningTaskCount) >= 1", "cost_usd <= 1",
		"max(CPUUtilization) < 90", "first_bottleneck == 'eni'", "mean(RunningTaskCount) >= 1.5", "p95(task_wait) < 1m")
	other := *r
	other.Seed = 2
	golden(t, "expectations.txt", []byte(Summarise(Set{Records: []*Record{r}}).Terminal(TerminalOptions{})+
		"\n--- two seeds, 100 columns\n\n"+Summarise(Set{Records: []*Record{r, &other}}).Terminal(TerminalOptions{Width: 100})))
	golden(t, "expectations.md", Summarise(Set{Records: []*Record{r, &other}}).Markdown())
}

// orderedKeys yields the instants of a map in order.
func orderedKeys(m map[time.Duration]int) func(func(time.Duration) bool) {
	return func(yield func(time.Duration) bool) {
		for _, at := range slices.Sorted(maps.Keys(m)) {
			if !yield(at) {
				return
			}
		}
	}
}

func TestALongExpressionKeepsItsComparison(t *testing.T) {
	for text, want := range map[string]string{
		"max(task_gap, service='web', after='00:05') < 60s":                "max(task_gap, service='we…) < 60s",
		"services.a-service-of-a-long-name.running == 12":                  "services.a-service-of-a-long-nam…",
		"max(task_gap) < 60s":                                              "max(task_gap) < 60s",
		"(max(task_gap) < 60s or cost_usd < 1 or tasks_never_placed == 0)": "(max(task_gap) < 60s or cost_usd…",
	} {
		got := shortenExpression(text, 33)
		assert.Equal(t, want, got)
		assert.LessOrEqual(t, length(got), 33)
	}
}
