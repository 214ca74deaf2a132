package plot

import (
	"cmp"
	"errors"
	"fmt"
)

// Stacks is the picture of what adds up over time, panel by panel: the tasks
// of a service by deployment, by zone or by state.
type Stacks struct {
	Title, Subtitle string
	End             float64 // length of the run in seconds; zero = end of the last step
	Unit            string  // of the values: "tasks"
	Panels          []StackPanel
	Bands           []Band // shaded stretches across all panels: faults
}

// StackPanel is one stack on the shared time axis.
type StackPanel struct {
	Name string // "service web"
	// Series are stacked from the bottom in this order. Where all are named
	// after ascending deployments or revisions, older ones are muted.
	Series []StackSeries
	Lines  []StackLine // on top: desired, lower and upper bound, healthy
	Marks  []Mark      // of this panel only: "deployment 2", "rolled back"
	// Peak is the highest sum ever, if that is known: it may be above that of
	// the means. Zero = not known.
	Peak float64
}

// StackSeries is one layer. A gap between its steps counts as zero. What is
// drawn is the mean of each step, since means add up and extremes do not.
type StackSeries struct {
	Name  string
	Steps []Step
}

// StackLine is a step line. A gap between its steps is a gap. A step within
// which the value varied is drawn as its lowest and its highest.
type StackLine struct {
	Name  string
	Steps []Step
	Style LineStyle
}

// LineStyle tells lines apart without colour.
type LineStyle uint8

// The styles of a line.
const (
	Solid LineStyle = iota
	Dashed
	Dotted
)

// Band is a stretch of time, shaded behind all panels. To zero means until
// the end of the run.
type Band struct {
	From, To float64 // seconds since the start
	Text     string  // short: "zone-b-down"
}

// DrawStacks draws stacked step areas in panels over a shared time axis. Of
// many panels the first are drawn. NaN, infinite and negative numbers are refused.
func DrawStacks(s Stacks) (Picture, error) {
	if err := s.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing stacks: %w", err)
	}
	sheet := newStackSheet(s)
	return Picture{
		height: sheet.height,
		title:  cmp.Or(clean(s.Title), "What adds up over time"),
		alt:    sheet.describe(),
		paint:  sheet.paint,
	}, nil
}

func (s Stacks) problems() error {
	errs := []error{checkTime("end", s.End)}
	for i, p := range s.Panels {
		path := fmt.Sprintf("panel %d (%s): ", i, p.Name)
		errs = append(errs, checkTime(path+"peak", p.Peak))
		for j, one := range p.Series {
			errs = append(errs, checkSteps(fmt.Sprintf("%sseries %d (%s)", path, j, one.Name), one.Steps))
		}
		for j, one := range p.Lines {
			errs = append(errs, checkSteps(fmt.Sprintf("%sline %d (%s)", path, j, one.Name), one.Steps))
		}
		for j, m := range p.Marks {
			errs = append(errs, checkTime(fmt.Sprintf("%smark %d (%s)", path, j, m.Text), m.At))
		}
	}
	for i, b := range s.Bands {
		path := fmt.Sprintf("band %d (%s)", i, b.Text)
		err := errors.Join(checkTime(path+": from", b.From), checkTime(path+": to", b.To))
		if err == nil && b.To != 0 && b.To < b.From {
			err = fmt.Errorf("%s: ends at %v, before it begins at %v", path, b.To, b.From)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// length is the end of the run: what is said, or what the data shows.
func (s Stacks) length() float64 {
	end := s.End
	reach := func(steps []Step) {
		_, last := extent(steps)
		end = max(end, last)
	}
	for _, p := range s.Panels {
		for _, one := range p.Series {
			reach(one.Steps)
		}
		for _, one := range p.Lines {
			reach(one.Steps)
		}
	}
	if end == 0 {
		return 1
	}
	return end
}
