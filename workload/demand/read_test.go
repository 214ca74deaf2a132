package demand

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/load"
	"ecssim/sim"
	"ecssim/workload/diag"
)

func text(s string) Open {
	return func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

// plain is the spec of most tests.
var plain = Spec{Time: "t", Value: "v", Scale: 1}

// with changes a spec.
func with(s Spec, change func(*Spec)) Spec {
	change(&s)
	return s
}

func readCSV(t require.TestingT, file string, s Spec) *Recorded {
	r, ds := ReadCSV("t.csv", text(file), s)
	require.Empty(t, tell(ds))
	return r
}

func tell(ds []diag.Diagnostic) (lines []string) {
	for _, d := range ds {
		place := d.At.File
		if d.At.Line > 0 {
			place += fmt.Sprintf(":%d:%d", d.At.Line, d.At.Column)
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: %s", d.Code, place, d.Message)))
	}
	return lines
}

// at is a step, for short.
func at(seconds, rate float64) load.Step {
	return load.Step{At: time.Duration(seconds * float64(time.Second)), Rate: rate}
}

func TestRowsHoldUntilTheNextAndTheLastAsLongAsIsUsual(t *testing.T) {
	r := readCSV(t, "t,v\n100,1\n160,2\n220,2\n280,5\n", plain)
	require.Equal(t, []load.Step{at(0, 1), at(60, 2), at(180, 5), at(240, 0)}, until(r, day), "the first row is time 0")
	require.Equal(t, 4*time.Minute, r.Length())
	require.Equal(t, 5.0, r.Peak())
	require.Equal(t, "4 rows, 100 s to 280 s, mean 2.5/s, peak 5/s", r.Summary())
	end, ends := r.End()
	require.True(t, ends)
	require.Equal(t, 4*time.Minute, end)
}

func TestTimesAreNumbersOrTimestamps(t *testing.T) {
	want := []load.Step{at(0, 1), at(90, 2), at(180, 0)}
	for name, c := range map[string]struct{ first, second, unit string }{
		"RFC 3339":           {"2024-03-01T08:00:00Z", "2024-03-01T08:01:30Z", ""},
		"with an offset":     {"2024-03-01T08:00:00+02:00", "2024-03-01T06:01:30Z", ""},
		"a blank":            {"2024-03-01 08:00:00", "2024-03-01 08:01:30", ""},
		"fractions":          {"2023-11-16 18:17:03.9799600", "2023-11-16 18:18:33.9799600", ""},
		"seconds":            {"0", "90", "s"},
		"seconds since 1970": {"1662859176.0", "1662859266.0", ""},
		"milliseconds":       {"1662859176000", "1662859266000", "ms"},
		"minutes":            {"1", "2.5", "min"},
		"hours":              {"0", "0.025", "h"},
	} {
		r := readCSV(t, fmt.Sprintf("t,v\n%s,1\n%s,2\n", c.first, c.second), with(plain, func(s *Spec) { s.TimeUnit = c.unit }))
		require.Equal(t, want, until(r, day), name)
	}
	r := readCSV(t, "t,v\n2024-03-01,1\n2024-03-02,2\n", plain)
	require.Equal(t, []load.Step{at(0, 1), at(86400, 2), at(172800, 0)}, until(r, 7*day), "a date alone")
}

func TestValuesAreRatesOrCounts(t *testing.T) {
	for unit, rate := range map[string]float64{"": 120, "per second": 120, "per minute": 2, "per hour": 120.0 / 3600, "per day": 120.0 / 86400, "per step": 4} {
		r := readCSV(t, "t,v\n0,120\n30,120\n60,120\n", with(plain, func(s *Spec) { s.Unit = unit }))
		require.Equal(t, []load.Step{at(0, rate), at(90, 0)}, until(r, day), unit)
	}
	r := readCSV(t, "t,v\n0,30\n30,30\n90,60\n", with(plain, func(s *Spec) { s.Unit = "per step" }))
	require.Equal(t, []load.Step{at(0, 1), at(30, 0.5), at(90, 1), at(150, 0)}, until(r, day), "counts of a step of its own length")
	require.InDelta(t, 120, r.Total(), 1e-9)
	r = readCSV(t, "t,v\n0,0\n1,1\n2,-2\n", with(plain, func(s *Spec) { s.Exp, s.Scale = true, 10 }))
	require.InDelta(t, 10*(1+math.E+math.Exp(-2)), r.Total(), 1e-9, "logarithms may be negative")
}

func TestAGapIsRefusedUnlessItIsSaidWhatItMeans(t *testing.T) {
	file := "t,v\n0,10\n10,10\n20,20\n30,20\n330,80\n340,80\n"
	_, ds := ReadCSV("t.csv", text(file), plain)
	require.Equal(t, []string{"E221 t.csv:6:1: no row for 5m before this one, where 10s is usual"}, tell(ds))
	require.Equal(t, []string{`write gaps = "hold" to keep the rate before it, "zero" for none, or "interpolate"`, `if that is no gap: max_gap = "5m"`}, ds[0].Help)

	for gaps, want := range map[string][]load.Step{
		"hold": {at(0, 10), at(20, 20), at(330, 80), at(350, 0)},
		"zero": {at(0, 10), at(20, 20), at(40, 0), at(330, 80), at(350, 0)},
	} {
		require.Equal(t, want, until(readCSV(t, file, with(plain, func(s *Spec) { s.Gaps = gaps })), day), gaps)
	}
	require.Equal(t, []load.Step{at(0, 10), at(20, 20), at(330, 80), at(350, 0)},
		until(readCSV(t, file, with(plain, func(s *Spec) { s.MaxGap = 5 * time.Minute })), day))

	r := readCSV(t, file, with(plain, func(s *Spec) { s.Gaps = "interpolate" }))
	s := until(r, day)
	require.Len(t, s, 2+29+2, "29 pieces of 10 s between 40 and 330")
	require.InDelta(t, 10*20+20*20+290*50+20*80, r.Total(), 1e-6, "half of 20 and 80")

	r = readCSV(t, "t,v\n0,10\n10,10\n20,10\n320,10\n330,10\n", with(plain, func(s *Spec) { s.Gaps, s.Unit = "zero", "per step" }))
	require.InDelta(t, 50, r.Total(), 1e-9, "counts before a gap are those of a usual step")
}

func TestRowsOfOneTimeAreAddedUpIfWanted(t *testing.T) {
	file := "t,v,who\n0,1,a\n0,2,b\n60,5,a\n60,7,b\n120,1,a\n"
	_, ds := ReadCSV("t.csv", text(file), plain)
	require.Equal(t, []string{"E222 t.csv:3:1: two rows of one time: this one and line 2", "E222 t.csv:5:1: two rows of one time: this one and line 4"}, tell(ds))
	require.Equal(t, []load.Step{at(0, 3), at(60, 12), at(120, 1), at(180, 0)}, until(readCSV(t, file, with(plain, func(s *Spec) { s.Group = "sum" })), day))
	require.Equal(t, []load.Step{at(0, 1.5), at(60, 6), at(120, 1), at(180, 0)}, until(readCSV(t, file, with(plain, func(s *Spec) { s.Group = "mean" })), day))
	only := with(plain, func(s *Spec) { s.Where = []Filter{{"who", "b"}} })
	require.Equal(t, []load.Step{at(0, 2), at(60, 7), at(120, 0)}, until(readCSV(t, file, only), day))
	only.Where = []Filter{{"who", "c"}}
	_, ds = ReadCSV("t.csv", text(file), only)
	require.Equal(t, []string{"E203 t.csv: no row has what `where` asks for"}, tell(ds))
}

func TestRowsWithoutAValueAreCounted(t *testing.T) {
	events := Spec{Time: "t", Scale: 1}
	r := readCSV(t, "t\n0\n1\n59.9\n60\n200\n200\n", events)
	require.Equal(t, []load.Step{at(0, 0.05), at(60, 1.0/60), at(120, 0), at(180, 2.0/60), at(240, 0)}, until(r, day))
	require.InDelta(t, 6, r.Total(), 1e-9)
	r = readCSV(t, "t\n5\n6\n25\n", with(events, func(s *Spec) { s.Resample, s.Scale = 10*time.Second, 30 }))
	require.Equal(t, []load.Step{at(0, 6), at(10, 0), at(20, 3), at(30, 0)}, until(r, day))
	r = readCSV(t, "t\n0\n70\n80\n130\n", with(events, func(s *Spec) { s.From, s.For = time.Minute, time.Minute }))
	require.Equal(t, []load.Step{at(0, 2.0/60), at(60, 0)}, until(r, day))
}

func TestPartOfAFileBeginsAtFromAndLastsFor(t *testing.T) {
	file := "t,v\n2024-03-01 08:00:00,1\n2024-03-01 08:01:00,2\n2024-03-01 08:02:00,3\n2024-03-01 08:03:00,4\n"
	want := []load.Step{at(0, 2), at(30, 3), at(60, 0)}
	require.Equal(t, want, until(readCSV(t, file, with(plain, func(s *Spec) { s.From, s.For = 90*time.Second, time.Minute })), day))
	date := with(plain, func(s *Spec) { s.FromDate, s.For = time.Date(2024, 3, 1, 8, 1, 30, 0, time.UTC), time.Minute })
	require.Equal(t, want, until(readCSV(t, file, date), day))
	_, ds := ReadCSV("t.csv", text("t,v\n0,1\n1,2\n"), date)
	require.Equal(t, []string{"E216 : `from` is a date, but the times of the file are numbers"}, tell(ds))
	_, ds = ReadCSV("t.csv", text(file), with(plain, func(s *Spec) { s.From = time.Hour }))
	require.Equal(t, []string{"E216 : nothing is left of the file: it has 4 rows, 2024-03-01 08:00:00Z to 2024-03-01 08:03:00Z"}, tell(ds))
	early := with(plain, func(s *Spec) { s.Offset = time.Hour })
	require.Equal(t, at(3600, 1), until(readCSV(t, file, early), day)[0], "an offset is in the scenario's time")
}

func TestALoopIsPeriodic(t *testing.T) {
	loop := with(plain, func(s *Spec) { s.Loop, s.Offset = true, 10*time.Second })
	r := readCSV(t, "t,v\n0,1\n60,2\n120,1\n", loop)
	require.Equal(t, []load.Step{at(10, 1), at(70, 2), at(130, 1), at(250, 2), at(310, 1), at(430, 2)}, until(r, 431*time.Second),
		"a step that changes nothing is none")
	_, ends := r.End()
	require.False(t, ends)
	require.Equal(t, []load.Step{at(10, 3)}, until(readCSV(t, "t,v\n0,3\n60,3\n", loop), day), "and one that never changes ends")
}

func TestOutOfOrderIsRefusedUnlessItIsToBeSorted(t *testing.T) {
	file := "t,v\n60,2\n0,1\n120,3\n"
	_, ds := ReadCSV("t.csv", text(file), plain)
	require.Equal(t, []string{"E220 t.csv:3:1: time goes backwards: an earlier row is later than this one"}, tell(ds))
	r := readCSV(t, file, with(plain, func(s *Spec) { s.Sort = true }))
	require.Equal(t, []load.Step{at(0, 1), at(60, 2), at(120, 3), at(180, 0)}, until(r, day))
}

func TestWrongFilesAreRefusedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"empty":            {"", []string{"E202 t.csv: the file is empty; its first line must name the columns"}},
		"no rows":          {"t,v\n", []string{"E203 t.csv:1:1: no rows follow the header"}},
		"missing columns":  {"time,val\n0,1\n", []string{"E204 t.csv:1:1: time: the file has no column `t`", "E204 t.csv:1:1: value: the file has no column `v`"}},
		"one row":          {"t,v\n0,1\n", []string{"E223 t.csv:2:1: a single row does not say how long it holds"}},
		"NaN":              {"t,v\n0,NaN\n1,Inf\n2,\n", []string{"E210 t.csv:2:3: `NaN` is not a number", "E210 t.csv:3:3: `Inf` is not a number", "E209 t.csv:4:3: column `v` is empty in this row"}},
		"negative":         {"t,v\n0,-1\n", []string{"E211 t.csv:2:3: `-1` is negative"}},
		"too large":        {"t,v\n0,1\n1,1e10\n2,1e999\n", []string{"E212 t.csv:4:3: `1e999` is too large"}},
		"a rate too large": {"t,v\n0,1\n1,1e10\n", []string{"E212 t.csv:3:1: a rate of 1e+10/s is above 1e+09/s"}},
		"mixed times":      {"t,v\n0,1\n2024-03-01 08:00:00,1\n", []string{"E214 t.csv:3:1: `2024-03-01 08:00:00` is a timestamp, but earlier times are numbers"}},
		"no time":          {"t,v\nsoon,1\n", []string{"E210 t.csv:2:1: `soon` is not a time"}},
	} {
		r, ds := ReadCSV("t.csv", text(c.file), plain)
		require.Nil(t, r, name)
		require.Equal(t, c.want, tell(ds), name)
	}
	_, ds := ReadCSV("t.csv", func(string) (io.ReadCloser, error) { return nil, os.ErrNotExist }, plain)
	require.Equal(t, []string{"E200 t.csv: cannot open the file: file does not exist"}, tell(ds))
}

