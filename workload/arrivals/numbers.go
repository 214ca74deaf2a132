package arrivals

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"

	"ecssim/workload/diag"
)

// maxDigits is the longest number that anybody writes.
const maxDigits = 64

// Numbers reads a file that is nothing but numbers with blanks, commas or line ends between them, and no header. They may
// all stand in one line.
type Numbers struct {
	t      *table
	text   *bufio.Reader
	line   int
	column int // of the next byte
	begin  int // of the last number
	word   []byte
	ended  bool
}

// OpenNumbers opens a file, which must be closed. Plain and gzip files are told apart by their first bytes.
func OpenNumbers(file string, open Open) *Numbers {
	n := &Numbers{t: &table{file: file}, line: 1, column: 1, ended: true}
	source, err := open(file)
	if err != nil {
		n.t.fileFault(codeOpen, "cannot open the file: %v", err)
		return n
	}
	n.t.source = source
	if n.text = n.t.text(); n.text != nil {
		n.t.guard.left = math.MaxInt // a line may be long; a number may not
		n.ended = false
	}
	return n
}

// Close gives the file back.
func (n *Numbers) Close() { n.t.close() }

// Failed reports whether the file is refused.
func (n *Numbers) Failed() bool { return n.t.any() }

// Problems is what to tell the user.
func (n *Numbers) Problems() []diag.Diagnostic { return n.t.all() }

// Fault notes a problem of the last number.
func (n *Numbers) Fault(code, format string, args ...any) {
	at := diag.Position{File: n.t.file, Line: n.line, Column: n.begin, Length: len(n.word)}
	n.t.add(diag.Diagnostic{Code: code, At: at, Message: fmt.Sprintf(format, args...)})
}

// Next is the next number; one that cannot be read is noted and passed over. False is the end.
func (n *Numbers) Next() (float64, bool) {
	for n.next() {
		if v, ok := n.value(); ok {
			return v, true
		}
	}
	return 0, false
}

// next finds the next word.
func (n *Numbers) next() bool {
	n.word = n.word[:0]
	for !n.ended {
		c, err := n.text.ReadByte()
		if err != nil {
			n.ended = true
			if err != io.EOF {
				n.t.line = n.line
				n.t.readFault(err)
				return false
			}
			break
		}
		if !between(c) {
			if len(n.word) == 0 {
				n.begin = n.column
			}
			n.column++
			if n.word = append(n.word, c); len(n.word) > maxDigits {
				n.Fault(codeNumber, "%s… is not a number", quote(string(n.word[:20])))
				n.ended = true
				return false
			}
			continue
		}
		if len(n.word) > 0 {
			_ = n.text.UnreadByte() // it was just read
			return true
		}
		n.column++
		if c == '\n' {
			n.line, n.column = n.line+1, 1
		}
	}
	return len(n.word) > 0
}

func between(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',' || c == ';'
}

// value is the number that the word is.
func (n *Numbers) value() (float64, bool) {
	if len(n.word) <= 15 { // most are small and whole
		whole, digits := 0, true
		for _, c := range n.word {
			if c < '0' || c > '9' {
				digits = false
				break
			}
			whole = whole*10 + int(c-'0')
		}
		if digits {
			return float64(whole), true
		}
	}
	s := string(n.word)
	if _, reading := parseDecimal(s); reading == notANumber {
		n.Fault(codeNumber, "%s is not a number", quote(s))
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		n.Fault(codeLarge, "%s is too large", quote(s))
		return 0, false
	}
	return v, true
}
