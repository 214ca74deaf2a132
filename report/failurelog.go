package report

import (
	"cmp"
	"slices"
	"time"

	"ecssim/model/placement"
)

// failureGrain is the width of a bucket of data/failures.csv at first; it doubles whenever there are too many rows.
const (
	failureGrain   = time.Minute
	maxFailureRows = 50_000
)

// FailureRow counts the failures of one owner for one reason in one bucket of time.
type FailureRow struct {
	At     time.Duration // where the bucket starts
	Owner  int           // index into Record.Owners
	Task   int64         // number of the first task that failed
	Reason placement.Reason
	Detail string // about the first failure
	Count  int64
}

// failureCell is the open bucket of one owner.
type failureCell [numReasons]struct {
	count, task int64
	detail      string
}

// failureLog folds failures into rows of (bucket, owner, reason), in bounded memory.
type failureLog struct {
	grain  time.Duration
	open   time.Duration // start of the open bucket
	end    time.Duration
	rows   []FailureRow
	owners []*owner
	dirty  []bool // owners with something in the open bucket
}

func newFailureLog(owners []*owner) failureLog {
	return failureLog{grain: failureGrain, end: failureGrain, owners: owners, dirty: make([]bool, len(owners))}
}

// count adds a failure. first says that it is the first of its kind in the bucket: the caller then gives the detail,
// which costs a string.
func (f *failureLog) count(now time.Duration, owner int, r placement.Reason) (first bool) {
	if now >= f.end {
		f.flush()
		f.open = now / f.grain * f.grain
		f.end = f.open + f.grain
	}
	f.dirty[owner] = true
	c := &f.owners[owner].open[r]
	c.count++
	return c.count == 1
}

func (f *failureLog) describe(owner int, r placement.Reason, task int64, detail string) {
	c := &f.owners[owner].open[r]
	c.task, c.detail = task, detail
}

// flush turns the open bucket into rows.
func (f *failureLog) flush() {
	for i, dirty := range f.dirty {
		if !dirty {
			continue
		}
		for r, c := range f.owners[i].open {
			if c.count > 0 {
				f.rows = append(f.rows, FailureRow{f.open, i, c.task, placement.Reason(r), c.detail, c.count})
			}
		}
		f.owners[i].open, f.dirty[i] = failureCell{}, false
	}
	for len(f.rows) > maxFailureRows && f.grain < 1<<62 {
		before := len(f.rows)
		f.coarsen()
		if len(f.rows) == before && f.grain > 100*365*24*time.Hour {
			return // as many owners as rows: that is no matter of time
		}
	}
}

// coarsen doubles the grain and merges rows that now share a bucket.
func (f *failureLog) coarsen() {
	f.grain *= 2
	for i := range f.rows {
		f.rows[i].At = f.rows[i].At / f.grain * f.grain
	}
	slices.SortStableFunc(f.rows, func(a, b FailureRow) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Reason, b.Reason))
	})
	kept := f.rows[:0]
	for _, row := range f.rows {
		if n := len(kept) - 1; n >= 0 && kept[n].At == row.At && kept[n].Owner == row.Owner && kept[n].Reason == row.Reason {
			kept[n].Count += row.Count
			continue
		}
		kept = append(kept, row)
	}
	clear(f.rows[len(kept):])
	f.rows = kept
}