func TestAListIsOneValueAStep(t *testing.T) {
	second := Spec{Scale: 1, Step: time.Second}
	for _, file := range []string{"1 2 2 0", "1\n2\n2\n0\n", " 1,2; 2\t0.0\r\n"} {
		r, ds := ReadList("n.txt", text(file), second)
		require.Empty(t, tell(ds))
		require.Equal(t, []load.Step{at(0, 1), at(1, 2), at(3, 0)}, until(r, day), file)
		require.Equal(t, "4 numbers for 4s, mean 1.25/s, peak 2/s", r.Summary())
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("60 120 180 240"))
	require.NoError(t, w.Close())
	r, ds := ReadList("n.txt", text(packed.String()), Spec{Scale: 1, Step: time.Minute, Unit: "per step", Resample: 2 * time.Minute, Loop: true})
	require.Empty(t, tell(ds))
	require.Equal(t, []load.Step{at(0, 1.5), at(120, 3.5), at(240, 1.5)}, until(r, 6*time.Minute))
	require.InDelta(t, 600, r.Total(), 1e-9)

	for file, want := range map[string][]string{
		"":                       {"E203 n.txt: there are no numbers in the file"},
		"1 x 2\n-3 ":             {"E210 n.txt:1:3: `x` is not a number", "E211 n.txt:2:1: -3 is negative"},
		"1 NaN":                  {"E210 n.txt:1:3: `NaN` is not a number"},
		"1 2e9":                  {"E212 n.txt:1:3: 2e+09 is a rate above 1e+09/s"},
		"1\n\n 1e999":            {"E212 n.txt:3:2: `1e999` is too large"},
		strings.Repeat("1", 100): {"E210 n.txt:1:1: `11111111111111111111`… is not a number"},
	} {
		r, ds := ReadList("n.txt", text(file), second)
		require.Nil(t, r)
		require.Equal(t, want, tell(ds), file)
	}
}

