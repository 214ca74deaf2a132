package report

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVolume(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 2_000_000_000: "2 GB", 40_000_000_000: "40 GB", 1_234_000_000_000: "1.23 TB", 999_600_000: "1 GB"} {
		require.Equal(t, want, volume(bytes))
	}
}

func TestLongPullsAreNoted(t *testing.T) {
	s := &Summary{Images: []ImageSummary{
		{Image: "small:1", Pulls: 1000, Bytes: 1, Mean: 1, Max: 9},
		{Image: "base:1", Pulls: 2, Bytes: 500_000_000, Mean: 20, Max: 40},
		{Image: "model:1", Pulls: 200, Bytes: 40_000_000_000, Mean: 140, Max: 168},
	}}
	var notes []string
	s.notePulls(func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) })
	require.Equal(t, []string{
		"200 pulls of model:1 moved 40 GB and took 2m20s on average, at most 2m48s",
		"2 pulls of base:1 moved 500 MB and took 20s on average, at most 40s",
	}, notes)
}
