package arrivals

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"ecssim/workload/diag"
)

// Bounds beyond which a value is surely a mistake. The sum of an arrival and a run time fits time.Duration.
const (
	longest  = 100 * 365 * 24 * time.Hour
	unixLike = 20 * 365 * 24 * time.Hour
)

// ReadTrace reads a trace whole; it returns nil where a diagnostic is an error. Positions are in the trace's own
// file; what is wrong with the spec itself has no file, so the caller can say where it stands. Plain and gzip files
// are told apart by their first bytes. Rows are sorted by arrival; rows of the same instant keep the file's order.
func ReadTrace(file string, open Open, spec TraceSpec) (*Trace, []diag.Diagnostic) {
	spec, delimiter, faults := spec.defaults()
	if len(faults) > 0 {
		return nil, faults
	}
	t := openTable(file, open, delimiter)
	defer t.close()
	if t.any() {
		return nil, t.all()
	}
	r := newReader(t, spec)
	if t.any() {
		return nil, t.all()
	}
	for t.next() {
		if row, name, ok := r.row(); ok && !t.any() {
			r.keep(row, name)
		}
	}
	if t.any() {
		return nil, t.all()
	}
	return r.finish()
}

// reader turns the rows of a table into those of a trace.
type reader struct {
	*table
	arrival, end, run, cpu, memory, gpu, name int // columns; -1 is none
	spec                                      TraceSpec
	unit                                      time.Duration
	cpuUnit, memoryUnit                       ratio
	times                                     timeForm
	layout                                    int       // of the last timestamp
	origin                                    time.Time // of timestamps while reading
	trace                                     Trace
}

func newReader(t *table, s TraceSpec) *reader {
	column := func(key, name string) int {
		if name == "" {
			return -1
		}
		return t.column(key, name)
	}
	called := s.CSV
	if called == "" {
		called = t.file
	}
	return &reader{
		table: t, spec: s, unit: timeUnits[s.TimeUnit], cpuUnit: cpuUnits[s.CPUUnit], memoryUnit: memoryUnits[s.MemoryUnit],
		arrival: column("arrival", s.Arrival), end: column("end", s.End), run: column("run_time", s.RunTime),
		cpu: column("cpu", s.CPU), memory: column("memory", s.Memory), gpu: column("gpu", s.GPU), name: column("name", s.Name),
		trace: Trace{file: called, unit: s.TimeUnit},
	}
}

// row reads the fields of the table's row; every field that is wrong is noted.
func (r *reader) row() (row, string, bool) {
	at, ok := r.instant(r.arrival)
	run, fine := r.runTime(at, ok)
	ok = ok && fine
	cpu, fine := r.size(r.cpu, r.cpuUnit, math.MaxInt32)
	ok = ok && fine
	memory, fine := r.size(r.memory, r.memoryUnit, math.MaxInt32)
	ok = ok && fine
	gpus, fine := r.gpus()
	ok = ok && fine
	name, fine := r.called()
	return row{at: at, run: run, cpu: int32(cpu), mem: int32(memory), gpus: int16(gpus)}, name, ok && fine
}

// runTime of a row whose arrival is at, if that is known.
func (r *reader) runTime(at time.Duration, known bool) (time.Duration, bool) {
	i := max(r.end, r.run)
	if i < 0 {
		return -1, true
	}
	if s, ok := r.cell(i); !ok {
		return 0, false
	} else if s == "" {
		return -1, r.blankRun(i)
	}
	if r.run >= 0 {
		return r.duration(i)
	}
	end, ok := r.instant(i)
	if !ok || !known {
		return 0, false
	}
	if end < at {
		r.fault(i, codeEnd, "", "the task ends before it arrives: `%s` is %s, `%s` is %s",
			r.header[r.end], r.record[r.end], r.header[r.arrival], r.record[r.arrival])
		return 0, false
	}
	return end - at, true
}