// anyFile is a file of rows and the sum of what is counted in it.
func anyFile(t *rapid.T) (string, float64) {
	var b strings.Builder
	b.WriteString("t,v\n")
	now, total := 0, 0
	for range rapid.IntRange(2, 60).Draw(t, "rows") {
		v := rapid.IntRange(0, 1000).Draw(t, "value")
		fmt.Fprintf(&b, "%d,%d\n", now, v)
		now += rapid.IntRange(1, 100).Draw(t, "step")
		total += v
	}
	return b.String(), float64(total)
}

// TestResamplingPreservesTheSum: what is counted in a file comes, however its curve is cut; and that is what the steps say.
func TestResamplingPreservesTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, total := anyFile(t)
		s := with(plain, func(s *Spec) { s.Unit, s.MaxGap = "per step", time.Hour })
		whole := readCSV(t, file, s)
		s.Resample = time.Duration(rapid.IntRange(1, 500).Draw(t, "bucket")) * time.Second
		cut := readCSV(t, file, s)
		require.InDelta(t, total, whole.Total(), 1e-6)
		require.InDelta(t, total, units(until(whole, day), day), 1e-6)
		require.InDelta(t, total, units(until(cut, day), day), 1e-6)
		require.Equal(t, whole.Length(), cut.Length())
		require.LessOrEqual(t, cut.Peak(), whole.Peak()*(1+1e-12))
		for _, step := range until(cut, whole.Length()) {
			require.Zero(t, step.At%s.Resample)
		}

		s.Scale = rapid.Float64Range(0, 10).Draw(t, "scale")
		require.InDelta(t, s.Scale*total, readCSV(t, file, s).Total(), 1e-6, "a scale is linear")

		s.Scale, s.Loop = 1, true
		looped := readCSV(t, file, s)
		end := looped.Length()
		require.InDelta(t, 3*total, units(until(looped, 3*end), 3*end), 1e-6, "three times round, three times the sum")
		at := time.Duration(rapid.Int64Range(0, int64(end)-1).Draw(t, "instant"))
		require.Equal(t, rateAt(looped, at), rateAt(looped, at+2*end), "periodic")
	})
}

