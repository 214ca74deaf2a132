package arrivals

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ecssim/workload/diag"
)

// table reads the rows of a CSV file with a header and notes what is wrong with them.
type table struct {
	problems
	file    string
	source  io.ReadCloser
	packed  bool // gzip
	guard   *guard
	csv     *csv.Reader
	header  []string
	free    []string // columns that nobody asked for yet
	record  []string
	line    int // of the last row
	rows    int
	maxRows int
}

// openTable opens a file up to its header. A table that cannot be read has problems; it must be closed all the same.
func openTable(file string, open Open, delimiter rune) *table {
	t := &table{file: file, maxRows: maxRows}
	source, err := open(file)
	if err != nil {
		t.fileFault(codeOpen, "cannot open the file: %v", err)
		return t
	}
	t.source = source
	r := t.text()
	if r == nil {
		return t
	}
	if delimiter == 0 {
		head, _ := r.Peek(r.Size()) // what is wrong with the file comes again below
		delimiter = likelyDelimiter(head)
	}
	t.csv = csv.NewReader(r)
	t.csv.Comma = delimiter
	t.csv.ReuseRecord = true
	t.csv.FieldsPerRecord = -1                 // counted in next, for a better message
	t.csv.TrimLeadingSpace = delimiter != '\t' // else it would trim the delimiter
	t.readHeader()
	return t
}

// text unpacks the file if it is gzip and skips a byte order mark; nil where it cannot be text.
func (t *table) text() *bufio.Reader {
	raw := bufio.NewReaderSize(t.source, 1<<16)
	var plain io.Reader = raw
	if magic, _ := raw.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		t.packed = true
		unpacked, err := gzip.NewReader(raw)
		if err != nil {
			t.readFault(err)
			return nil
		}
		plain = unpacked
	}
	t.guard = &guard{from: plain, left: maxRecord}
	r := bufio.NewReaderSize(t.guard, 1<<16)
	mark, _ := r.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte{0xef, 0xbb, 0xbf}):
		_, _ = r.Discard(3) // they were just seen
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		t.fileFault(codeUTF8, "the file is UTF-16, not UTF-8")
		return nil
	}
	return r
}

func (t *table) readHeader() {
	record, err := t.csv.Read()
	t.line = 1
	if err != nil {
		if err == io.EOF {
			t.fileFault(codeNoHeader, "the file is empty; its first line must name the columns")
			return
		}
		t.rowFault(err)
		return
	}
	t.record = record
	t.line, _ = t.csv.FieldPos(0)
	t.header = make([]string, len(record))
	for i, name := range record {
		t.header[i] = strings.TrimSpace(name)
		if !utf8.ValidString(name) {
			t.fault(i, codeUTF8, "", "the header is not UTF-8")
		}
	}
	t.free = slices.Clone(t.header)
}

// close gives the file back.
func (t *table) close() {
	if t.source != nil {
		_ = t.source.Close() // nothing was written
	}
}

// column finds a column by name; -1 where there is none, which is a problem. Key is what the scenario calls it.
func (t *table) column(key, name string) int {
	i := slices.Index(t.header, name)
	at := diag.Position{File: t.file, Line: t.line, Column: 1}
	if i < 0 {
		d := diag.Diagnostic{Code: codeColumn, At: at, Message: fmt.Sprintf("%s: the file has no column `%s`", key, name)}
		if near := diag.Nearest(name, t.free); near != "" {
			d.Label = fmt.Sprintf("did you mean `%s`?", near)
		}
		d.Notes = []string{"its columns are " + shortList(t.header)}
		if slices.ContainsFunc(t.header, isNumber) {
			d.Help = []string{"the first line looks like data; it must name the columns"}
		}
		t.add(d)
		return -1
	}
	if j := slices.Index(t.header[i+1:], name); j >= 0 {
		t.fault(i+1+j, codeTwice, "", "%s: two columns are called `%s`", key, name)
		return -1
	}
	t.free = slices.DeleteFunc(t.free, func(s string) bool { return s == name })
	return i
}

