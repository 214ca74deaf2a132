package plot

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Multiples is the picture of the same resources in several variants: the
// variants are columns, the resources rows, and all of a row have one scale.
type Multiples struct {
	Title, Subtitle string
	End             float64 // length of the longest run in seconds; zero = end of the last step
	Panels          []MultiplePanel
	Remark          string // stands at the foot
}

// MultiplePanel is one variant.
type MultiplePanel struct {
	Variant string
	Rows    []MultipleRow
}

// MultipleRow is a resource of a variant. Rows of the same Resource share a
// row of the picture, wherever they are in their variants.
type MultipleRow struct {
	Resource       string // "cpu", "ip of subnet a"
	Unit           string // "units" (CPU), "MiB", "ENIs"
	Used, Capacity []Step // capacity: empty = nothing limits it
}

const (
	maxMultiples    = 6 // variants
	maxMultipleRows = 6
)

// DrawMultiples draws used and capacity of every resource in every variant. Of
// many variants and resources the first are drawn, and the foot says so. NaN,
// infinite and negative numbers are refused.
func DrawMultiples(m Multiples) (Picture, error) {
	if err := m.problems(); err != nil {
		return Picture{}, fmt.Errorf("drawing small multiples: %w", err)
	}
	s := newMultipleSheet(m)
	return Picture{
		height: s.height,
		title:  cmp.Or(clean(m.Title), "Utilisation of variants"),
		alt:    s.describe(),
		paint:  s.paint,
	}, nil
}

func (m Multiples) problems() error {
	errs := []error{checkTime("end", m.End)}
	for i, p := range m.Panels {
		for j, r := range p.Rows {
			path := fmt.Sprintf("variant %d (%s): row %d (%s)", i, p.Variant, j, r.Resource)
			errs = append(errs, checkSteps(path+": used", r.Used), checkSteps(path+": capacity", r.Capacity))
		}
	}
	return errors.Join(errs...)
}

// length is that of the longest run.
func (m Multiples) length() float64 {
	end := m.End
	for _, p := range m.Panels {
		for _, r := range p.Rows {
			_, last := extent(r.Used, r.Capacity)
			end = max(end, last)
		}
	}
	if end == 0 {
		return 1
	}
	return end
}

// resources are their names in the order in which they first occur.
func (m Multiples) resources() []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range m.Panels {
		for _, r := range p.Rows {
			if !seen[r.Resource] {
				seen[r.Resource] = true
				names = append(names, r.Resource)
			}
		}
	}
	return names
}

func (s *multipleSheet) describe() string {
	if len(s.rows) == 0 {
		return "Utilisation of variants: nothing was recorded."
	}
	var parts []string
	for _, row := range s.rows {
		var of []string
		for i, c := range row.cells {
			if c != nil {
				of = append(of, s.variants[i]+" "+c.fact)
			}
		}
		parts = append(parts, row.name+": "+strings.Join(of, ", "))
	}
	return fmt.Sprintf("Utilisation of %s over %s; %s.", counted(len(s.variants), "variant"), duration(s.span), strings.Join(parts, "; "))
}
