package scaling

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fed returns an alarm that has seen a row of CloudWatch's tables: 0 does not breach, X does, - is missing.
func fed(cfg AlarmConfig, before AlarmState, row string) *Alarm {
	a := NewAlarm(cfg, time.Minute)
	a.state, a.since = before, 0
	for i, c := range strings.Fields(row) {
		d := Datapoint{At: time.Duration(i+1) * time.Minute, Missing: c == "-"}
		if c == "X" {
			d.Value = 100
		}
		// The tables speak of alarms that look at the whole row at once.
		a.recent = append(a.recent, d)
	}
	a.state, _ = a.evaluate()
	return a
}

// The two tables of "Configuring how CloudWatch alarms treat missing data" (CloudWatch User Guide), row by row.
func TestAlarmTreatsMissingDataAsCloudWatchsTablesSay(t *testing.T) {
	const (
		no, ok, alarm = InsufficientData, AlarmOK, InAlarm
		retained      = AlarmState(99)
	)
	for _, tt := range []struct {
		need int
		row  string
		want [4]AlarmState // missing, ignore, breaching, notBreaching
	}{
		{3, "0 - X - X", [4]AlarmState{ok, ok, ok, ok}},
		{3, "0 - - - -", [4]AlarmState{ok, ok, ok, ok}},
		{3, "- - - - -", [4]AlarmState{no, retained, alarm, ok}},
		{3, "0 X X - X", [4]AlarmState{alarm, alarm, alarm, alarm}},
		{3, "- - X - -", [4]AlarmState{alarm, retained, alarm, ok}},
		{2, "0 - X - X", [4]AlarmState{alarm, alarm, alarm, alarm}},
		{2, "0 0 X 0 X", [4]AlarmState{alarm, alarm, alarm, alarm}},
		{2, "0 - X - -", [4]AlarmState{ok, ok, alarm, ok}},
		{2, "- - - - 0", [4]AlarmState{ok, ok, alarm, ok}},
		{2, "- - - X -", [4]AlarmState{alarm, retained, alarm, ok}},
		// Avoiding premature transitions: not yet an ALARM.
		{3, "- - - - X", [4]AlarmState{retained, retained, alarm, ok}},
		{3, "- - - X -", [4]AlarmState{retained, retained, alarm, ok}},
		{3, "- - - X 0", [4]AlarmState{ok, ok, ok, ok}},
		{3, "- - X - 0", [4]AlarmState{ok, ok, ok, ok}},
	} {
		for i, missing := range []TreatMissing{MissingIsMissing, MissingIsIgnored, MissingIsBreaching, MissingIsNotBreaching} {
			for _, before := range []AlarmState{InsufficientData, AlarmOK, InAlarm} {
				want := tt.want[i]
				if want == retained {
					want = before
				}
				cfg := AlarmConfig{Comparison: GreaterThanThreshold, Threshold: 50, Periods: 3, DatapointsToAlarm: tt.need, Missing: missing}
				require.Equal(t, want, fed(cfg, before, tt.row).State(), "%d of 3, %q, %v, was %v", tt.need, tt.row, missing, before)
			}
		}
	}
}

func TestAlarmForgetsWhatLeavesTheEvaluationRange(t *testing.T) {
	a := NewAlarm(AlarmConfig{Comparison: GreaterThanThreshold, Threshold: 50, Periods: 3, Missing: MissingIsBreaching}, time.Minute)
	require.Equal(t, InsufficientData, a.State())
	require.Negative(t, a.Since())
	a.Add(Datapoint{At: time.Minute, Value: 10})
	for i := 2; i <= 5; i++ {
		require.Equal(t, AlarmOK, a.Add(Datapoint{At: time.Duration(i) * time.Minute, Missing: true}))
	}
	require.Equal(t, InAlarm, a.Add(Datapoint{At: 6 * time.Minute, Missing: true}), "the last datapoint that was there is gone")
	require.Equal(t, 3*time.Minute, a.Breached(), "the three newest gaps count as breaches")
}

func TestAlarmComparison(t *testing.T) {
	for c, want := range map[Comparison][3]AlarmState{ // below, at and above the threshold
		GreaterThanThreshold:          {AlarmOK, AlarmOK, InAlarm},
		GreaterThanOrEqualToThreshold: {AlarmOK, InAlarm, InAlarm},
		LessThanThreshold:             {InAlarm, AlarmOK, AlarmOK},
		LessThanOrEqualToThreshold:    {InAlarm, InAlarm, AlarmOK},
	} {
		for i, value := range []float64{49, 50, 51} {
			a := NewAlarm(AlarmConfig{Comparison: c, Threshold: 50, Periods: 1}, time.Minute)
			require.Equal(t, want[i], a.Add(Datapoint{At: time.Minute, Value: value}), "%v %v", value, c)
		}
	}
}

func TestAlarmSaysWhenItBegan(t *testing.T) {
	a := NewAlarm(AlarmConfig{Comparison: GreaterThanThreshold, Threshold: 50, Periods: 3}, time.Minute)
	add := func(minute int, value float64) AlarmState {
		return a.Add(Datapoint{At: time.Duration(minute) * time.Minute, Value: value})
	}
	require.Equal(t, AlarmOK, add(1, 20))
	require.Equal(t, AlarmOK, add(2, 90))
	require.Equal(t, time.Minute, a.Since())
	require.Equal(t, AlarmOK, add(3, 90))
	require.Negative(t, a.Breached())
	require.Equal(t, InAlarm, add(4, 90))
	require.Equal(t, time.Minute, a.Breached(), "the second minute was the first to breach")
	require.Equal(t, 4*time.Minute, a.Since())
	require.Equal(t, InAlarm, add(5, 90))
	require.Equal(t, time.Minute, a.Breached(), "an ALARM that goes on keeps its begin")
	require.Equal(t, 4*time.Minute, a.Since())
	require.Equal(t, AlarmOK, add(6, 20))
	require.Negative(t, a.Breached())
	require.Equal(t, 6*time.Minute, a.Since())
}

func TestAlarmStatesAreSpelledAsCloudWatchDoes(t *testing.T) {
	require.Equal(t, "INSUFFICIENT_DATA OK ALARM", strings.Join([]string{InsufficientData.String(), AlarmOK.String(), InAlarm.String()}, " "))
}

// With nothing missing an alarm is what its three numbers say, from the newest datapoints alone.
func TestAlarmWithoutGapsIsMOutOfN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 15).Draw(t, "n")
		m := rapid.IntRange(1, n).Draw(t, "m")
		a := NewAlarm(AlarmConfig{Comparison: LessThanThreshold, Threshold: 50, Periods: n, DatapointsToAlarm: m}, time.Minute)
		values := rapid.SliceOfN(rapid.Float64Range(0, 100), n, 40).Draw(t, "values")
		for i, v := range values {
			state := a.Add(Datapoint{At: time.Duration(i+1) * time.Minute, Value: v})
			if i+1 < n {
				continue
			}
			low := 0
			for _, x := range values[i+1-n : i+1] {
				if x < 50 {
					low++
				}
			}
			want := AlarmOK
			if low >= m {
				want = InAlarm
			}
			if state != want {
				t.Fatalf("%d of the last %d breach, %d are needed: %v", low, n, m, state)
			}
			if (a.Breached() >= 0) != (state == InAlarm) {
				t.Fatalf("%v since %v", state, a.Breached())
			}
		}
	})
}
