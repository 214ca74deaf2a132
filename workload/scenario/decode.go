package scenario

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	gotoml "github.com/pelletier/go-toml/v2"

	"ecssim/workload/diag"
)

// decode makes a tree of one file. It returns nil if the file is not TOML.
func decode(file string, data []byte) (*node, []diag.Diagnostic) {
	var values map[string]any
	places, placed := locate(file, data)
	if places.deep != nil {
		return nil, []diag.Diagnostic{*places.deep}
	}
	_, err := toml.Decode(string(data), &values)
	switch {
	case err != nil && len(places.twice) > 0:
		return nil, places.twice
	case err != nil:
		return nil, []diag.Diagnostic{syntaxError(file, data, err)}
	case placed != nil:
		return nil, []diag.Diagnostic{*placed}
	}
	if d := compareParsers(file, data, values); d != nil {
		return nil, []diag.Diagnostic{*d}
	}
	root := places.plant(values, nil)
	root.at = diag.Position{File: file}
	return root, nil
}

// compareParsers decodes once more with the other parser. Where the two disagree the file is ambiguous, and a
// scenario that means one thing here and another there is worse than none.
func compareParsers(file string, data []byte, values map[string]any) *diag.Diagnostic {
	var others map[string]any
	err := gotoml.Unmarshal(data, &others)
	if err == nil && sameValue(values, others) {
		return nil
	}
	d := diag.Diagnostic{
		Code: "E009", At: diag.Position{File: file}, Message: "two TOML parsers read this file differently",
		Notes: []string{"every scenario is read by BurntSushi/toml and by go-toml, and must mean the same to both"},
		Help:  []string{"write the place more plainly: only TOML 1.0, every table once, times and dates in full"},
	}
	var decodeError *gotoml.DecodeError
	if errors.As(err, &decodeError) {
		row, column := decodeError.Position()
		d.At.Line, d.At.Column = row, column
		d.Label = strings.TrimPrefix(decodeError.Error(), "toml: ")
	}
	return &d
}

func sameValue(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		return !slices.ContainsFunc(slices.Collect(maps.Keys(x)), func(k string) bool {
			other, ok := y[k]
			return !ok || !sameValue(x[k], other)
		})
	case []map[string]any:
		return sameValue(asList(x), b)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case float64:
		y, ok := b.(float64)
		return ok && (x == y || math.IsNaN(x) && math.IsNaN(y))
	case time.Time:
		return sameTime(x, b)
	}
	return a == b
}

func asList(tables []map[string]any) []any {
	list := make([]any, len(tables))
	for i := range tables {
		list[i] = tables[i]
	}
	return list
}

// sameTime compares dates and times, for which each parser has types of its own.
func sameTime(x time.Time, b any) bool {
	switch y := b.(type) {
	case time.Time:
		return x.Equal(y) && timeKind(x) == aDateTime
	case gotoml.LocalDateTime:
		return timeKind(x) == aLocalDateTime && sameClock(x, y.AsTime(time.UTC))
	case gotoml.LocalDate:
		return timeKind(x) == aLocalDate && sameClock(x, y.AsTime(time.UTC))
	case gotoml.LocalTime:
		return timeKind(x) == aLocalTime && x.Hour() == y.Hour && x.Minute() == y.Minute && x.Second() == y.Second && x.Nanosecond() == y.Nanosecond
	}
	return false
}

func sameClock(x, y time.Time) bool {
	const clock = "2006-01-02T15:04:05.999999999"
	return x.Format(clock) == y.Format(clock)
}

// timeKind tells BurntSushi's local times, which it marks by their location.
func timeKind(t time.Time) kind {
	switch t.Location().String() {
	case "datetime-local":
		return aLocalDateTime
	case "date-local":
		return aLocalDate
	case "time-local":
		return aLocalTime
	}
	return aDateTime
}

// position turns a range of bytes into a position that counts characters.
func position(file string, data []byte, start, end int) diag.Position {
	lineStart := bytes.LastIndexByte(data[:start], '\n') + 1
	end = max(start, min(end, len(data)))
	if cut := bytes.IndexByte(data[start:end], '\n'); cut >= 0 {
		end = start + cut
	}
	return diag.Position{
		File:   file,
		Line:   bytes.Count(data[:start], []byte{'\n'}) + 1,
		Column: utf8.RuneCount(data[lineStart:start]) + 1,
		Length: max(1, utf8.RuneCount(data[start:end])),
	}
}
