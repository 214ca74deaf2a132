package report

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// compareGroup is the part of the table that belongs to one variant: its cells stand below each other.
type compareGroup struct {
	title string
	rows  [][]string // cells of a metric; a row with a single cell is text that spans the group
	right []bool
}

// groupGap stands between the variants; their cells have a single space.
const groupGap = "  "

// Terminal is the comparison for people. Variants that do not fit beside each other stand below each other.
func (c *Comparison) Terminal(opts TerminalOptions) string {
	t := &terminal{TerminalOptions: opts}
	t.Width = max(cmp.Or(opts.Width, termWidth), leastWidth)
	t.prose = min(t.Width, termWidth)
	labels := make([]string, 0, len(c.Metrics)+1)
	for _, m := range c.Metrics {
		labels = append(labels, metricLabel(m.Name))
	}
	labels = append(labels, "first bottleneck")
	side := 0
	for i := range labels {
		labels[i] = cut(labels[i], t.Width/3)
		side = max(side, length(labels[i]))
	}
	groups := c.groups(t.Width - side - len(groupGap))
	for len(groups) > 0 {
		n, used := 0, side
		for n < len(groups) && (n == 0 || used+len(groupGap)+groups[n].width() <= t.Width) {
			used += len(groupGap) + groups[n].width()
			n++
		}
		t.compareBlock(labels, side, groups[:n])
		groups = groups[n:]
	}
	t.compareFoot(c)
	return t.text.String()
}

// groups are the cells of all variants, the base first.
func (c *Comparison) groups(width int) []compareGroup {
	order := []int{c.base}
	for i := range c.Variants {
		if i != c.base {
			order = append(order, i)
		}
	}
	groups := make([]compareGroup, 0, len(order))
	for _, i := range order {
		v := &c.Variants[i]
		g := compareGroup{title: clean(v.Name), right: []bool{true, false}}
		mark := ""
		if i != c.base {
			g.right = []bool{true, true, true, false}
		} else {
			mark = " (base)"
		}
		for k := range c.Metrics {
			g.rows = append(g.rows, c.Metrics[k].cells(i, i == c.base))
		}
		g.rows = append(g.rows, []string{firsts(v.First)})
		if g.width() > width && i != c.base {
			g.dropRelative()
		}
		// Names and limits give way, numbers never.
		room := max(g.numbers(), min(width, 34))
		g.title = cutMiddle(g.title, room-len(mark)) + mark
		g.rows[len(g.rows)-1][0] = cut(g.rows[len(g.rows)-1][0], room)
		groups = append(groups, g)
	}
	return groups
}

func (g *compareGroup) dropRelative() {
	g.right = slices.Delete(slices.Clone(g.right), 2, 3)
	for i, row := range g.rows {
		if len(row) > 1 {
			g.rows[i] = slices.Delete(slices.Clone(row), 2, 3)
		}
	}
}

// cells of a metric in a variant: value and interval, or value, difference, relative difference and its interval.
func (m *ComparedMetric) cells(i int, base bool) []string {
	v, f := &m.Values[i], m.format()
	value := noInterval
	if v.Mean != nil {
		value = f.value(*v.Mean)
	}
	if base {
		switch {
		case v.AllEqual:
			return []string{value, "all equal"}
		case v.Low == nil:
			return []string{value, ""}
		}
		return []string{value, f.between(*v.Low, *v.High, false)}
	}
	d := v.Difference
	if d == nil {
		return []string{value, "", "", ""}
	}
	relative := ""
	if d.Relative != nil && d.Mean != 0 {
		relative = relativeText(*d.Relative)
	}
	interval := ""
	switch {
	case d.Verdict == VerdictSame:
		return []string{value, "same", "", ""}
	case d.AllEqual:
		interval = "all equal"
	case d.Low != nil:
		interval = f.between(*d.Low, *d.High, true)
	}
	if d.Verdict == VerdictUnclear {
		return []string{value, "~", "", interval}
	}
	return []string{value, signed(f.value(math.Abs(d.Mean)), d.Mean), relative, interval}
}

