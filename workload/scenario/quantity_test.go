package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

func TestDurationsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "30m": 30 * time.Minute, "30min": 30 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour,
		"1.5h": 90 * time.Minute, "1h 30m": 90 * time.Minute, "250ms": 250 * time.Millisecond, "0s": 0, " 5 s ": 5 * time.Second,
		"36500d": longest,
	} {
		d, problem := parseDuration(text)
		require.Empty(t, problem, text)
		require.Equal(t, want, d, text)
	}
	for text, want := range map[string]string{
		"": "it is empty", "30": `"30" has no unit`, "-5s": "it is negative", "s": `"s" is not a number`, "1..5s": `"1..5" is not a number`,
		"1x": `"x" is not a unit of time`, "36501d": "it is longer than 100 years", "1h30": `"30" has no unit`, "1e9s": `"e9s" is not a unit of time`,
		"inf": `"inf" is not a number`, "1 month": `"onth" is not a number`,
	} {
		_, problem := parseDuration(text)
		require.Equal(t, want, problem, text)
	}
}

func TestTimesOfDayComeNext(t *testing.T) {
	start := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	for clock, want := range map[string]time.Duration{"08:00": 0, "10:30": 150 * time.Minute, "07:59:59": 24*time.Hour - time.Second} {
		c, ok := parseClock(clock)
		require.True(t, ok)
		require.Equal(t, want, sinceStart(c, start), clock)
	}
	for _, clock := range []string{"24:00", "10:60", "10", "1:2:3:4", "ten:00"} {
		_, ok := parseClock(clock)
		require.False(t, ok, clock)
	}
}

func TestOtherLineEndsAndAByteOrderMark(t *testing.T) {
	windows := "\xef\xbb\xbf" + strings.ReplaceAll(minimal, "\n", "\r\n")
	accepted(t, windows)
	s, ds := loadText(t, strings.ReplaceAll(windows, "desired_count", "desiredCount"))
	require.Equal(t, []string{"E021"}, codesOf(ds))
	require.Contains(t, rendered(t, s, ds), "8 | desiredCount = 2\n  | ^^^^^^^^^^^^ did you mean")
}

func TestDeepNestingIsRefusedBeforeItCostsAnything(t *testing.T) {
	for _, text := range []string{
		"x = " + strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000),
		"x = " + strings.Repeat("{a=", 100_000) + "1" + strings.Repeat("}", 100_000),
		strings.Repeat("a.", 500_000) + "a = 1",
		"[" + strings.Repeat("a.", 500_000) + "a]",
	} {
		_, ds := loadText(t, text)
		require.True(t, diag.HasErrors(ds))
		require.Equal(t, "E005", ds[0].Code)
	}
}
