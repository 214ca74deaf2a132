package arrivals

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

// told is a diagnostic in one line.
func told(d diag.Diagnostic) string {
	severity := "error"
	if d.Severity == diag.Warning {
		severity = "warning"
	}
	place := d.At.File
	if d.At.Line > 0 {
		place += fmt.Sprintf(":%d:%d", d.At.Line, d.At.Column)
	}
	line := fmt.Sprintf("%s %s %s: %s", severity, d.Code, place, d.Message)
	if d.Label != "" {
		line += " (" + d.Label + ")"
	}
	for _, n := range d.Notes {
		line += "; note: " + n
	}
	for _, h := range d.Help {
		line += "; help: " + h
	}
	return strings.TrimSuffix(line, "; note: times that are numbers count from the scenario's start; these look like Unix times; "+
		"help: subtract the first time from all, or write timestamps such as 2024-03-01T08:00:00Z")
}

func tell(diags []diag.Diagnostic) (lines []string) {
	for _, d := range diags {
		lines = append(lines, told(d))
	}
	return lines
}

const timeNote = "; note: times are numbers in time_unit, or timestamps such as 2024-03-01T08:00:00Z or 2024-03-01 08:00:00"

const head = "at,end,cpu,mem,gpu,name\n"

var wrongTraces = map[string]struct {
	text string
	want []string
}{
	"empty file":       {"", []string{"error E202 t.csv: the file is empty; its first line must name the columns"}},
	"only blank lines": {"\n\n", []string{"error E202 t.csv: the file is empty; its first line must name the columns"}},
	"no rows":          {head, []string{"error E203 t.csv:1:1: no rows follow the header"}},
	"UTF-16":           {"\xff\xfea\x00", []string{"error E208 t.csv: the file is UTF-16, not UTF-8"}},
	"unknown columns": {"att,end,cpu,mem,gpus,name\n0,1,2,3,4,x\n", []string{
		"error E204 t.csv:1:1: arrival: the file has no column `at` (did you mean `att`?); note: its columns are `att`, `end`, `cpu`, `mem`, `gpus`, `name`",
		"error E204 t.csv:1:1: gpu: the file has no column `gpu` (did you mean `gpus`?); note: its columns are `att`, `end`, `cpu`, `mem`, `gpus`, `name`",
	}},
	"no header": {"0,1,2,3,4,x\n", []string{
		"error E204 t.csv:1:1: arrival: the file has no column `at`; note: its columns are `0`, `1`, `2`, `3`, `4`, `x`; help: the first line looks like data; it must name the columns",
	}},
	"column twice":   {"at,end,cpu,mem,gpu,at,name\n", []string{"error E205 t.csv:1:20: arrival: two columns are called `at`"}},
	"ragged rows":    {head + "0,1,2,3,4\n0,1,2,3,4,x,y\n", []string{"error E206 t.csv:2:9: the row has 5 fields, the header 6", "error E206 t.csv:3:13: the row has 7 fields, the header 6"}},
	"bare quote":     {head + "0,1,2,3,4,x\"y\n0,1,2,3,x,\n", []string{"error E207 t.csv:2:12: a quote inside a field that does not begin with one; help: write the field as \"…\" and each quote in it twice", "error E210 t.csv:3:9: `x` is not a number"}},
	"quote and more": {head + "0,1,2,3,4,\"x\"y\n", []string{"error E207 t.csv:2:13: a quoted field must end with a quote and a delimiter"}},
	"open quote":     {head + "0,1,2,3,4,\"x\n0,1,2,3,4,y\n", []string{"error E207 t.csv:2:1: a quote opens in this row and is not closed properly"}},
	"endless quote":  {head + "0,1,2,3,4,\"" + strings.Repeat("x", 2*maxRecord), []string{"error E217 t.csv:2:1: a row is longer than 1 MiB; help: is a quote left open?"}},
	"not UTF-8":      {head + "0,1,2,3,4,\xe9\n", []string{"error E208 t.csv:2:11: column `name` is not UTF-8"}},
	"long name":      {head + "0,1,2,3,4," + strings.Repeat("x", 256) + "\n", []string{"error E217 t.csv:2:11: the name is longer than 255 bytes"}},
	"blank cells": {head + ", ,,,,\n", []string{
		"error E209 t.csv:2:1: column `at` is empty in this row",
		"error E209 t.csv:2:3: column `end` is empty in this row; help: give the job a `run_time` as well: it is drawn for such rows",
		"error E209 t.csv:2:4: column `cpu` is empty in this row", "error E209 t.csv:2:5: column `mem` is empty in this row",
		"error E209 t.csv:2:6: column `gpu` is empty in this row",
	}},
	"not numbers": {head + "NaN,soon,1k,0x10,two,\n", []string{
		"error E210 t.csv:2:1: `NaN` is not a time" + timeNote, "error E210 t.csv:2:5: `soon` is not a time" + timeNote,
		"error E210 t.csv:2:10: `1k` is not a number", "error E210 t.csv:2:13: `0x10` is not a number", "error E210 t.csv:2:18: `two` is not a number",
	}},
	"negative": {head + "-1,2,-0.5,-3,-1,\n0,-2,0,0,0,\n", []string{
		"error E211 t.csv:2:1: `-1` is negative", "error E211 t.csv:2:6: `-0.5` is negative", "error E211 t.csv:2:11: `-3` is negative",
		"error E211 t.csv:2:14: `-1` is negative", "error E211 t.csv:3:3: `-2` is negative",
	}},
	"too large": {head + "1,1e300,2147483648,99999999999999999999,32768,\n", []string{
		"error E212 t.csv:2:3: `1e300` s is more than 100 years; note: time_unit may be us, ms, s, min or h",
		"error E212 t.csv:2:9: `2147483648` is too large", "error E212 t.csv:2:20: `99999999999999999999` is too large",
		"error E212 t.csv:2:41: `32768` is too large",
	}},
	"year out of range": {head + "1066-10-14T09:00:00Z,1066-10-14T18:00:00Z,1,1,1,\n", []string{
		"error E212 t.csv:2:1: the year of `1066-10-14T09:00:00Z` is not in 1970 to 2069", "error E212 t.csv:2:22: the year of `1066-10-14T18:00:00Z` is not in 1970 to 2069",
	}},
	"end before arrival": {head + "5,4,0,0,0,\n", []string{"error E213 t.csv:2:3: the task ends before it arrives: `end` is 4, `at` is 5"}},
	"mixed times": {head + "0,2024-03-01 08:00:00,0,0,0,\n", []string{
		"error E214 t.csv:2:3: `2024-03-01 08:00:00` is a timestamp, but earlier times are numbers",
	}},
	"mixed times, the other way": {head + "2024-03-01 08:00:00,2024-03-01 08:00:00,0,0,0,\n7,8,0,0,0,\n", []string{
		"error E214 t.csv:3:1: `7` is a number, but earlier times are timestamps", "error E214 t.csv:3:3: `8` is a number, but earlier times are timestamps",
	}},
	"half a GPU":            {head + "0,1,1,1,0.5,\n", []string{"error E215 t.csv:2:9: `0.5` is not a whole number of GPUs"}},
	"columns in characters": {"name,at,end,cpu,mem,gpu\nÄÖÜ€,0,x,1,1,1\n\"ä\nöö\",0,y,1,1,1\n", []string{"error E210 t.csv:2:8: `x` is not a time" + timeNote, "error E210 t.csv:4:7: `y` is not a time" + timeNote}},
	"after a BOM":           {"\xef\xbb\xbf" + head + "x,1,1,1,1,\n", []string{"error E210 t.csv:2:1: `x` is not a time" + timeNote}},
	"cut gzip":              {packed(head + strings.Repeat("0,1,2,3,4,x\n", 3))[:35], []string{"error E201 t.csv:2:1: the gzip data are damaged or end early: unexpected EOF"}},
	"gzip without data":     {packed("")[:8], []string{"error E201 t.csv: the gzip data are damaged or end early: unexpected EOF"}},
}

