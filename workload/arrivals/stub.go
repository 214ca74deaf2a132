package arrivals

import "ecssim/workload/diag"

func readTrace(file string, open Open, spec TraceSpec) (*Trace, []diag.Diagnostic) { panic("not yet") }

// Values reads one numeric column.
func Values(file string, open Open, column string) ([]float64, []diag.Diagnostic) { panic("not yet") }