// next goes to the next row that has all fields; what is wrong with others is noted. False is the end.
func (t *table) next() bool {
	for {
		t.guard.left = maxRecord
		record, err := t.csv.Read()
		if err == io.EOF {
			if t.rows == 0 && !t.any() {
				t.add(diag.Diagnostic{Code: codeNoRows, At: diag.Position{File: t.file, Line: t.line, Column: 1}, Message: "no rows follow the header"})
			}
			return false
		}
		if err != nil {
			if !t.rowFault(err) {
				return false
			}
			continue
		}
		t.record = record
		t.line, _ = t.csv.FieldPos(0)
		if len(record) != len(t.header) {
			t.fault(min(len(record), len(t.header)+1)-1, codeRagged, "", "the row has %d fields, the header %d", len(record), len(t.header))
			continue
		}
		if t.rows++; t.rows > t.maxRows {
			t.fault(0, codeLimit, "", "the file has more than %s rows", grouped(int64(t.maxRows)))
			return false
		}
		return true
	}
}

// cell is a field without the blanks around it; false, and a problem, where it is not text.
func (t *table) cell(i int) (string, bool) {
	s := strings.TrimSpace(t.record[i])
	if !utf8.ValidString(s) {
		t.fault(i, codeUTF8, "", "column `%s` is not UTF-8", t.header[i])
		return "", false
	}
	return s, true
}

// at is the place of a field of the last row, in characters.
func (t *table) at(i int) diag.Position {
	line, column := t.csv.FieldPos(i)
	for j := i - 1; j >= 0; j-- { // the reader counts bytes
		text := t.record[j]
		begin, _ := t.csv.FieldPos(j)
		if begin != line {
			text = text[strings.LastIndexByte(text, '\n')+1:]
		}
		column -= len(text) - utf8.RuneCountInString(text)
		if begin != line {
			break
		}
	}
	length := utf8.RuneCountInString(t.record[i])
	return diag.Position{File: t.file, Line: line, Column: max(1, column), Length: length}
}

// fault notes a problem of one field.
func (t *table) fault(i int, code, label, format string, args ...any) {
	t.add(diag.Diagnostic{Code: code, At: t.at(i), Label: label, Message: fmt.Sprintf(format, args...)})
}

// fileFault notes a problem of the whole file.
func (t *table) fileFault(code, format string, args ...any) {
	t.add(diag.Diagnostic{Code: code, At: diag.Position{File: t.file}, Message: fmt.Sprintf(format, args...)})
}

// rowFault notes why a row cannot be read and reports whether the next may be.
func (t *table) rowFault(err error) bool {
	var broken *csv.ParseError
	if !errors.As(err, &broken) {
		t.readFault(err)
		return false
	}
	d := diag.Diagnostic{Code: codeQuote, At: diag.Position{File: t.file, Line: broken.Line, Column: broken.Column}}
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		d.Message = "a quote inside a field that does not begin with one"
		d.Help = []string{`write the field as "…" and each quote in it twice`}
	case broken.StartLine != broken.Line:
		d.At.Line, d.At.Column = broken.StartLine, 1
		d.Message = "a quote opens in this row and is not closed properly"
	default:
		d.Message = "a quoted field must end with a quote and a delimiter"
	}
	t.line = broken.Line
	t.add(d)
	return true
}

// readFault notes why the file cannot be read any further.
func (t *table) readFault(err error) {
	at := diag.Position{File: t.file, Line: t.line}
	if t.line > 0 {
		at.Line, at.Column = t.line+1, 1
	}
	switch {
	case errors.Is(err, errTooLong):
		t.add(diag.Diagnostic{Code: codeLimit, At: at, Message: "a row is longer than 1 MiB", Help: []string{"is a quote left open?"}})
	case t.packed:
		t.add(diag.Diagnostic{Code: codeGzip, At: at, Message: fmt.Sprintf("the gzip data are damaged or end early: %v", err)})
	default:
		t.add(diag.Diagnostic{Code: codeOpen, At: at, Message: fmt.Sprintf("cannot read the file: %v", err)})
	}
}

var errTooLong = errors.New("row too long")

// guard stops a row, or empty lines, without end.
type guard struct {
	from io.Reader
	left int
}

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errTooLong
	}
	n, err := g.from.Read(p)
	g.left -= n
	return n, err
}

// likelyDelimiter is the most frequent of comma, semicolon and tab in the first line; of equals the first.
func likelyDelimiter(head []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	counts := map[byte]int{}
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

func isNumber(s string) bool {
	_, reading := parseDecimal(s)
	return reading != notANumber
}

// shortList names the columns of a header, the first 30 of them.
func shortList(names []string) string {
	const most = 30
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		if runes := []rune(name); len(runes) > 40 {
			name = string(runes[:40]) + "…"
		}
		quoted = append(quoted, "`"+name+"`")
	}
	list := strings.Join(quoted, ", ")
	if hidden := len(names) - most; hidden > 0 {
		list += fmt.Sprintf(" and %d more", hidden)
	}
	return list
}