func TestTraceErrorsSayWhereAndWhat(t *testing.T) {
	for name, c := range wrongTraces {
		t.Run(name, func(t *testing.T) {
			s := whole
			s.CPUUnit = ""
			if name == "no header" {
				s = TraceSpec{Arrival: "at"}
			}
			trace, diags := ReadTrace("t.csv", opens(c.text), s)
			require.Nil(t, trace)
			require.Equal(t, c.want, tell(diags))
		})
	}
}

func TestProblemsBeyondTwentyAreCounted(t *testing.T) {
	_, diags := ReadTrace("t.csv", opens("at\n"+strings.Repeat("x\n", 1234)), TraceSpec{Arrival: "at"})
	require.Len(t, diags, 21)
	require.Equal(t, "error E210 t.csv:21:1: `x` is not a time"+timeNote, told(diags[19]))
	require.Equal(t, "error E218 t.csv:22:1: 1,214 more problems in this file, from here on", told(diags[20]))
}

func TestFilesThatCannotBeRead(t *testing.T) {
	_, diags := ReadTrace("t.csv", func(string) (io.ReadCloser, error) { return nil, errors.New("no such file") }, TraceSpec{Arrival: "at"})
	require.Equal(t, []string{"error E200 t.csv: cannot open the file: no such file"}, tell(diags))
	broken := func(string) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("at\n1\n2\n"), brokenReader{})), nil
	}
	_, diags = ReadTrace("t.csv", broken, TraceSpec{Arrival: "at"})
	require.Equal(t, []string{"error E200 t.csv:4:1: cannot read the file: disk on fire"}, tell(diags))
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestSpecErrorsHaveNoFile(t *testing.T) {
	_, diags := ReadTrace("t.csv", nil, TraceSpec{End: "a", RunTime: "b", TimeUnit: "sec", CPUUnit: "mili", MemoryUnit: "MB", Delimiter: "ab"})
	require.Equal(t, []string{
		`error E216 : unknown time_unit "sec"; note: it may be h, min, ms, s, us`,
		`error E216 : unknown cpu_unit "mili" (did you mean "milli"?); note: it may be milli, units, vcpu`,
		`error E216 : unknown memory_unit "MB" (did you mean "gb"?); note: it may be gb, mib`,
		"error E216 : a trace needs `arrival`, the column of arrival times",
		"error E216 : a trace takes `end` or `run_time`, not both",
		`error E216 : delimiter must be one character and no quote or line end, found "ab"`,
	}, tell(diags))
}

func TestValuesErrors(t *testing.T) {
	for text, want := range map[string][]string{
		"runs\n1\n": {"error E204 v.csv:1:1: column: the file has no column `run` (did you mean `runs`?); note: its columns are `runs`"},
		"run\n":     {"error E203 v.csv:1:1: no rows follow the header"},
		"x,run\na,1s\na,-1\na,\na,1e400\na,inf\n": {
			"error E210 v.csv:2:3: `1s` is not a number", "error E211 v.csv:3:3: `-1` is negative",
			"error E209 v.csv:4:3: column `run` is empty in this row", "error E212 v.csv:5:3: `1e400` is too large", "error E210 v.csv:6:3: `inf` is not a number",
		},
	} {
		values, diags := Values("v.csv", opens(text), "run")
		require.Nil(t, values)
		require.Equal(t, want, tell(diags))
	}
}
