package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg"
)

// paretoName is the name of a point, placed.
type paretoName struct {
	text   string
	style  textStyle
	box    box      // around the text
	anchor vg.Point // the point
	far    bool     // away from its point, so that it needs a line to it
	veiled bool     // what it hides has to be paled
}

// Costs of a place for a name: how much it hides. The dearest may not be taken.
const (
	costOfPoint   = 40.0 // a point that is drawn pale
	costOfLine    = 12.0 // a line of the front or of an interval of it
	costOfLeader  = 8.0  // a line to the point
	costForbidden = 1e9
)

// placeLabels names the front and the base, then others where there is room. It
// returns how many there are on the front, and how many of them have a name. Of
// a dense front every second point is named, or every third and so on.
func (s *paretoSheet) placeLabels() (front, named int) {
	// Names have the most room at the lower left, which belongs to nobody; from
	// left to right they do not take each other's.
	points := slices.Clone(s.points)
	slices.SortStableFunc(points, func(a, b ParetoPoint) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.X, b.X))
	})
	var count [3]int
	for _, p := range points {
		count[p.rank()]++
	}
	front = count[0]
	every := (front + paretoNamed - 1) / paretoNamed
	hidden := s.obstacles()
	for i, p := range points {
		skipped := p.Front && !p.Base && i%every != 0 && i != front-1
		if skipped || p.rank() == 2 && count[2] > paretoNamed {
			continue
		}
		if s.placeLabel(p, hidden) && p.Front {
			named++
		}
	}
	return front, named
}

// placeLabel names a point if there is room, which has to be close and clear
// for those beside the front.
func (s *paretoSheet) placeLabel(p ParetoPoint, hidden []obstacle) bool {
	style := markText
	if !p.Front {
		style = tickText
	}
	text := style.fit(p.Label, paretoLabel)
	if text == "" {
		return false
	}
	name, cost := s.bestPlace(s.at(p), text, style, hidden)
	if cost >= costForbidden || p.rank() == 2 && cost >= costOfLeader {
		return false
	}
	name.veiled = cost >= costOfPoint
	s.labels = append(s.labels, name)
	return true
}

// obstacle is what a name should not cover, and how much it matters.
type obstacle struct {
	box
	cost float64
}

func (s *paretoSheet) obstacles() []obstacle {
	var out []obstacle
	around := func(p vg.Point, r vg.Length, cost float64) {
		out = append(out, obstacle{box{p.X - r, p.Y - r, p.X + r, p.Y + r}, cost})
	}
	for _, p := range s.points {
		switch p.rank() {
		case 2:
			around(s.at(p), 3, costOfPoint)
		default:
			r := vg.Length(4.5)
			if p.Base {
				r = 7.5
			}
			around(s.at(p), r, costForbidden)
			if low, high, ok := interval(p.XLow, p.XHigh); ok {
				y := s.at(p).Y
				out = append(out, obstacle{box{s.x.pos(low), y - 1, s.x.pos(high), y + 1}, costOfLine})
			}
			if low, high, ok := interval(p.YLow, p.YHigh); ok {
				x := s.at(p).X
				out = append(out, obstacle{box{x - 1, s.y.pos(high), x + 1, s.y.pos(low)}, costOfLine})
			}
		}
	}
	stairs := s.stairs()
	for i := 1; i < len(stairs); i++ {
		a, b := stairs[i-1], stairs[i]
		out = append(out, obstacle{box{min(a.X, b.X) - 1, min(a.Y, b.Y) - 1, max(a.X, b.X) + 1, max(a.Y, b.Y) + 1}, costOfLine})
	}
	return out
}

// bestPlace tries places around a point, near ones first, and returns the one
// that hides least.
func (s *paretoSheet) bestPlace(at vg.Point, text string, style textStyle, hidden []obstacle) (paretoName, float64) {
	w, h := style.width(text), style.size
	best, least := paretoName{}, 2*costForbidden
	for ring, r := range []vg.Length{5, 12, 22, 36} {
		for _, d := range []vg.Point{{X: -1, Y: 1}, {X: 1, Y: 1}, {X: 1, Y: -1}, {X: -1, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}, {X: 0, Y: -1}, {X: -1, Y: -1}} {
			centre := vg.Point{X: at.X + d.X*(r+w/2), Y: at.Y + d.Y*(r+h/2)}
			if d.X != 0 && d.Y != 0 { // at a corner the text starts below or above the point
				centre = vg.Point{X: at.X + d.X*(r*0.6+w/2), Y: at.Y + d.Y*(r*0.6+h/2)}
			}
			n := paretoName{text: text, style: style, anchor: at, far: ring > 0,
				box: box{centre.X - w/2 - 1.5, centre.Y - h/2 - 0.5, centre.X + w/2 + 1.5, centre.Y + h/2 + 0.5}}
			if cost := s.costOf(n, hidden, least) + float64(ring)*costOfLeader; cost < least {
				best, least = n, cost
			}
		}
	}
	return best, least
}

// costOf sums up what a name would hide; it stops where there is a better one.
func (s *paretoSheet) costOf(n paretoName, hidden []obstacle, least float64) float64 {
	f := s.frame
	if n.box.x0 < f.x0+2 || n.box.x1 > f.x1 || n.box.y0 < f.y0 || n.box.y1 > f.y1-2 {
		return 2 * costForbidden
	}
	sum := 0.0
	for _, o := range s.labels {
		if o.box.meets(n.box) {
			return 2 * costForbidden
		}
		if n.far && n.leads(o.box) || o.far && o.leads(n.box) {
			sum += costOfPoint
		}
	}
	for _, o := range hidden {
		if o.meets(n.box) {
			if sum += o.cost; sum >= least {
				return sum
			}
		}
	}
	return sum
}

// meets reports whether two boxes share a place.
func (b box) meets(o box) bool { return b.touches(o) && b.y0 < o.y1 && o.y0 < b.y1 }

// end is where the line from the point meets the name.
func (n paretoName) end() vg.Point {
	return vg.Point{X: min(max(n.anchor.X, n.box.x0), n.box.x1), Y: min(max(n.anchor.Y, n.box.y0), n.box.y1)}
}

// leads reports whether the line to the name goes through a box.
func (n paretoName) leads(through box) bool {
	const steps = 12
	end := n.end()
	for i := range steps {
		share := vg.Length(i) / steps
		x, y := n.anchor.X+share*(end.X-n.anchor.X), n.anchor.Y+share*(end.Y-n.anchor.Y)
		if x > through.x0 && x < through.x1 && y > through.y0 && y < through.y1 {
			return true
		}
	}
	return false
}
