package arrivals

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// opens gives one text for every file.
func opens(text string) Open {
	return func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func read(t testing.TB, text string, s TraceSpec) *Trace {
	t.Helper()
	trace, diags := ReadTrace("t.csv", opens(text), s)
	require.Empty(t, diags)
	return trace
}

// rowsOf drains the trace as the world does.
func rowsOf(trace *Trace) (rows []model.Arrival) {
	open := trace.Open(sim.NewStreams(1), "arrivals/x")
	for {
		a, ok := open.Next()
		if !ok {
			return rows
		}
		rows = append(rows, a)
	}
}

// lines are the numbers from 0, one a line.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strconv.Itoa(i) + "\n")
	}
	return b.String()
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

var whole = TraceSpec{
	Arrival: "at", End: "end", CPU: "cpu", Memory: "mem", GPU: "gpu", Name: "name", CPUUnit: "milli",
}

const wholeText = "name,at,end,cpu,mem,gpu\n" +
	"b,10,12.5,1000,1,0\n" +
	"a,0,0,1,0.2,1.0\n" +
	"c,10,20,1001,1e3,2\n"

func wantWhole() []model.Arrival {
	s := time.Second
	return []model.Arrival{
		{At: 0, RunTime: 0, CPU: 2, Memory: 1, GPUs: 1},
		{At: 10 * s, RunTime: 2500 * time.Millisecond, CPU: 1024, Memory: 1, GPUs: 0},
		{At: 10 * s, RunTime: 10 * s, CPU: 1026, Memory: 1000, GPUs: 2},
	}
}

func TestTraceSortsAndKeepsFileOrderAtOneInstant(t *testing.T) {
	trace := read(t, wholeText, whole)
	require.Equal(t, wantWhole(), rowsOf(trace))
	require.Equal(t, []string{"a", "b", "c"}, []string{trace.Name(0), trace.Name(1), trace.Name(2)})
	require.Equal(t, 3, trace.Rows())
	require.Equal(t, 10*time.Second, trace.Span())
	require.Equal(t, "3 rows, 0 s to 10 s, unit s", trace.Summary())
	require.Equal(t, "trace(t.csv, 3 rows, 0 s to 10 s, unit s)", trace.String())
	require.False(t, trace.Endless())
	_, stamped := trace.Start()
	require.False(t, stamped)
}

func TestTraceReadsTheSameFromEveryDressing(t *testing.T) {
	tabs := whole
	tabs.Delimiter = "\t"
	odd := whole
	odd.Delimiter = "¦"
	for name, c := range map[string]struct {
		text string
		spec TraceSpec
	}{
		"gzip":                {packed(wholeText), whole},
		"two gzip members":    {packed(wholeText[:40]) + packed(wholeText[40:]), whole},
		"CRLF":                {strings.ReplaceAll(wholeText, "\n", "\r\n"), whole},
		"BOM":                 {"\xef\xbb\xbf" + wholeText, whole},
		"gzip BOM":            {packed("\xef\xbb\xbf" + wholeText), whole},
		"no last line end":    {strings.TrimSuffix(wholeText, "\n"), whole},
		"blank lines":         {"\n" + strings.ReplaceAll(wholeText, "\n", "\n\n"), whole},
		"semicolons":          {strings.ReplaceAll(wholeText, ",", ";"), whole},
		"semicolons and tabs": {strings.ReplaceAll(wholeText, ",", ";\t"), whole},
		"tabs":                {strings.ReplaceAll(wholeText, ",", "\t"), whole},
		"tabs, named":         {strings.ReplaceAll(wholeText, ",", "\t"), tabs},
		"odd delimiter":       {strings.ReplaceAll(wholeText, ",", "¦"), odd},
		"spaces":              {strings.ReplaceAll(wholeText, ",", " , "), whole},
		"quotes":              {`"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(wholeText, "\n"), ",", `","`), "\n", "\"\n\"") + `"`, whole},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, wantWhole(), rowsOf(read(t, c.text, c.spec))) })
	}
}

func TestTraceUnits(t *testing.T) {
	for _, c := range []struct {
		unit, cell string
		want       time.Duration
	}{
		{"us", "1.5", 1500}, {"ms", "1709280000123", 1709280000123 * time.Millisecond}, {"s", "1e-9", 1}, {"s", "0.4e-9", 0},
		{"", "1709280000.123456789", 1709280000_123456789}, {"min", "2.5", 150 * time.Second}, {"h", ".5", 30 * time.Minute},
		{"s", "+7.", 7 * time.Second}, {"s", "-0", 0}, {"s", "0.1234567890123456789", 123456789}, {"s", "0e99999999", 0},
	} {
		trace, diags := ReadTrace("t.csv", opens("at\n"+c.cell+"\n"), TraceSpec{Arrival: "at", TimeUnit: c.unit})
		require.False(t, diag.HasErrors(diags), "%+v %v", c, diags)
		require.Equal(t, c.want, trace.First(), "%+v", c)
	}
	for _, c := range []struct {
		unit, memoryUnit, cpu, memory string
		wantCPU, wantMemory           int64
	}{
		{"", "", "256", "512", 256, 512},
		{"units", "mib", "0.5", "0.5", 1, 1},
		{"vcpu", "gb", "0.25", "0.5", 256, 512},
		{"vcpu", "gb", "0.1", "30", 103, 30720},
		{"milli", "mib", "12000", "16384", 12288, 16384},
		{"milli", "mib", "125", "0", 128, 0},
		{"milli", "mib", "999.9999999999999999999", "1", 1024, 1},
		{"milli", "mib", "1000.0000000000000000000001", "1", 1025, 1},
		{"milli", "mib", "2097151999", "2147483647", 2147483647, 2147483647},
	} {
		trace := read(t, "at,c,m\n0,"+c.cpu+","+c.memory+"\n",
			TraceSpec{Arrival: "at", CPU: "c", Memory: "m", CPUUnit: c.unit, MemoryUnit: c.memoryUnit})
		require.Equal(t, model.Arrival{RunTime: -1, CPU: c.wantCPU, Memory: c.wantMemory, GPUs: -1}, trace.Row(0), "%+v", c)
	}
}

func TestTimestampsCountFromTheEarliestArrival(t *testing.T) {
	for _, text := range []string{
		"at,end\n2024-03-01T08:00:10Z,2024-03-01T08:00:20Z\n2024-03-01T08:00:00Z,2024-03-01T09:00:00.5Z\n",
		"at,end\n2024-03-01 08:00:10,2024-03-01 08:00:20\n2024-03-01 08:00:00,2024-03-01 09:00:00.5\n",
		"at,end\n2024-03-01T09:00:10+01:00,2024-03-01 08:00:20\n2024-03-01T08:00:00,2024-03-01 08:00:00.5-01:00\n",
	} {
		trace := read(t, text, TraceSpec{Arrival: "at", End: "end"})
		require.Equal(t, []model.Arrival{
			{RunTime: time.Hour + 500*time.Millisecond, CPU: -1, Memory: -1, GPUs: -1},
			{At: 10 * time.Second, RunTime: 10 * time.Second, CPU: -1, Memory: -1, GPUs: -1},
		}, rowsOf(trace))
		start, ok := trace.Start()
		require.True(t, ok)
		require.Equal(t, time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC), start)
		require.Equal(t, "2 rows, 2024-03-01 08:00:00Z to 2024-03-01 08:00:10Z, timestamps", trace.Summary())
	}
}

