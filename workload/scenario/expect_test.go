package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model/expect"
	"ecssim/workload/diag"
)

func TestExpectationsKeepTheOrderOfTheFile(t *testing.T) {
	s, ds := Load([]string{"testdata/good/expect.toml"}, Options{})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	var names, texts []string
	for i, e := range s.Config.Expect {
		names, texts = append(names, e.Name), append(texts, e.Expr.String())
		require.Equal(t, 12+i, s.ExpectAt[i].Line)
		require.Equal(t, "testdata/good/expect.toml", s.ExpectAt[i].File)
	}
	require.Equal(t, []string{"zeroth", "quick_start", "steady", "cheap"}, names)
	require.Equal(t, []string{
		"tasks_never_placed == 0", "p95(task_wait, service='web') < 2m",
		"min(RunningTaskCount, service='web', after='00:15:00') >= 4 and max(task_gap) < 2m",
		"cost_usd <= 0.15 or first_bottleneck != 'eni'",
	}, texts)
	require.InDelta(t, 0.95, s.Config.ExpectQuantile, 0)
}

func TestAnExpectationCanBeSet(t *testing.T) {
	s, ds := Load([]string{"testdata/good/expect.toml"}, Options{Sets: []string{"expect.cheap=cost_usd <= 1", "expect_options.quantile=1"}})
	require.False(t, diag.HasErrors(ds), rendered(t, s, ds))
	require.Equal(t, "cost_usd <= 1", s.Config.Expect[3].Text)
	require.InDelta(t, 1, s.Config.ExpectQuantile, 0)
	_, ds = Load([]string{"testdata/good/expect.toml"}, Options{Sets: []string{"expect.cheap=cost_usd = 1"}})
	require.Len(t, ds, 1)
	require.Equal(t, "E066", ds[0].Code)
}

func TestAnExpectationOfTheCommandLineKnowsTheWorld(t *testing.T) {
	s, ds := Load([]string{"testdata/good/expect.toml"}, Options{})
	require.False(t, diag.HasErrors(ds))
	_, err := ParseExpectation(s.Config, "min(RunningTaskCount, service='web') < 3")
	require.NoError(t, err)
	for _, text := range []string{"min(RunningTaskCount", "min(RunningTaskCount, service='shop') < 3"} {
		_, err := ParseExpectation(s.Config, text)
		var wrong *expect.Error
		require.ErrorAs(t, err, &wrong)
	}
}
