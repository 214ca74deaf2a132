package demand

// The codes of this package's diagnostics; workload/diag lists them for users. Those that it shares with the traces of
// jobs mean the same here.
const (
	codeNoRows    = "E203" // nothing is left
	codeNegative  = "E211" // below zero
	codeLarge     = "E212" // larger than anything sensible
	codeSpec      = "E216" // the description in the scenario does not go with the file
	codeLimit     = "E217" // more rows or steps than are kept
	codeBackwards = "E220" // time goes backwards
	codeGap       = "E221" // rows are missing
	codeSameTime  = "E222" // two rows of one instant
	codeOneRow    = "E223" // a single row, which has no length
)
