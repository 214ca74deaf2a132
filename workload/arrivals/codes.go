package arrivals

// The codes of this package's diagnostics; workload/diag lists them for users.
const (
	codeOpen      = "E200" // the file cannot be opened or read
	codeGzip      = "E201" // gzip data are damaged or end early
	codeNoHeader  = "E202" // the file is empty
	codeNoRows    = "E203" // a header and no rows
	codeColumn    = "E204" // no such column
	codeTwice     = "E205" // a column that is used stands twice in the header
	codeRagged    = "E206" // a row has more or fewer fields than the header
	codeQuote     = "E207" // quotes that do not pair
	codeUTF8      = "E208" // not UTF-8
	codeBlank     = "E209" // an empty cell
	codeNumber    = "E210" // not a number, or not a time
	codeNegative  = "E211" // below zero
	codeLarge     = "E212" // larger than anything sensible
	codeEnd       = "E213" // the end is before the arrival
	codeMixed     = "E214" // numbers and timestamps in one file
	codeWhole     = "E215" // not a whole number
	codeSpec      = "E216" // the trace's description in the scenario is wrong
	codeLimit     = "E217" // the file or a row of it is larger than what is read
	codeMore      = "E218" // the number of problems that are not shown
	codeUnix      = "E219" // warning: the times look like Unix times
	mostProblems  = 20
	maxRows       = 50_000_000
	maxRecord     = 1 << 20 // bytes of one row
	maxNameLength = 255     // bytes
)
