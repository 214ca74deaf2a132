package scenario

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestCronSaysWhen has the examples of AWS's page and what each of them means.
func TestCronSaysWhen(t *testing.T) {
	start := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC) // a Friday
	for _, c := range []struct {
		text string
		want []string // of the first, in three months
	}{
		{"cron(0 10 * * ? *)", []string{"2026-11-27 10:00", "2026-11-28 10:00", "2026-11-29 10:00"}},
		{"cron(15 12 * * ? *)", []string{"2026-11-27 12:15", "2026-11-28 12:15"}},
		{"cron(0 18 ? * MON-FRI *)", []string{"2026-11-27 18:00", "2026-11-30 18:00", "2026-12-01 18:00"}},
		{"cron(0 8 1 * ? *)", []string{"2026-12-01 08:00", "2027-01-01 08:00", "2027-02-01 08:00"}},
		{"cron(0/15 * * * ? *)", []string{"2026-11-27 08:00", "2026-11-27 08:15", "2026-11-27 08:30", "2026-11-27 08:45", "2026-11-27 09:00"}},
		{"cron(0/10 * ? * MON-FRI *)", []string{"2026-11-27 08:00", "2026-11-27 08:10"}},
		{"cron(0/5 8-17 ? * MON-FRI *)", []string{"2026-11-27 08:00", "2026-11-27 08:05"}},
		{"cron(0 9 ? * 2#1 *)", []string{"2026-12-07 09:00", "2027-01-04 09:00", "2027-02-01 09:00"}},
		{"cron(0 9 ? * 6L *)", []string{"2026-11-27 09:00", "2026-12-25 09:00", "2027-01-29 09:00"}},
		{"cron(0 9 L * ? *)", []string{"2026-11-30 09:00", "2026-12-31 09:00", "2027-01-31 09:00"}},
		{"cron(0 9 ? * L *)", []string{"2026-11-28 09:00", "2026-12-26 09:00"}},
		{"cron(0 12 ? 12 sun,wed 2026)", []string{"2026-12-02 12:00", "2026-12-06 12:00", "2026-12-09 12:00"}},
		{"30 8 27 NOV ? 2026-2027", []string{"2026-11-27 08:30"}},
		{"cron(0 7 27 11 ? *)", nil}, // an hour before the start
		{"cron(0 0 30 2 ? *)", nil},  // there is no such day
		{"cron(0 0 1 1 ? 2199)", nil},
	} {
		s, problem := parseCron(c.text)
		require.Nil(t, problem, c.text)
		var got []string
		for _, at := range s.instants(start, 90*24*time.Hour, 10_000) {
			require.True(t, at >= 0 && at < 90*24*time.Hour)
			got = append(got, start.Add(at).Format("2006-01-02 15:04"))
		}
		require.GreaterOrEqual(t, len(got), len(c.want), c.text)
		require.Equal(t, c.want, got[:len(c.want):len(c.want)], c.text)
		if c.want == nil {
			require.Empty(t, got, c.text)
		}
	}
}

func TestRatesAreReadAsAWSReadsThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(1 hour)": time.Hour, "rate(7 days)": 7 * 24 * time.Hour,
		"2 hours": 2 * time.Hour, "rate(1 minutes)": 0, "rate(2 minute)": 0, "rate(1.5 hours)": 0, "rate(-1 hours)": 0, "rate(9999999 days)": 0,
		"rate(99999999999999999999 days)": 0, "": 0, "rate(": 0, "rate()": 0, "rate(5 fortnights)": 0,
	} {
		got, problem := parseRate(text)
		require.Equal(t, want == 0, problem != nil, text)
		require.Equal(t, want, got, text)
	}
}

// FuzzSchedules: no text makes the parsers panic or hang, every problem lies within the text, and what is read comes in
// order and within the duration.
func FuzzSchedules(f *testing.F) {
	for _, text := range []string{
		"cron(0 10 * * ? *)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(0 9 L * ? *)", "cron(0 9 ? * 6L,2#1 *)", "cron(0,30 * 1-7/2 JAN-MAR ? 2026/2)",
		"rate(5 minutes)", "rate(1 hour)", "cron(", "? ? ? ? ? ?", "", "cron(ä ö ü ß ? é)",
	} {
		f.Add(text)
	}
	start := time.Date(2026, 11, 27, 8, 0, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		within := func(p *exprProblem) {
			require.NotEmpty(t, p.message)
			require.True(t, p.column >= 0 && p.column <= max(1, utf8.RuneCountInString(text)+1), "%q: %+v", text, p)
		}
		if c, problem := parseCron(text); problem != nil {
			within(problem)
		} else {
			last := time.Duration(-1)
			for _, at := range c.instants(start, 40*24*time.Hour, 1000) {
				require.True(t, at > last && at < 40*24*time.Hour, text)
				require.Zero(t, start.Add(at).Second(), text)
				last = at
			}
		}
		if every, problem := parseRate(text); problem != nil {
			within(problem)
		} else {
			require.True(t, every >= time.Minute && every <= longest, text)
		}
	})
}
