// Package diag holds what is wrong with an input file, as a compiler would say it: where, what was found, what is
// allowed, and the nearest spelling. It reads nothing and decides nothing.
package diag

// Severity of a diagnostic.
type Severity int

// An Error refuses the scenario; a Warning does not.
const (
	Error Severity = iota
	Warning
)

// Position is a place in a file. Line and Column count from 1, Column in characters; Line 0 means the file as a whole.
type Position struct {
	File         string
	Line, Column int
	// Length is the number of characters to underline; 0 underlines one.
	Length int
}

// Diagnostic is one problem.
type Diagnostic struct {
	Severity Severity
	// Code is stable: "E021". Codes are listed in codes.go.
	Code string
	// Message is one line, lower case, without a full stop: "unknown key `desiredCount`".
	Message string
	At      Position
	// Via tells which place refers to the file: "referenced from shop.toml:42".
	Via string
	// Label stands under the carets: "did you mean `desired_count`?".
	Label string
	// Notes say what the rule is; Help says what to do.
	Notes, Help []string
}