func rateAt(d Demand, at time.Duration) float64 {
	steps := until(d, at+1)
	return steps[len(steps)-1].Rate
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"t,v\n0,1\n60,2\n", "t;v;w\n2024-03-01 08:00:00;1;a\n2024-03-02;2;b\n", "t,v\n1e300,-0\n", "t\n0\n5\n5\n", "\"t\",\"v\"\n0,1\n9e9,1\n"} {
		f.Add(s, byte(0))
		f.Add(s, byte(255))
	}
	f.Fuzz(func(t *testing.T, file string, how byte) {
		s := Spec{Time: "t", Value: "v", Scale: 1, Sort: how&1 > 0, Loop: how&2 > 0, Exp: how&4 > 0}
		if how&8 > 0 {
			s.Value = ""
		}
		if how&16 > 0 {
			s.Group, s.Unit = "sum", "per step"
		}
		if how&32 > 0 {
			s.Gaps = Gaps[int(how>>6)%3]
		}
		if how&64 > 0 {
			s.Resample = time.Hour
		}
		check(t, func() (*Recorded, []diag.Diagnostic) { return ReadCSV("t.csv", text(file), s) })
	})
}

func FuzzReadList(f *testing.F) {
	f.Add("1 2 3", int64(time.Second), int64(0))
	f.Add("0\n0\n1e9\n", int64(time.Minute), int64(time.Hour))
	f.Fuzz(func(t *testing.T, file string, step, bucket int64) {
		if step <= 0 || step > int64(day) || bucket < 0 || bucket > int64(day) {
			return
		}
		s := Spec{Scale: 1, Step: time.Duration(step), Resample: time.Duration(bucket)}
		check(t, func() (*Recorded, []diag.Diagnostic) { return ReadList("n.txt", text(file), s) })
	})
}