func TestBlankRunTimeIsDrawnIfTheJobHasOne(t *testing.T) {
	for _, s := range []TraceSpec{{Arrival: "at", End: "x", DrawBlank: true}, {Arrival: "at", RunTime: "x", DrawBlank: true}} {
		rows := rowsOf(read(t, "at,x\n0, \n1,5\n", s))
		require.Equal(t, time.Duration(-1), rows[0].RunTime)
		require.Greater(t, rows[1].RunTime, 3*time.Second)
	}
}

func TestSummaryOfOddUnits(t *testing.T) {
	require.Equal(t, "2 rows, 0.5 min to 1,234.033 min, unit min",
		read(t, "at\n0.5\n1234.0333333\n", TraceSpec{Arrival: "at", TimeUnit: "min"}).Summary())
	require.Equal(t, "1 row, 7 ms to 7 ms, unit ms", read(t, "at\n7\n", TraceSpec{Arrival: "at", TimeUnit: "ms"}).Summary())
}

func TestUnixTimesAreWarnedOf(t *testing.T) {
	trace, diags := ReadTrace("t.csv", opens("at\n1376314846\n"), TraceSpec{Arrival: "at"})
	require.NotNil(t, trace)
	require.Equal(t, "warning E219 t.csv: the first arrival is 43 years after the scenario's start", told(diags[0]))
}

func TestValues(t *testing.T) {
	values, diags := Values("v.csv", opens("x;run\na;1\nb;2.5e3\nc;0\n"), "run")
	require.Empty(t, diags)
	require.Equal(t, []float64{1, 2500, 0}, values)
}

func TestMemoryOfARow(t *testing.T) {
	const n = 200_000
	var b strings.Builder
	b.WriteString("name,at\n")
	for i := range n {
		b.WriteString("pod-" + strconv.Itoa(100_000+i) + "," + strconv.Itoa(n-i) + "\n")
	}
	text := b.String()
	b = strings.Builder{}
	trace := read(t, text, TraceSpec{Arrival: "at", Name: "name"})
	require.LessOrEqual(t, cap(trace.rows)*32+cap(trace.names), 48*n)
	require.Equal(t, "pod-100000", trace.Name(n-1))
}

func TestRowLimit(t *testing.T) {
	table := openTable("t.csv", opens("at\n1\n2\n3\n"), 0)
	table.maxRows = 2
	for table.next() {
	}
	require.Equal(t, []string{"error E217 t.csv:4:1: the file has more than 2 rows"}, tell(table.all()))
}

