package plot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

const (
	maxRules   = 5             // of a panel: more labels do not fit beside it
	ruleGap    = vg.Length(9)  // between the labels' base lines
	ruleIndent = vg.Length(10) // of the labels from the data
	ruleRoom   = vg.Length(104)

	// A rule so many times above the data is only named: it would flatten what
	// the panel shows.
	boundFar = 1.5
	aimFar   = 3
)

// rule is a level line across a panel, labelled at its right end: a target, an
// alarm's threshold, a bound.
type rule struct {
	at    float64
	names []string
	look  lineLook
	far   float64
}

// label is cut where it is too long.
func (r rule) label(top float64, unit func(float64) string) string {
	text := strings.Join(r.names, ", ") + " " + unit(r.at)
	if r.at > top {
		text += " ↑"
	}
	return tickText.fit(text, ruleRoom)
}

// addRule joins what is at the same height; the first look stays. Negative
// values are no rules, and the line at zero is there anyway. What is far times
// above the data is only named.
func (p *scalingPanel) addRule(at float64, name string, l lineLook, far float64) {
	if at <= 0 {
		return
	}
	for i := range p.rules {
		if r := &p.rules[i]; r.at == at {
			if !slices.Contains(r.names, name) {
				r.names = append(r.names, name)
			}
			return
		}
	}
	if len(p.rules) == maxRules {
		p.leftRules++
		return
	}
	p.rules = append(p.rules, rule{at, []string{name}, l, far})
}

// drawRules draws the lines. Where one is far above the data it is only named.
func (p scalingPanel) drawRules(f frame) {
	for _, r := range p.rules {
		if r.at > p.top {
			continue
		}
		y := snap(f.y(r.at))
		if r.look.dashes[0] > 0 {
			f.dashes(r.look.dashes[:]...)
		}
		f.line(r.look.colour, r.look.width, vg.Point{X: f.x0, Y: y}, vg.Point{X: f.x1, Y: y})
		f.dashes()
	}
}

// drawLabels writes the rules' labels beside the panel, moved apart where they
// would touch.
func (p scalingPanel) drawLabels(f frame) {
	rules := slices.Clone(p.rules)
	slices.SortStableFunc(rules, func(a, b rule) int { return cmp.Compare(b.at, a.at) })
	var wanted []vg.Length
	for _, r := range rules {
		wanted = append(wanted, f.y(r.at))
	}
	for i, y := range apart(wanted, f.y0, f.y1) {
		if rules[i].at <= p.top {
			f.line(baseGrey, hairWidth, vg.Point{X: f.x1 + 1.5, Y: wanted[i]},
				vg.Point{X: f.x1 + 3, Y: wanted[i]}, vg.Point{X: f.x1 + ruleIndent - 3, Y: y}, vg.Point{X: f.x1 + ruleIndent - 1.5, Y: y})
		}
		f.text(tickText, left, f.x1+ruleIndent, y+3, rules[i].label(p.top, p.tickLabel))
	}
}

// apart moves ascending places at least ruleGap from each other, downwards
// first, then back up from the bottom.
func apart(wanted []vg.Length, top, bottom vg.Length) []vg.Length {
	out := slices.Clone(wanted)
	for i := range out {
		if i > 0 {
			out[i] = max(out[i], out[i-1]+ruleGap)
		}
		out[i] = max(out[i], top)
	}
	for i := len(out) - 1; i >= 0; i-- {
		limit := bottom
		if i+1 < len(out) {
			limit = out[i+1] - ruleGap
		}
		out[i] = min(out[i], limit)
	}
	return out
}

// fine is number, with enough digits for what is less than one.
func fine(v float64) string {
	if v > 0 && v < 1 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return number(v)
}