// check reads twice: either a curve that a run can follow, or a reason; always the same.
func check(t *testing.T, read func() (*Recorded, []diag.Diagnostic)) {
	r, ds := read()
	_, again := read()
	require.Equal(t, ds, again)
	require.Equal(t, r == nil, len(ds) > 0)
	if r == nil {
		for _, d := range ds {
			require.NotEmpty(t, d.Code)
			require.NotEmpty(t, d.Message)
		}
		return
	}
	require.NotEmpty(t, r.Summary())
	require.Positive(t, r.Length())
	c := r.Open(sim.NewStreams(1), "")
	last := load.Step{At: -1}
	for range 1000 {
		s, ok := c.Next()
		if !ok {
			break
		}
		require.Greater(t, s.At, last.At)
		require.True(t, s.Rate >= 0 && s.Rate <= MaxRate*(1+1e-9), "%v", s)
		last = s
	}
}

func real(t *testing.T, name string) string {
	root := os.Getenv("ECSSIM_REAL_DATA")
	if root == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: the recorded load curves are not read")
	}
	return filepath.Join(root, "load", name)
}

func openFile(name string) (io.ReadCloser, error) { return os.Open(name) }

func TestRealRequestsOfALoadBalancer(t *testing.T) {
	file := real(t, "nab_elb_request_count_8c0756.csv")
	r, ds := ReadCSV(file, openFile, Spec{Time: "timestamp", Value: "value", Unit: "per step", Scale: 1})
	require.Empty(t, tell(ds))
	require.Equal(t, "4,032 rows, 2014-04-10 00:04:00Z to 2014-04-24 00:39:00Z, mean 0.206/s, peak 2.19/s", r.Summary())
	require.InDelta(t, 249327, r.Total(), 1e-6, "the sum of the column")
	require.InDelta(t, 656.0/300, r.Peak(), 1e-9)
}

