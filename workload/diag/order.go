package diag

import (
	"cmp"
	"slices"
)

// Sorted returns the diagnostics in the order of file, line and column, each once.
func Sorted(diags []Diagnostic) []Diagnostic {
	sorted := slices.Clone(diags)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column),
			cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(sorted, func(a, b Diagnostic) bool {
		return a.At.File == b.At.File && a.At.Line == b.At.Line && a.At.Column == b.At.Column &&
			a.Code == b.Code && a.Message == b.Message
	})
}

// Count counts the errors and the warnings.
func Count(diags []Diagnostic) (errors, warnings int) {
	for _, d := range diags {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// HasErrors reports whether anything refuses the scenario.
func HasErrors(diags []Diagnostic) bool {
	errors, _ := Count(diags)
	return errors > 0
}
