package report

import (
	"fmt"
	"strings"
	"time"

	"ecssim/report/plot"
)

// picture is a drawing with its name in plots/.
type picture struct {
	name    string
	picture plot.Picture
}

// pictures draws one record.
func pictures(r *Record, s *Summary) ([]picture, error) {
	subtitle := fmt.Sprintf("%s, seed %d%s", s.Scenario.About, r.Seed, began(r.Config.Start))
	utilisation, err := plot.DrawUtilisation(utilisation(r, subtitle))
	if err != nil {
		return nil, err
	}
	failures, err := plot.DrawFailures(failures(r, subtitle))
	if err != nil {
		return nil, err
	}
	drawn := []picture{{"utilisation", utilisation}, {"failures", failures}}
	for _, stacks := range servicePictures(r, subtitle) {
		if len(stacks.Panels) == 0 {
			continue
		}
		p, err := plot.DrawStacks(stacks.Stacks)
		if err != nil {
			return nil, err
		}
		drawn = append(drawn, picture{stacks.name, p})
	}
	more, err := scalingPictures(r, subtitle)
	return append(drawn, more...), err
}

// began tells the date of time 0, which the axes count from. Midnight of a new year is the default, and says nothing.
func began(start time.Time) string {
	if start.IsZero() || start.YearDay() == 1 && start.Equal(start.Truncate(24*time.Hour)) {
		return ""
	}
	return start.UTC().Format(", from 2006-01-02 15:04 UTC")
}

// pictureNames are all that pictures may draw.
var pictureNames = []string{"utilisation", "failures", "services", "lifecycle", "zones", "scaling", "lags"}

func utilisation(r *Record, subtitle string) plot.Utilisation {
	u := plot.Utilisation{Title: r.Config.Name + ": reserved against capacity", Subtitle: subtitle, End: r.End.Seconds()}
	for i := range r.Pools {
		p := &r.Pools[i]
		if p.UsedPeak == 0 && p.Resource != "cpu" && p.Resource != "memory" {
			continue
		}
		res := plot.Resource{Name: p.Resource, Unit: seriesUnit(p), Used: p.Used.steps(p.Divisor)}
		if p.Resource == "ip" {
			res.Scope = "subnet " + p.Scope
		}
		if !p.Unbounded {
			res.Capacity = p.Capacity.steps(p.Divisor)
		}
		u.Resources = append(u.Resources, res)
	}
	if b := r.Bottleneck; b != nil {
		u.Marks = append(u.Marks, plot.Mark{At: b.At.Seconds(), Text: "first limit: " + bottleneckName(b.Resource, b.Scope)})
	}
	return u
}

func (l Levels) steps(divisor int64) []plot.Step {
	d := float64(divisor)
	steps := make([]plot.Step, len(l))
	for i, v := range l {
		steps[i] = plot.Step{
			At: v.At.Seconds(), Width: v.Width.Seconds(), Mean: v.Mean / d, Min: float64(v.Min) / d, Max: float64(v.Max) / d,
		}
	}
	return steps
}

func failures(r *Record, subtitle string) plot.Failures {
	f := plot.Failures{Title: r.Config.Name + ": placement failures", Subtitle: subtitle, End: r.End.Seconds()}
	var order [numReasons]int // index into f.Series plus 1
	for _, row := range r.Failures {
		if order[row.Reason] == 0 {
			f.Series = append(f.Series, plot.FailureSeries{Reason: strings.TrimSuffix(reasonText(row.Reason), ".")})
			order[row.Reason] = len(f.Series)
		}
		s := &f.Series[order[row.Reason]-1]
		at, width := row.At.Seconds(), r.FailureGrain.Seconds()
		if n := len(s.Counts); n > 0 && s.Counts[n-1].At == at {
			s.Counts[n-1].Count += float64(row.Count)
			continue
		}
		s.Counts = append(s.Counts, plot.FailureCount{At: at, Width: width, Count: float64(row.Count)})
	}
	return f
}
