package arrivals

import (
	"fmt"
	"io"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/sim"
)

// Open is how the package gets at files.
type Open = func(file string) (io.ReadCloser, error)

// TraceSpec names the columns of a trace. An empty name means that the trace does not have it.
type TraceSpec struct {
	// CSV is the file as the scenario spells it; for descriptions only.
	CSV string
	// Arrival is the column of arrival times. It is required.
	Arrival string
	// End is the column of the instants at which tasks stop; RunTime of how long they run, as numbers in TimeUnit.
	// At most one may be given; without either the job's run time is drawn.
	End, RunTime string
	// DrawBlank accepts an empty End or RunTime cell and leaves the run time of that row to be drawn. A reader sets it
	// when the job has a run time as well; without it such a cell is an error, since nobody said how long the task runs.
	DrawBlank bool
	// CPU, Memory and GPU are the columns of what a task asks for; without one the task definition's value stays.
	CPU, Memory, GPU string
	// CPUUnit is "units" (default), "milli" or "vcpu"; 1 vCPU is 1000 milli or 1024 units.
	CPUUnit string
	// MemoryUnit is "mib" (default) or "gb"; as everywhere in ECS 1 GB is 1024 MiB.
	MemoryUnit string
	// Name is the column of names, kept for Trace.Name.
	Name string
	// TimeUnit is the unit of times that are numbers: "s" (default), "ms", "us", "min" or "h".
	TimeUnit string
	// Delimiter is one character; empty takes the most frequent of comma, semicolon and tab in the header.
	Delimiter string
}

// Trace is arrivals that were recorded. Times that are numbers count from the scenario's start, as they are;
// timestamps count from the earliest arrival of the file, which comes at time 0. Timestamps without a zone are UTC.
type Trace struct {
	file  string    // as the scenario spells it
	unit  string    // of times that are numbers
	start time.Time // of the earliest row where times are timestamps; else zero
	rows  []row
	names []byte
}

// row is 32 bytes. Rows without a size hold -1.
type row struct {
	at, run  time.Duration
	cpu, mem int32
	name     uint32 // where the name begins in names
	gpus     int16
	nameLen  uint16
}

// Open yields the rows. A trace has no chance in it.
func (t *Trace) Open(sim.Streams, string) model.Arrivals { return &openTrace{trace: t} }

// Endless is false.
func (t *Trace) Endless() bool { return false }

// Rows is how many tasks arrive.
func (t *Trace) Rows() int { return len(t.rows) }

// Row is one task, in order of arrival.
func (t *Trace) Row(i int) model.Arrival { return t.rows[i].arrival() }

// Name is the name of a row; empty where the file has none.
func (t *Trace) Name(i int) string {
	r := t.rows[i]
	return string(t.names[r.name : r.name+uint32(r.nameLen)])
}

// First is the earliest arrival.
func (t *Trace) First() time.Duration { return t.rows[0].at }

// Last is the latest arrival.
func (t *Trace) Last() time.Duration { return t.rows[len(t.rows)-1].at }

// Span is the time between the first arrival and the last.
func (t *Trace) Span() time.Duration { return t.Last() - t.First() }

// Start is the timestamp of the first arrival; false if the file has numbers.
func (t *Trace) Start() (time.Time, bool) { return t.start, !t.start.IsZero() }

func (t *Trace) String() string { return fmt.Sprintf("trace(%s, %s)", t.file, t.Summary()) }

// Summary is one line: "8,152 rows, 0 s to 12,901,761 s, unit s".
func (t *Trace) Summary() string {
	rows := grouped(int64(len(t.rows))) + " rows"
	if len(t.rows) == 1 {
		rows = "1 row"
	}
	if start, ok := t.Start(); ok {
		const layout = "2006-01-02 15:04:05Z07:00"
		return fmt.Sprintf("%s, %s to %s, timestamps", rows, start.Format(layout), start.Add(t.Span()).Format(layout))
	}
	return fmt.Sprintf("%s, %s to %s, unit %s", rows, inUnit(t.First(), t.unit), inUnit(t.Last(), t.unit), t.unit)
}

func (r row) arrival() model.Arrival {
	return model.Arrival{At: r.at, RunTime: r.run, CPU: int64(r.cpu), Memory: int64(r.mem), GPUs: int64(r.gpus)}
}

// inUnit writes an instant as "12,901,761 s", with at most three decimals.
func inUnit(d time.Duration, unit string) string {
	one := timeUnits[unit]
	text := grouped(int64(d / one))
	if thousandths := (d % one) * 1000 / one; thousandths > 0 {
		text += strings.TrimRight(fmt.Sprintf(".%03d", thousandths), "0")
	}
	return text + " " + unit
}

type openTrace struct {
	trace *Trace
	next  int
}

func (o *openTrace) Next() (model.Arrival, bool) {
	if o.next == len(o.trace.rows) {
		return model.Arrival{}, false
	}
	o.next++
	return o.trace.rows[o.next-1].arrival(), true
}
