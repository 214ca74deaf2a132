package plot

import (
	"image/color"
	"regexp"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// maxSeries is how many layers of a stack can be told apart.
const maxSeries = 8

var (
	darkGrey = rgb(0x4A4E52)

	// stackLooks leave vermillion to what is wrong. Neighbours differ in
	// lightness as well; level hatching, which looks like step lines, comes last.
	stackLooks = [maxSeries]look{
		{okabeBlue, solid, white},
		{okabeSky, rising, ink},
		{okabeYellow, dotted, ink},
		{okabeGreen, upright, white},
		{okabeOrange, falling, ink},
		{okabePurple, crossed, ink},
		{darkGrey, grid, white},
		{hairGrey, level, grey},
	}

	// ageLooks are those of deployments, from the newest on.
	ageLooks = [maxSeries]look{
		{okabeBlue, solid, white},
		{rgb(0xBBDDF3), rising, grey},
		{rgb(0xF5D9A0), falling, grey},
		{rgb(0xA9DCCB), upright, grey},
		{rgb(0xF8F3B5), dotted, grey},
		{rgb(0xEBCBDC), crossed, grey},
		{rgb(0xE3E6E9), grid, grey},
		{rgb(0xF0F2F4), level, grey},
	}
)

// lineLook is how a line differs from others.
type lineLook struct {
	colour color.NRGBA
	width  vg.Length
	dashes [4]vg.Length // all zero = solid
}

// lineLooks are those of the first, second and further line of each style.
var lineLooks = [3][3]lineLook{
	Solid:  {{ink, 5 * pixel, [4]vg.Length{}}, {alarmFree, 5 * pixel, [4]vg.Length{}}, {grey, 4 * pixel, [4]vg.Length{}}},
	Dashed: {{ink, 5 * pixel, [4]vg.Length{5, 2.5, 5, 2.5}}, {ink, 5 * pixel, [4]vg.Length{7, 2, 1.5, 2}}, {grey, 5 * pixel, [4]vg.Length{3, 3, 3, 3}}},
	Dotted: {{ink, 5 * pixel, [4]vg.Length{1.5, 1.8, 1.5, 1.8}}, {alarmFree, 6 * pixel, [4]vg.Length{1.5, 3.5, 1.5, 3.5}}, {grey, 5 * pixel, [4]vg.Length{1.5, 5, 1.5, 5}}},
}

// alarmFree is purple, dark enough for a line.
var alarmFree = rgb(0x8A3468)

// stroke draws a line with a white rim, or without where it would rub out
// what the line shows.
func (l lineLook) stroke(p pen, path vg.Path, rim bool) {
	if rim {
		p.stroke(white, l.width+4*pixel, path)
	} else {
		l.width = 3 * pixel
	}
	if l.dashes[0] > 0 {
		p.dashes(l.dashes[:]...)
	}
	p.stroke(l.colour, l.width, path)
	p.dashes()
}

func (l lineLook) sample(p pen, b box) {
	var path vg.Path
	y := (b.y0 + b.y1) / 2
	p.trace(&path, []vg.Point{{X: b.x0, Y: y}, {X: b.x1, Y: y}})
	l.stroke(p, path, true)
}

var generation = regexp.MustCompile(`(?i)(?:^(?:deployment|revision)s? *#?|:)(\d{1,9})\b`)

// ages reports whether the names are those of ascending deployments or
// revisions: "deployment 3" or "web:3".
func ages(series []StackSeries) bool {
	last := -1
	for _, s := range series {
		m := generation.FindStringSubmatch(s.Name)
		if m == nil {
			return false
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n <= last {
			return false
		}
		last = n
	}
	return len(series) > 0
}

// folded sums up what cannot be told apart any more: the last series, or the
// oldest deployments.
func folded(series []StackSeries, old bool) (kept, rest []StackSeries) {
	out := len(series) - maxSeries
	switch {
	case out <= 0:
		return series, nil
	case old:
		return series[out+1:], series[:out+1]
	}
	return series[:maxSeries-1], series[maxSeries-1:]
}

// dress gives all series and lines their looks. A name has the same look in
// every panel where there are few enough names.
func dress(panels []stackPanel) {
	var names []string
	var lines [3][]string
	for _, p := range panels {
		for _, a := range p.areas {
			if !p.old && a.name != restName && !slices.Contains(names, a.name) {
				names = append(names, a.name)
			}
		}
		for _, l := range p.lines {
			if of := &lines[l.style]; !slices.Contains(*of, l.name) {
				*of = append(*of, l.name)
			}
		}
	}
	for _, p := range panels {
		for i := range p.areas {
			a := &p.areas[i]
			switch {
			case a.name == restName || a.name == olderName:
				a.look = otherLook
			case p.old:
				a.look = ageLooks[len(p.areas)-1-i]
			case len(names) <= maxSeries:
				a.look = stackLooks[slices.Index(names, a.name)]
			default:
				a.look = stackLooks[i]
			}
		}
		for i := range p.lines {
			l := &p.lines[i]
			l.look = lineLooks[l.style][min(2, slices.Index(lines[l.style], l.name))]
		}
	}
}

// namedKey is an entry of a legend with what makes it the same as another.
type namedKey struct {
	key
	look any
}

func (p stackPanel) keys() []namedKey {
	var keys []namedKey
	for _, a := range p.areas {
		keys = append(keys, namedKey{key{a.name, a.look.sample}, a.look})
	}
	for _, l := range p.lines {
		keys = append(keys, namedKey{key{l.name, l.look.sample}, l.look})
	}
	return keys
}

// sharedKeys is the legend of the whole figure. If a name means different
// things in different panels there is none: each panel has its own.
func sharedKeys(panels []stackPanel) (keys []key, ok bool) {
	var all []namedKey
	layers, lines := 0, 0
	for _, p := range panels {
		for _, k := range p.keys() {
			i := slices.IndexFunc(all, func(o namedKey) bool { return o.label == k.label })
			switch {
			case i >= 0 && all[i].look != k.look:
				return nil, false
			case i >= 0:
				continue
			}
			if _, layer := k.look.(look); layer {
				layers++
			} else {
				lines++
			}
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b namedKey) int { return kind(a) - kind(b) })
	for _, k := range all {
		keys = append(keys, k.key)
	}
	return keys, len(panels) == 1 || layers <= maxSeries && lines <= maxSeries
}

// kind puts layers before lines.
func kind(k namedKey) int {
	if _, layer := k.look.(look); layer {
		return 0
	}
	return 1
}
