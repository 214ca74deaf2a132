package expect

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// shop is a world with two of everything.
func shop() *World {
	return &World{
		Services: []string{"api", "web"}, Jobs: []string{"nightly"}, Clusters: []string{"default"}, Subnets: []string{"a", "b"},
		CapacityProviders: []string{"asg"}, Loaded: []string{"web"},
		Start: time.Date(2026, 1, 1, 6, 0, 0, 0, time.UTC), Duration: 6 * time.Hour,
	}
}

func TestExpressionsAreReadAndWrittenBack(t *testing.T) {
	for text, want := range map[string]string{
		"cost_usd<=12":                                                  "cost_usd <= 12",
		"tasks_never_placed==0":                                         "tasks_never_placed == 0",
		`p95( task_wait , service = "web" )<120s`:                       "p95(task_wait, service='web') < 2m",
		"max(CPUUtilization, service='web') <= 85.5":                    "max(CPUUtilization, service='web') <= 85.5",
		"min(RunningTaskCount,service='web',after='07:15') >= 2":        "min(RunningTaskCount, service='web', after='07:15:00') >= 2",
		"mean(load_latency, before='1h30m', after=15m) < 250ms":         "mean(load_latency, after='15m', before='1h30m') < 250ms",
		"first_bottleneck == 'ip:b'":                                    "first_bottleneck == 'ip:b'",
		"services.web.task_wait_s.p95 < 1.5":                            "services.web.task_wait_s.p95 < 1.5",
		"services.web.lag_s.max < 5m":                                   "services.web.lag_s.max < 5m",
		"ip:b.used_mean_fraction < 0.9":                                 "ip:b.used_mean_fraction < 0.9",
		"cost_usd < 1 and cost_usd > 0 or tasks_started == 0":           "cost_usd < 1 and cost_usd > 0 or tasks_started == 0",
		"cost_usd < 1 and (cost_usd > 0 or tasks_started == 0)":         "cost_usd < 1 and (cost_usd > 0 or tasks_started == 0)",
		"(cost_usd < 1 and cost_usd > 0) and (tasks_started != 0)":      "(cost_usd < 1 and cost_usd > 0) and tasks_started != 0",
		"count(stopped_tasks, job='nightly') == 1e3":                    "count(stopped_tasks, job='nightly') == 1000",
		"p99(ip_used, subnet='a') <= 1e-3":                              "p99(ip_used, subnet='a') <= 0.001",
		"last(CapacityProviderReservation) > -0":                        "last(CapacityProviderReservation) > 0",
		"max(task_gap, service='web') < 1h30m or cost_usd<1 or\n2d > 1": "",
	} {
		e, err := Parse(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		assert.Equal(t, want, e.String())
		if wrong := e.Check(shop()); wrong != nil {
			assert.NoError(t, wrong, text)
		}
	}
}

// TestMistakesOfExpressions compares what is said about every mistake with testdata/mistakes.txt: the expression, what is underlined,
// what is wrong.
func TestMistakesOfExpressions(t *testing.T) {
	const file = "testdata/mistakes.txt"
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	var b strings.Builder
	for _, line := range strings.Split(string(old), "\n") {
		text, isText := strings.CutPrefix(line, "> ")
		if !isText {
			continue
		}
		e, err := Parse(text)
		var wrong *Error
		if err == nil {
			wrong = e.Check(shop())
			require.NotNil(t, wrong, "nothing is wrong with %s", text)
		} else {
			require.ErrorAs(t, err, &wrong)
		}
		require.LessOrEqual(t, wrong.Offset+wrong.Length, utf8.RuneCountInString(text))
		b.WriteString("> " + text + "\n  " + strings.Repeat(" ", wrong.Offset) + strings.Repeat("^", max(1, wrong.Length)) + "\n")
		b.WriteString("  " + strings.ReplaceAll(wrong.Error(), " (", "\n  (") + "\n\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
		return
	}
	require.Greater(t, strings.Count(b.String(), "> "), 40)
	if d := cmp.Diff(string(old), b.String()); d != "" {
		t.Error(d)
	}
}

// expression draws any expression of the shop.
func expression(depth int) *rapid.Generator[*Expr] {
	return rapid.Custom(func(t *rapid.T) *Expr {
		if depth > 0 && rapid.Bool().Draw(t, "joined") {
			e := &Expr{Join: rapid.SampledFrom([]Join{And, Or}).Draw(t, "join")}
			e.Parts = rapid.SliceOfN(expression(depth-1), 2, 3).Draw(t, "parts")
			return e
		}
		c := &Comparison{Op: Op(rapid.IntRange(0, len(operators)-1).Draw(t, "operator"))}
		c.Subject = subjectOf().Draw(t, "subject")
		switch {
		case c.Subject.Figure == FirstBottleneck:
			c.Op = rapid.SampledFrom([]Op{Equal, NotEqual}).Draw(t, "operator of texts")
			c.Value = Value{Kind: Text, Text: rapid.SampledFrom(Limits).Draw(t, "limit")}
		case c.Subject.Unit() == "s" && rapid.Bool().Draw(t, "duration"):
			c.Value = Value{Kind: Span, Number: spans().Draw(t, "value").Seconds()}
		default:
			c.Value = Value{Number: rapid.Float64Range(-1e12, 1e12).Draw(t, "value") + 0}
		}
		return &Expr{Compare: c}
	})
}

func spans() *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.Int64Range(0, int64(longest/time.Millisecond)), func(n int64) time.Duration { return time.Duration(n) * time.Millisecond })
}