// relativeText: "−15 %", and "×12" where percentages are no longer read.
func relativeText(x float64) string {
	if x >= 9.95 {
		return "×" + thousands(int64(math.Round(1+x)))
	}
	return signed(percent(math.Abs(x)), x)
}

// signed puts a sign in front of a number that has none and is not 0 as it is written. The minus is as wide as the plus.
func signed(text string, x float64) string {
	if strings.Trim(text, "0.s %") == "" {
		return text
	}
	if x < 0 {
		return "−" + text
	}
	return "+" + text
}

// numberFormat writes all numbers of one metric alike.
type numberFormat struct {
	places  int
	seconds bool
	long    bool // minutes and hours
}

// reach is what the numbers of one metric span.
type reach struct {
	narrow  float64 // half of the narrowest interval; 0 without any
	largest float64
	whole   bool // no mean has a fraction
}

func (r *reach) look(low, high *float64) {
	if low == nil {
		return
	}
	r.largest = max(r.largest, math.Abs(*low), math.Abs(*high))
	if half := (*high - *low) / 2; half > 0 && (r.narrow == 0 || half < r.narrow) {
		r.narrow = half
	}
	if low == high {
		r.whole = r.whole && *low == math.Trunc(*low)
	}
}

// format chooses as many decimals as the narrowest interval of the row has use for: the first digit that is uncertain
// is the last that is shown.
func (m *ComparedMetric) format() numberFormat {
	r := reach{whole: true}
	for _, v := range m.Values {
		r.look(v.Low, v.High)
		r.look(v.Mean, v.Mean)
		if d := v.Difference; d != nil {
			r.look(d.Low, d.High)
			r.look(&d.Mean, &d.Mean)
		}
	}
	f := numberFormat{seconds: m.Unit == "s"}
	switch {
	case r.narrow > 0:
		f.places = int(-math.Floor(math.Log10(r.narrow)))
	case r.whole:
		f.places = 0
	case r.largest >= 1:
		f.places = 2
	default:
		f.places = 4
	}
	f.places = max(0, min(f.places, mostPlaces(r.largest, f.seconds)))
	f.long = f.seconds && r.largest >= 300
	return f
}

// mostPlaces are the decimals that a number of some size is ever read with.
func mostPlaces(largest float64, seconds bool) int {
	most := 4
	switch {
	case seconds:
		most = 3
	case largest < 0.01:
		most = 5
	}
	for limit := 10.0; limit <= 10_000 && largest >= limit; limit *= 10 {
		most--
	}
	return most
}

func (f numberFormat) value(x float64) string {
	switch {
	case x == 0 && !f.seconds:
		return "0"
	case f.long && math.Abs(x) >= 60:
		return signOf(x) + spanOf(math.Abs(x))
	case f.seconds && f.long:
		return signOf(x) + span(time.Duration(math.Round(math.Abs(x)))*time.Second)
	case f.seconds:
		return signOf(x) + decimalAt(math.Abs(x), f.places) + "s"
	case f.places == 0:
		return signOf(math.Round(x)) + amount(int64(math.Round(math.Abs(x))))
	}
	return signOf(x) + decimalAt(math.Abs(x), f.places)
}

func signOf(x float64) string {
	if x < 0 {
		return "−"
	}
	return ""
}

// between is an interval; that of a difference has signs.
func (f numberFormat) between(low, high float64, difference bool) string {
	write := f.value
	if difference {
		write = func(x float64) string { return signed(f.value(math.Abs(x)), x) }
	}
	return "[" + write(low) + ", " + write(high) + "]"
}

// widths of the cells.
func (g *compareGroup) widths() []int {
	w := make([]int, len(g.right))
	for _, row := range g.rows {
		if len(row) == 1 {
			continue
		}
		for i, cell := range row {
			w[i] = max(w[i], length(cell))
		}
	}
	return w
}

// numbers is the width of the cells with their spaces.
func (g *compareGroup) numbers() int {
	total := -1
	for _, w := range g.widths() {
		if w > 0 {
			total += w + 1
		}
	}
	return max(total, 0)
}