// blankRun is a row that does not say how long it runs.
func (r *reader) blankRun(i int) bool {
	if r.spec.DrawBlank {
		return true
	}
	r.add(diag.Diagnostic{
		Code: codeBlank, At: r.at(i), Message: fmt.Sprintf("column `%s` is empty in this row", r.header[i]),
		Help: []string{"give the job a `run_time` as well: it is drawn for such rows"},
	})
	return false
}

// size is cpu or memory in whole units, rounded up; -1 without the column.
func (r *reader) size(i int, unit ratio, most uint64) (int64, bool) {
	if i < 0 {
		return -1, true
	}
	d, s, ok := r.amount(i)
	if !ok {
		return 0, false
	}
	units, fits := d.times(unit.num, unit.den, true)
	if !fits || units > most {
		r.fault(i, codeLarge, "", "%s is too large", quote(s))
		return 0, false
	}
	return int64(units), true
}

func (r *reader) gpus() (int64, bool) {
	if r.gpu < 0 {
		return -1, true
	}
	d, s, ok := r.amount(r.gpu)
	switch {
	case !ok:
		return 0, false
	case !d.whole():
		r.fault(r.gpu, codeWhole, "", "%s is not a whole number of GPUs", quote(s))
		return 0, false
	case d.mantissa > math.MaxInt16:
		r.fault(r.gpu, codeLarge, "", "%s is too large", quote(s))
		return 0, false
	}
	return int64(d.mantissa), true
}

// amount is a number that is not negative.
func (r *reader) amount(i int) (decimal, string, bool) {
	s, ok := r.cell(i)
	if !ok {
		return decimal{}, s, false
	}
	d, reading := r.number(i, s)
	switch {
	case reading == notANumber:
		return d, s, false
	case d.negative:
		r.fault(i, codeNegative, "", "%s is negative", quote(s))
		return d, s, false
	case reading == tooLarge:
		r.fault(i, codeLarge, "", "%s is too large", quote(s))
		return d, s, false
	}
	return d, s, true
}

func (r *reader) called() (string, bool) {
	if r.name < 0 {
		return "", true
	}
	s, ok := r.cell(r.name)
	if ok && len(s) > maxNameLength {
		r.fault(r.name, codeLimit, "", "the name is longer than %d bytes", maxNameLength)
		return "", false
	}
	return s, ok
}

func (r *reader) keep(w row, name string) {
	t := &r.trace
	if len(t.names)+len(name) > math.MaxUint32 {
		r.fault(r.name, codeLimit, "", "the names of the file take more than 4 GiB")
		return
	}
	w.name, w.nameLen = uint32(len(t.names)), uint16(len(name))
	t.names = append(t.names, name...)
	t.rows = append(t.rows, w)
}

// finish sorts the rows and makes timestamps count from the earliest.
func (r *reader) finish() (*Trace, []diag.Diagnostic) {
	t := &r.trace
	t.rows, t.names = exact(t.rows), exact(t.names)
	byArrival := func(a, b row) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(t.rows, byArrival) {
		slices.SortStableFunc(t.rows, byArrival)
	}
	first := t.First()
	if r.times == timestamps {
		t.start = r.origin.Add(first)
		for i := range t.rows {
			t.rows[i].at -= first
		}
		return t, nil
	}
	if first < unixLike {
		return t, nil
	}
	return t, []diag.Diagnostic{{
		Severity: diag.Warning, Code: codeUnix, At: diag.Position{File: r.file},
		Message: fmt.Sprintf("the first arrival is %d years after the scenario's start", int(first/(365*24*time.Hour))),
		Notes:   []string{"times that are numbers count from the scenario's start; these look like Unix times"},
		Help:    []string{"subtract the first time from all, or write timestamps such as 2024-03-01T08:00:00Z"},
	}}
}

// exact gives back what growing took too much; a trace stays in memory as long as its runs.
func exact[T any](s []T) []T {
	if cap(s)-len(s) <= len(s)/8 {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}
