package report

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/sim"
)

func TestDatapointsBelongToTheMinuteBefore(t *testing.T) {
	line := sim.NewTimeline(0, 30*time.Minute, 1) // buckets of 5 s
	line.Track()
	var s dataSeries
	for k := range 4 {
		now := time.Duration(k+1) * time.Minute
		line.Advance(now)
		if k != 2 {
			s.add(line, now-time.Minute, now, float64(k), float64(k)+0.5)
		}
	}
	s.add(line, 4*time.Minute, 4*time.Minute, 9, 9)
	s.add(line, 4*time.Minute, 5*time.Minute, math.Inf(1), 9)
	s.add(line, 4*time.Minute, 5*time.Minute, math.NaN(), 9)
	line.Finish(4 * time.Minute)
	l := s.levels(line, 4*time.Minute)
	require.Equal(t, 5*time.Second, line.Width())
	require.Len(t, l, 3*12, "three minutes of four have datapoints")
	assert.Equal(t, Level{At: time.Minute, Width: 5 * time.Second, Mean: dataUnit, Min: dataUnit, Max: 1.5 * dataUnit}, l[12])
	assert.Equal(t, 3*time.Minute, l[24].At)
}

// Buckets that were merged while the run went on say the same as a recount.
func TestDatapointsEqualARecount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		line := sim.NewTimeline(0, 0, 4000) // 50 buckets, which climb
		line.Track()
		type point struct {
			at    int
			value float64
		}
		var s dataSeries
		var all []point
		n := rapid.IntRange(1, 2000).Draw(rt, "minutes")
		every := rapid.IntRange(1, 40).Draw(rt, "every")
		for k := range n {
			now := time.Duration(k+1) * time.Minute
			line.Advance(now)
			if k%every == 0 {
				p := point{k, float64((k * 7919) % 1000)}
				all = append(all, p)
				s.add(line, now-time.Minute, now, p.value, p.value)
			}
		}
		end := time.Duration(n) * time.Minute
		line.Finish(end)
		minutes := 0
		for _, l := range s.levels(line, end) {
			sum, count, low, high := 0.0, 0.0, math.Inf(1), math.Inf(-1)
			for _, p := range all {
				if at := time.Duration(p.at) * time.Minute; at+time.Minute > l.At && at < l.At+max(l.Width, time.Second) {
					sum, count, low, high = sum+p.value, count+1, min(low, p.value), max(high, p.value)
					minutes++
				}
			}
			if count == 0 || math.Abs(l.Mean/dataUnit-sum/count) > 1e-6 || l.Min != int64(low*dataUnit) || l.Max != int64(high*dataUnit) {
				rt.Fatalf("%+v, but %v in %v minutes, %v..%v", l, sum, count, low, high)
			}
		}
		if line.Width() >= time.Minute && minutes != len(all) {
			rt.Fatalf("%d minutes of %d", minutes, len(all))
		}
	})
}
