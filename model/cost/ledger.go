package cost

import (
	"cmp"
	"slices"
	"time"
)

// Ledger adds items up, over all time and by hour of simulated time. It holds one sum per item name and hour in which
// that item occurs, however many charges there are. Instants count from the start of the run. The zero Ledger is empty and ready. Sums are made in the order of
// the charges, so the same charges in the same order give the same bits.
type Ledger struct {
	total  map[string]*Item
	hourly map[int]map[string]*Item
}

// Hour is what was charged in one hour of simulated time.
type Hour struct {
	// Index counts hours from the start: 0 is the first.
	Index int
	Items []Item // by name
}

// Add charges items at an instant.
func (l *Ledger) Add(at time.Duration, items ...Item) {
	for _, it := range items {
		l.sum(it)
		l.bucket(hourOf(at), it)
	}
}

// Spread charges items evenly over the span in which they were used. A span of no length charges at its instant.
func (l *Ledger) Spread(from, to time.Duration, items ...Item) {
	if to <= from {
		l.Add(from, items...)
		return
	}
	for _, it := range items {
		l.sum(it)
	}
	for h := hourOf(from); h <= hourOf(to-1); h++ {
		start, end := max(from, time.Duration(h)*time.Hour), min(to, time.Duration(h+1)*time.Hour)
		share := float64(end-start) / float64(to-from)
		for _, it := range items {
			it.Quantity *= share
			it.USD *= share
			l.bucket(h, it)
		}
	}
}

// Items lists the sums over all time, by name.
func (l *Ledger) Items() []Item { return sorted(l.total) }

// Hours lists the sums by hour, ascending; hours without a charge are left out.
func (l *Ledger) Hours() []Hour {
	out := make([]Hour, 0, len(l.hourly))
	for h, items := range l.hourly {
		out = append(out, Hour{Index: h, Items: sorted(items)})
	}
	slices.SortFunc(out, func(a, b Hour) int { return cmp.Compare(a.Index, b.Index) })
	return out
}

// Total is the sum of all that has a known price. If complete is false something has none, and usd means "at least".
func (l *Ledger) Total() (usd float64, complete bool) { return total(l.Items()) }

// Total is the hour's sum; complete as in Ledger.Total.
func (h Hour) Total() (usd float64, complete bool) { return total(h.Items) }

func (l *Ledger) sum(it Item) {
	if l.total == nil {
		l.total = map[string]*Item{}
	}
	accumulate(l.total, it)
}

func (l *Ledger) bucket(h int, it Item) {
	if l.hourly == nil {
		l.hourly = map[int]map[string]*Item{}
	}
	if l.hourly[h] == nil {
		l.hourly[h] = map[string]*Item{}
	}
	accumulate(l.hourly[h], it)
}

func accumulate(sums map[string]*Item, it Item) {
	s := sums[it.Name]
	if s == nil {
		first := it // a copy, so that only the first charge of an item allocates
		sums[it.Name] = &first
		return
	}
	if s.Unit != it.Unit {
		panic("cost: " + it.Name + " is counted in " + s.Unit + " and in " + it.Unit)
	}
	s.Quantity += it.Quantity
	s.USD += it.USD
	s.Known = s.Known && it.Known
	s.Source = cmp.Or(s.Source, it.Source)
}

func sorted(sums map[string]*Item) []Item {
	out := make([]Item, 0, len(sums))
	for _, it := range sums {
		out = append(out, *it)
	}
	slices.SortFunc(out, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// total runs over sorted items: float sums depend on their order.
func total(items []Item) (usd float64, complete bool) {
	complete = true
	for _, it := range items {
		usd += it.USD
		complete = complete && it.Known
	}
	return usd, complete
}

func hourOf(at time.Duration) int { return int(at / time.Hour) }