func TestDecimalAgreesWithFloat(t *testing.T) {
	for _, s := range []string{"0", "1", "1.5", "0.001", "123456789.987654321", "1e5", "1.25e-3", "99999999999999999", "0.1e1", "5e-16", "00012.500"} {
		d, reading := parseDecimal(s)
		require.Equal(t, good, reading, s)
		want, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		require.InEpsilon(t, want+1, float64(d.mantissa)/math.Pow10(d.scale)+1, 1e-14, s)
	}
	for _, s := range []string{"", "-", ".", "e5", "1e", "1e+", "1e5x", "1.2.3", "0x10", "1_000", "1,5", "NaN", "inf", "١"} {
		_, reading := parseDecimal(s)
		require.Equal(t, notANumber, reading, s)
	}
	for _, s := range []string{"1e19", "1000000000000000000000", "1e99999999999999999999"} {
		_, reading := parseDecimal(s)
		require.Equal(t, tooLarge, reading, s)
	}
}

// TestRealPodTrace replays the Alibaba GPU cluster's pods of 2023.
func TestRealPodTrace(t *testing.T) {
	trace := realTrace(t)
	require.Equal(t, "8,152 rows, 0 s to 12,901,761 s, unit s", trace.Summary())
	rows := rowsOf(trace)
	require.Len(t, rows, 8152)
	shapes, zero := map[[3]int64]bool{}, 0
	for _, r := range rows {
		shapes[[3]int64{r.CPU, r.Memory, r.GPUs}] = true
		if r.RunTime == 0 {
			zero++
		}
	}
	require.Len(t, shapes, 112)
	require.Equal(t, 1, zero, "one pod ends as it comes")
	require.Equal(t, model.Arrival{RunTime: 12537496 * time.Second, CPU: 12288, Memory: 16384, GPUs: 1}, rows[0])
	require.Equal(t, "openb-pod-0000", trace.Name(0))
}

const realPods = "cluster-traces/openb_pod_list_default.csv"

func realTrace(t testing.TB) *Trace {
	t.Helper()
	folder := os.Getenv("ECSSIM_REAL_DATA")
	if folder == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: the real pod trace is not read")
	}
	trace, diags := ReadTrace(filepath.Join(folder, realPods), openFile, TraceSpec{
		CSV: "pods.csv", Arrival: "creation_time", End: "deletion_time", CPU: "cpu_milli", CPUUnit: "milli",
		Memory: "memory_mib", GPU: "num_gpu", Name: "name",
	})
	require.Empty(t, diags)
	return trace
}

func openFile(file string) (io.ReadCloser, error) { return os.Open(file) }

func BenchmarkReadTrace(b *testing.B) {
	const n = 100_000
	var t strings.Builder
	t.WriteString("name,cpu_milli,memory_mib,num_gpu,qos,creation_time,deletion_time\n")
	for i := range n {
		t.WriteString("pod-" + strconv.Itoa(i) + ",12000,16384,1,LS," + strconv.Itoa(i) + "," + strconv.Itoa(i+500) + "\n")
	}
	s := TraceSpec{Arrival: "creation_time", End: "deletion_time", CPU: "cpu_milli", CPUUnit: "milli", Memory: "memory_mib", GPU: "num_gpu", Name: "name"}
	b.SetBytes(int64(t.Len()))
	for b.Loop() {
		trace, diags := ReadTrace("t.csv", opens(t.String()), s)
		if trace.Rows() != n || diags != nil {
			b.Fatal("not read")
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func FuzzReadTrace(f *testing.F) {
	f.Add(wholeText)
	f.Add(packed(wholeText))
	f.Add(packed(wholeText)[:30])
	f.Add("\xef\xbb\xbfat;end\r\n\"2024-03-01 08:00:00\";2024-03-01T09:00:00Z\r\n")
	f.Add("at,end,cpu\n1e400,\"\n,NaN\n-1,2,3,4\n")
	f.Fuzz(func(t *testing.T, text string) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, s := range []TraceSpec{whole, {Arrival: "at", RunTime: "end", DrawBlank: true, TimeUnit: "h", CPUUnit: "vcpu", MemoryUnit: "gb", CPU: "cpu", Memory: "mem"}} {
			trace, diags := ReadTrace("t.csv", opens(text), s)
			require.Equal(t, trace == nil, diag.HasErrors(diags))
			require.LessOrEqual(t, len(diags), mostProblems+1)
			for _, d := range diags {
				require.NotEmpty(t, d.Message)
				require.True(t, d.At.Line == 0 || d.At.Column > 0, "%+v", d)
			}
			if trace == nil {
				continue
			}
			_ = trace.Summary()
			last := time.Duration(0)
			for i, r := range rowsOf(trace) {
				require.GreaterOrEqual(t, r.At, last)
				require.GreaterOrEqual(t, r.RunTime, time.Duration(-1))
				require.Positive(t, int64(r.At+max(0, r.RunTime))+1, "an end past the end of time")
				require.True(t, r.CPU >= -1 && r.Memory >= -1 && r.GPUs >= -1)
				_ = trace.Name(i)
				last = r.At
			}
		}
		_, _ = Values("t.csv", opens(text), "at")
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20+1000*len(text)))
	})
}