func subjectOf() *rapid.Generator[Subject] {
	return rapid.Custom(func(t *rapid.T) Subject {
		if rapid.Bool().Draw(t, "a figure") {
			return Subject{Figure: rapid.SampledFrom(shop().Figures()).Draw(t, "figure")}
		}
		m := &Metrics[rapid.IntRange(0, len(Metrics)-1).Draw(t, "metric")]
		s := Subject{Metric: m, Of: rapid.SampledFrom(aggregatesOf[m.Nature]).Draw(t, "aggregate")}
		if len(m.Per) > 0 && rapid.Bool().Draw(t, "label") {
			s.Labels = []Label{{Key: rapid.SampledFrom(m.Per).Draw(t, "key"), Value: rapid.StringMatching(`[a-zé_"-]{1,8}`).Draw(t, "name")}}
			s.Labels[0].Value = strings.ReplaceAll(s.Labels[0].Value, `"`, "")
		}
		if m.Whole {
			return s
		}
		if rapid.Bool().Draw(t, "after") {
			s.After = &Moment{Since: spans().Draw(t, "after this")}
		}
		if rapid.Bool().Draw(t, "before") {
			s.Before = &Moment{Clock: true, Since: time.Duration(rapid.IntRange(0, 86_399).Draw(t, "seconds")) * time.Second}
		}
		return s
	})
}

var exceptPlaces = cmp.Options{cmpopts.IgnoreUnexported(Subject{}, Label{}), cmp.Comparer(func(a, b float64) bool { return a == b })}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := expression(2).Draw(t, "expression")
		text := e.String()
		if len(text) > maxText {
			t.Skip("too long")
		}
		again, err := Parse(text)
		require.NoError(t, err, text)
		if d := cmp.Diff(e, again, exceptPlaces); d != "" {
			t.Fatalf("%s\n%s", text, d)
		}
		require.Equal(t, text, again.String())
	})
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/mistakes.txt")
	require.NoError(f, err)
	for _, line := range strings.Split(string(data), "\n") {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			f.Add(text)
		}
	}
	f.Add("p95(task_wait, service='web', after='00:15') < 1m30s and (cost_usd <= 1e-3 or first_bottleneck != 'ip:b')")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			var wrong *Error
			require.True(t, errors.As(err, &wrong))
			require.NotEmpty(t, wrong.Message)
			require.GreaterOrEqual(t, wrong.Offset, 0)
			require.LessOrEqual(t, wrong.Offset+wrong.Length, utf8.RuneCountInString(text))
			return
		}
		again, err := Parse(e.String())
		require.NoError(t, err, e.String())
		require.Equal(t, e.String(), again.String())
		if wrong := e.Check(shop()); wrong != nil {
			require.LessOrEqual(t, wrong.Offset+wrong.Length, utf8.RuneCountInString(text))
		}
	})
}

func TestMarginsArePositiveWhereAComparisonHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got, want := rapid.Float64Range(-9, 9).Draw(t, "got"), rapid.Float64Range(-9, 9).Draw(t, "want")
		for op := range Op(len(operators)) {
			switch margin := op.Margin(got, want); {
			case margin > 0:
				require.True(t, op.Holds(got, want))
			case margin < 0:
				require.False(t, op.Holds(got, want))
			}
		}
	})
}

func TestAClockIsTheFirstTimeAfterTheStart(t *testing.T) {
	start := time.Date(2026, 1, 1, 22, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{"22:00": 0, "23:30:05": 90*time.Minute + 5*time.Second, "01:00": 3 * time.Hour} {
		since, ok := readClock(text)
		require.True(t, ok)
		assert.Equal(t, want, (&Moment{Clock: true, Since: since}).After(start), text)
	}
}

func TestEveryMetricAndFigureIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/scenario.md")
	require.NoError(t, err)
	for _, m := range Metrics {
		assert.Contains(t, string(text), "`"+m.Name+"`")
	}
	for _, f := range runFigures {
		if _, _, dotted := strings.Cut(f, "."); !dotted {
			assert.Contains(t, string(text), "`"+f+"`")
		}
	}
}

func TestEveryMetricCanBeAsked(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics {
		require.False(t, seen[m.Name], "%s stands twice", m.Name)
		seen[m.Name] = true
		require.NotEmpty(t, aggregatesOf[m.Nature])
	}
}
