package report

import (
	"math"
	"time"

	"ecssim/sim"
)

// dataUnit turns a measured value into the whole numbers of Levels: millionths.
const dataUnit = 1_000_000

// dataGrain is the shortest bucket of a dataSeries: CloudWatch's metrics have a period of one minute.
const dataGrain = time.Minute

// dataSeries keeps what is measured minute by minute: the datapoint of a minute is told at its end, and belongs to the
// time before. Its buckets are never finer than a minute, and never finer than those of the timeline, so that it is
// bounded as a track is. A bucket without a datapoint stays empty: no data is not 0.
type dataSeries struct {
	grain time.Duration
	cells []dataCell
	last  float64 // datapoint
}

// dataCell is what was measured in one bucket.
type dataCell struct {
	sum, seconds float64 // value × seconds
	low, high    float64
}

func (c *dataCell) merge(o dataCell) {
	if o.seconds == 0 {
		return
	}
	if c.seconds == 0 {
		*c = o
		return
	}
	c.sum, c.seconds = c.sum+o.sum, c.seconds+o.seconds
	c.low, c.high = min(c.low, o.low), max(c.high, o.high)
}

// add takes in the value of the span up to now; high is its highest value within. What is no number is left out.
func (s *dataSeries) add(line *sim.Timeline, from, to time.Duration, value, high float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) || to <= from {
		return
	}
	s.fit(max(dataGrain, line.Width()))
	at := int(from / s.grain)
	for len(s.cells) <= at {
		s.cells = append(s.cells, dataCell{})
	}
	s.last = value
	seconds := (to - from).Seconds()
	high = max(value, min(high, math.MaxInt64/(2*dataUnit)))
	s.cells[at].merge(dataCell{float64(value * seconds), seconds, value, high})
}

// fit merges neighbours until buckets are as wide as grain; each width of the timeline divides the next.
func (s *dataSeries) fit(grain time.Duration) {
	if s.grain == 0 {
		s.grain = grain
	}
	if s.grain >= grain {
		return
	}
	ratio := int(grain / s.grain)
	for at, c := range s.cells {
		if at%ratio == 0 {
			s.cells[at/ratio] = c
		} else {
			s.cells[at/ratio].merge(c)
		}
	}
	s.cells = s.cells[:(len(s.cells)+ratio-1)/ratio]
	s.grain = grain
}

// levels are the buckets of the timeline that have datapoints, in millionths. Where the timeline's are shorter than a
// minute, each shows the minute that it lies in.
func (s *dataSeries) levels(line *sim.Timeline, end time.Duration) Levels {
	width := line.Width()
	s.fit(max(dataGrain, width))
	var out Levels
	for k, c := range s.cells {
		if c.seconds == 0 {
			continue
		}
		from := s.grain * time.Duration(k)
		for at := from; at < min(from+s.grain, end); at += width {
			out = append(out, Level{
				At: at, Width: min(width, end-at), Mean: c.sum / c.seconds * dataUnit, Min: millionths(c.low), Max: millionths(c.high),
			})
		}
	}
	if n := len(out); n > 0 {
		out[n-1].Last = millionths(s.last)
	}
	return out
}

func millionths(x float64) int64 {
	const most = math.MaxInt64 / 2
	return int64(max(-most, min(most, math.Round(x*dataUnit))))
}
