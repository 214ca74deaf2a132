package taskjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"ecssim/workload/diag"
)

var utf8BOM = []byte("\xef\xbb\xbf")

// encoding returns what keeps the bytes from being UTF-8 text, or nil.
func encoding(l *lines) *diag.Diagnostic {
	data := l.data
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return &diag.Diagnostic{
			Code: CodeEncoding, Message: "the file is UTF-16 text: JSON is UTF-8", At: diag.Position{File: l.file},
			Help: []string{"save it as UTF-8; Windows PowerShell writes UTF-16 with `>`, use `| Out-File -Encoding utf8`"},
		}
	}
	if utf8.Valid(data) {
		return nil
	}
	bad := 0
	for bad < len(data) {
		r, size := utf8.DecodeRune(data[bad:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		bad += size
	}
	return &diag.Diagnostic{
		Code: CodeEncoding, Message: fmt.Sprintf("byte 0x%02x is not UTF-8 text", data[bad]),
		At: l.position(span{bad, bad + 1}), Help: []string{"save the file as UTF-8"},
	}
}

// syntax returns why the bytes are not one JSON value, or nil. encoding/json finds the place; the words are ours.
func syntax(l *lines) *diag.Diagnostic {
	var raw json.RawMessage
	err := json.Unmarshal(l.data, &raw)
	if err == nil {
		return nil
	}
	var bad *json.SyntaxError
	if !errors.As(err, &bad) {
		return &diag.Diagnostic{Code: CodeSyntax, Message: err.Error(), At: diag.Position{File: l.file}}
	}
	at := min(max(int(bad.Offset)-1, 0), len(l.data)-1)
	d, at := brokenAt(l.data, at, bad.Error())
	d.Message = strings.TrimSpace(d.Message)
	d.At = l.position(span{at, at + 1})
	return d
}

// brokenAt words what encoding/json says in text about the byte at a place, and tells which byte to show.
func brokenAt(data []byte, at int, text string) (*diag.Diagnostic, int) {
	d := &diag.Diagnostic{Code: CodeSyntax}
	before := lastVisible(data[:at])
	closes := data[at] == '}' || data[at] == ']'
	switch {
	case strings.Contains(text, "unexpected end"):
		at = lastVisible(data)
		d.Message = "the file ends before the JSON is complete"
		d.Help = []string{"a quote, bracket or brace is not closed; is the file cut off?"}
	case strings.Contains(text, "after top-level value"):
		afterTheValue(d, data[at])
	case closes && before >= 0 && data[before] == ',':
		d.Message = fmt.Sprintf("comma before `%c`: JSON allows none after the last item", data[at])
		at = before
	default:
		d.Message = unexpected(data[at:], text)
	}
	return d, at
}

// afterTheValue is about text that follows the one value a file has.
func afterTheValue(d *diag.Diagnostic, c byte) {
	d.Message = "text after the end of the JSON value"
	if c == '{' || c == '[' {
		d.Code, d.Message = CodeDocuments, "a second JSON value follows the first"
		d.Help = []string{"put each task definition into a file of its own"}
	}
}

// unexpected is the message about a byte that may not stand where it stands.
func unexpected(rest []byte, text string) string {
	switch c := rest[0]; {
	case (c == '/' || c == '#') && !strings.Contains(text, "in string"):
		return "JSON has no comments"
	case c == '\'':
		return "JSON strings are written in double quotes"
	case strings.Contains(text, "in string literal"):
		return "a string holds a line break or control character, or is not closed on its line"
	case strings.Contains(text, "after object key:value pair"), strings.Contains(text, "after array element"):
		return fmt.Sprintf("found %s where a comma or the end of the object or list must be", glyph(rest))
	default:
		return fmt.Sprintf("unexpected %s %s", glyph(rest), context(text))
	}
}

func glyph(rest []byte) string {
	r, _ := utf8.DecodeRune(rest)
	if r < ' ' {
		return fmt.Sprintf("control character 0x%02x", r)
	}
	return fmt.Sprintf("`%c`", r)
}

// context is the part of encoding/json's message that tells what was being read ("looking for beginning of value").
func context(text string) string {
	_, after, _ := strings.Cut(text, "' ")
	return after
}

// lastVisible is the index of the last byte that is not blank, or -1.
func lastVisible(data []byte) int { return len(bytes.TrimRight(data, " \t\r\n")) - 1 }
