package report

import (
	"encoding/json"
	"io"
	"strconv"
	"time"
)

// jsonLine builds one object of an NDJSON file in a buffer that serves for all lines.
type jsonLine struct{ buffer []byte }

func (l *jsonLine) begin() { l.buffer = append(l.buffer[:0], '{') }

func (l *jsonLine) key(name string) {
	if len(l.buffer) > 1 {
		l.buffer = append(l.buffer, ',')
	}
	l.buffer = append(l.buffer, '"')
	l.buffer = append(l.buffer, name...)
	l.buffer = append(l.buffer, '"', ':')
}

// text adds a string, if there is one.
func (l *jsonLine) text(name, s string) {
	if s != "" {
		l.key(name)
		l.quote(s)
	}
}

// word adds a string that needs no escapes, if there is one.
func (l *jsonLine) word(name, s string) {
	if s != "" {
		l.key(name)
		l.buffer = append(l.buffer, '"')
		l.buffer = append(l.buffer, s...)
		l.buffer = append(l.buffer, '"')
	}
}

// numbered adds OWNER/NUMBER.
func (l *jsonLine) numbered(name, owner string, n int64) {
	l.text(name, owner)
	l.buffer[len(l.buffer)-1] = '/'
	l.buffer = append(strconv.AppendInt(l.buffer, n, 10), '"')
}

func (l *jsonLine) quote(s string) {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // strings have a JSON form, always
			}
			l.buffer = append(l.buffer, quoted...)
			return
		}
	}
	l.buffer = append(l.buffer, '"')
	l.buffer = append(l.buffer, s...)
	l.buffer = append(l.buffer, '"')
}

func (l *jsonLine) integer(name string, n int64) {
	l.key(name)
	l.buffer = strconv.AppendInt(l.buffer, n, 10)
}

// positive adds a number above 0.
func (l *jsonLine) positive(name string, n int64) {
	if n > 0 {
		l.integer(name, n)
	}
}

// decimal adds a number with at most so many decimals.
func (l *jsonLine) decimal(name string, x float64, places int) {
	l.key(name)
	l.buffer = append(l.buffer, decimal(x, places)...)
}

func (l *jsonLine) truth(name string, b bool) {
	l.key(name)
	l.buffer = strconv.AppendBool(l.buffer, b)
}

func (l *jsonLine) seconds(name string, d time.Duration) {
	l.key(name)
	l.buffer = appendSeconds(l.buffer, d)
}

func (l *jsonLine) end(w io.Writer) error {
	l.buffer = append(l.buffer, '}', '\n')
	_, err := w.Write(l.buffer)
	return err
}