func (g *compareGroup) width() int {
	return max(g.numbers(), length(g.title), length(g.rows[len(g.rows)-1][0]))
}

// line writes one row of the group.
func (g *compareGroup) line(row []string, widths []int) string {
	if len(row) == 1 {
		return row[0]
	}
	var b strings.Builder
	for i, cell := range row {
		if widths[i] == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap := strings.Repeat(" ", widths[i]-length(cell))
		if g.right[i] {
			b.WriteString(gap + cell)
		} else {
			b.WriteString(cell + gap)
		}
	}
	return b.String()
}

// compareBlock prints some variants beside each other.
func (t *terminal) compareBlock(labels []string, side int, groups []compareGroup) {
	for n := -1; n < len(labels); n++ {
		var b strings.Builder
		if n >= 0 {
			b.WriteString(labels[n])
		}
		at := side
		for i := range groups {
			g := &groups[i]
			text := g.title
			if n >= 0 {
				text = g.line(g.rows[n], g.widths())
			}
			b.WriteString(strings.Repeat(" ", at+len(groupGap)-length(b.String())) + text)
			at += len(groupGap) + g.width()
		}
		if n < 0 {
			t.paint(bold, strings.TrimRight(b.String(), " "))
			continue
		}
		t.line(b.String())
	}
	t.blank()
}

// compareFoot explains the table and says what follows from it.
func (t *terminal) compareFoot(c *Comparison) {
	for _, line := range wrap(c.legend(), "", "  ", t.prose) {
		t.paint(faint, strings.ReplaceAll(line, unbroken, " "))
	}
	if c.CommonRandom != "" {
		for _, line := range wrap(c.CommonRandom, "", "  ", t.prose) {
			t.paint(faint, line)
		}
	}
	for _, n := range c.Notes {
		for _, line := range wrap(n, "note: ", "      ", t.prose) {
			t.line(line)
		}
	}
	if c.Verdict != "" {
		for i, line := range wrap(c.Verdict, "", "  ", t.prose) {
			if i == 0 {
				t.paint(bold, line)
				continue
			}
			t.line(line)
		}
	}
	t.next()
}

// legend explains what is in the table, and nothing else. Its items are unbroken.
func (c *Comparison) legend() string {
	has := func(f func(v *ComparedValue) bool) bool {
		return slices.ContainsFunc(c.Metrics, func(m ComparedMetric) bool {
			return slices.ContainsFunc(m.Values, func(v ComparedValue) bool { return f(&v) })
		})
	}
	differs := func(verdict string) func(v *ComparedValue) bool {
		return func(v *ComparedValue) bool { return v.Difference != nil && v.Difference.Verdict == verdict }
	}
	items := []string{"n = " + plural(int64(len(c.Seeds)), "paired seed"), "means"}
	if has(func(v *ComparedValue) bool { return v.Low != nil && !v.AllEqual }) {
		items = append(items, "[ ] 95 % interval")
	}
	if len(c.Seeds) < minSeeds {
		items = append(items, "need >= 6 seeds for a 95 % interval")
	}
	if has(differs(VerdictUnclear)) {
		items = append(items, "~ interval of the difference contains 0")
	}
	if has(func(v *ComparedValue) bool {
		return v.AllEqual && v.Difference == nil || v.Difference != nil && v.Difference.AllEqual && v.Difference.Verdict != VerdictSame
	}) {
		items = append(items, "all equal = no spread over seeds")
	}
	if has(differs(VerdictSame)) {
		items = append(items, "same = as the base in every seed")
	}
	for i := range items {
		items[i] = strings.ReplaceAll(items[i], " ", unbroken)
	}
	return strings.Join(items, unbroken+"· ")
}

// decimalAt writes a number with exactly so many decimals.
func decimalAt(x float64, places int) string {
	s := decimal(x, places)
	if places == 0 {
		return s
	}
	whole, fraction, _ := strings.Cut(s, ".")
	return whole + "." + fraction + strings.Repeat("0", places-len(fraction))
}
