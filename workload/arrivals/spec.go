package arrivals

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ecssim/workload/diag"
)

// ratio turns the number in a cell into whole units.
type ratio struct{ num, den uint64 }

var (
	timeUnits   = map[string]time.Duration{"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "min": time.Minute, "h": time.Hour}
	cpuUnits    = map[string]ratio{"units": {1, 1}, "milli": {1024, 1000}, "vcpu": {1024, 1}}
	memoryUnits = map[string]ratio{"mib": {1, 1}, "gb": {1024, 1}}
)

// defaults fills in what the scenario left out and says what is wrong with the rest.
func (s TraceSpec) defaults() (TraceSpec, rune, []diag.Diagnostic) {
	var p problems
	s.TimeUnit = unit(&p, "time_unit", s.TimeUnit, "s", timeUnits)
	s.CPUUnit = unit(&p, "cpu_unit", s.CPUUnit, "units", cpuUnits)
	s.MemoryUnit = unit(&p, "memory_unit", s.MemoryUnit, "mib", memoryUnits)
	if s.Arrival == "" {
		p.add(diag.Diagnostic{Code: codeSpec, Message: "a trace needs `arrival`, the column of arrival times"})
	}
	if s.End != "" && s.RunTime != "" {
		p.add(diag.Diagnostic{Code: codeSpec, Message: "a trace takes `end` or `run_time`, not both"})
	}
	var delimiter rune
	if s.Delimiter != "" {
		var size int
		delimiter, size = utf8.DecodeRuneInString(s.Delimiter)
		if size != len(s.Delimiter) || delimiter == utf8.RuneError || strings.ContainsRune("\"\r\n\x00", delimiter) {
			p.add(diag.Diagnostic{Code: codeSpec, Message: fmt.Sprintf("delimiter must be one character and no quote or line end, found %q", s.Delimiter)})
		}
	}
	return s, delimiter, p.all()
}

func unit[T any](p *problems, key, found, standard string, allowed map[string]T) string {
	if found == "" {
		return standard
	}
	if _, ok := allowed[found]; ok {
		return found
	}
	names := slices.Sorted(maps.Keys(allowed))
	d := diag.Diagnostic{
		Code: codeSpec, Message: fmt.Sprintf("unknown %s %q", key, found),
		Notes: []string{"it may be " + strings.Join(names, ", ")},
	}
	if near := diag.Nearest(found, names); near != "" {
		d.Label = fmt.Sprintf("did you mean %q?", near)
	}
	p.add(d)
	return standard
}