func TestRealRequestsOfAWebServerBySeconds(t *testing.T) {
	file := real(t, "nasa_http_1995_requests_per_second.txt.gz")
	r, ds := ReadList(file, openFile, Spec{Step: time.Second, Scale: 1, Resample: time.Minute})
	require.Empty(t, tell(ds))
	require.Equal(t, "5,059,950 numbers for 1405h32m30s, mean 0.684/s, peak 6.82/s", r.Summary())
	require.InDelta(t, 3461610, r.Total(), 1e-3)
	require.Less(t, r.Steps(), 5059950/60+2)
}

func TestRealRequestsOneByOne(t *testing.T) {
	file := real(t, "azure_llm_inference_2023_code.csv")
	r, ds := ReadCSV(file, openFile, Spec{Time: "TIMESTAMP", Scale: 1})
	require.Empty(t, tell(ds))
	require.InDelta(t, 8819, r.Total(), 1e-6)
	require.Equal(t, 58*time.Minute, r.Length())
}

func TestRealRatesOfManyContainers(t *testing.T) {
	file := real(t, "alibaba_genai_qps.csv.gz")
	s := Spec{Time: "timestamp_anon", Value: "value", Scale: 1, Group: "sum", Where: []Filter{{"request_type", "Generative Requests"}}}
	_, ds := ReadCSV(file, openFile, s)
	require.NotEmpty(t, ds, "an hour is missing")
	require.Equal(t, "E221", ds[0].Code)
	s.Gaps = "zero"
	r, ds := ReadCSV(file, openFile, s)
	require.Empty(t, tell(ds))
	require.Contains(t, r.Summary(), "23,513 rows, ")
}

func TestRealViewsByDayAsLogarithms(t *testing.T) {
	file := real(t, "wikipedia_daily_log_views_R.csv")
	s := Spec{Time: "ds", Value: "y", Scale: 1, Exp: true, Unit: "per day"}
	_, ds := ReadCSV(file, openFile, s)
	require.Equal(t, "E220", ds[0].Code, "the file is not sorted")
	s.Sort, s.MaxGap = true, 30*day
	r, ds := ReadCSV(file, openFile, s)
	require.Empty(t, tell(ds))
	require.Contains(t, r.Summary(), "2,863 rows, 2008-01-01 00:00:00Z to 2015-12-31 00:00:00Z")
}

func BenchmarkAListOfFiveMillion(b *testing.B) {
	var file bytes.Buffer
	for i := range 5_000_000 {
		file.WriteByte('0' + byte(i/1000%10))
		file.WriteByte(' ')
	}
	for b.Loop() {
		open := func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil }
		r, ds := ReadList("n.txt", open, Spec{Step: time.Second, Scale: 1, Resample: time.Minute})
		if len(ds) > 0 || r.Steps() < 2 {
			b.Fatal(tell(ds))
		}
	}
}
