package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"ecssim/workload/diag"
)

// syntaxError says in a scenario's terms what the TOML parser says in its own.
func syntaxError(file string, data []byte, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E005", At: diag.Position{File: file}, Message: "this is not TOML"}
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		d.Label = err.Error()
		return d
	}
	message := strings.TrimPrefix(parse.Message, "toml: ")
	for _, goType := range []string{" for int64", " for float64"} {
		message = strings.TrimSuffix(message, goType)
	}
	d.Message = "this is not TOML: " + message
	d.At = syntaxPosition(file, data, parse.Position, message)
	d.Help = []string{syntaxHelp(message)}
	slip(&d, lineOf(data, d.At.Line))
	return d
}

// syntaxPosition is where the parser gave up, but never in the line after.
func syntaxPosition(file string, data []byte, p toml.Position, message string) diag.Position {
	start := min(max(p.Start, 0), len(data))
	at := position(file, data, start, start+max(1, p.Len))
	if strings.Contains(message, `'\n'`) { // the end of a line is told there, not in the line after
		at.Length = 1
		if at.Column == 1 && at.Line > 1 {
			at.Line--
			at.Column = utf8.RuneCountInString(lineOf(data, at.Line)) + 1
		}
		return at
	}
	if at.Line == p.Line {
		return at
	}
	n := max(1, p.Line)
	return diag.Position{File: file, Line: n, Column: 1, Length: max(1, utf8.RuneCountInString(lineOf(data, n)))}
}

func lineOf(data []byte, n int) string {
	lines := bytes.Split(data, []byte{'\n'})
	if n < 1 || n > len(lines) {
		return ""
	}
	return string(bytes.TrimRight(lines[n-1], "\r"))
}

var (
	// bareValue is a line such as `duration = 30m`.
	bareValue = regexp.MustCompile(`^(\s*)([A-Za-z0-9_."-]+)(\s*=\s*)([^\s"'\[{#=][^"'\[{#=]*?)\s*(#.*)?$`)
	// bareInside is the same inside an inline table: { memory = 1 GB }.
	bareInside = regexp.MustCompile(`([A-Za-z0-9_-]+)\s*=\s*([0-9][0-9.]* ?[A-Za-z][A-Za-z/]*)\s*[,}\]]`)
	// yaml is a line such as `duration: 30m`.
	yaml = regexp.MustCompile(`^\s*(- )?[A-Za-z0-9_-]+:(\s|$)`)
)

// slip recognises the slips that everybody makes.
func slip(d *diag.Diagnostic, line string) {
	outOfRange := strings.Contains(d.Message, "out of range")
	switch m := bareValue.FindStringSubmatch(line); {
	case m != nil && !outOfRange:
		d.Message = fmt.Sprintf("`%s` is not a value of TOML", m[4])
		d.At.Column = utf8.RuneCountInString(m[1]+m[2]+m[3]) + 1
		d.At.Length = utf8.RuneCountInString(m[4])
		d.Help = []string{fmt.Sprintf("texts, durations and times need quotes: %s = %s", m[2], quoted(m[4]))}
	case insideAt(line, d.At.Column) != nil:
		inside := insideAt(line, d.At.Column)
		d.Message = fmt.Sprintf("`%s` is not a value of TOML", inside[1])
		d.Help = []string{fmt.Sprintf("texts, sizes with units, durations and times need quotes: %s = %s", inside[0], quoted(inside[1]))}
	case yaml.MatchString(line):
		d.Message = "this is not TOML: the line looks like YAML"
		d.Help = []string{"a key and its value are joined by =, and a table begins with its name in brackets: [services.web]"}
	case strings.HasPrefix(strings.TrimSpace(line), "{"):
		d.Message = "this is not TOML: the line looks like JSON"
		d.Help = []string{`a scenario is TOML; the JSON of a task definition is named in it: task_definition = "web.json"`}
	}
}

// insideAt returns key and value of an unquoted text in which the column lies.
func insideAt(line string, column int) []string {
	for _, m := range bareInside.FindAllStringSubmatchIndex(line, -1) {
		from, to := utf8.RuneCountInString(line[:m[0]])+1, utf8.RuneCountInString(line[:m[1]])+1
		if column >= from && column <= to {
			return []string{line[m[2]:m[3]], line[m[4]:m[5]]}
		}
	}
	return nil
}

// syntaxHelp says what to do.
func syntaxHelp(message string) string {
	switch {
	case strings.Contains(message, "expected value but found"), strings.Contains(message, "expected a digit"):
		return "texts, durations and times need quotes: name = \"first\", duration = \"30m\""
	case strings.Contains(message, "already"):
		return "write every table and every key once"
	case strings.Contains(message, "table name"):
		return "a table begins with its name in brackets: [services.web]"
	case strings.Contains(message, "out of range"):
		return "the number is larger than any that a scenario needs"
	case strings.Contains(message, "array"):
		return "the elements of a list stand between [ and ], with commas between them"
	case strings.Contains(message, "inline table"):
		return "an inline table stands between { and }, with commas between its keys: { cpu = 256, memory = 512 }"
	case strings.Contains(message, "string"):
		return "a text ends with the same quotes with which it began"
	}
	return "one `key = value` stands on a line; a table begins with its name in brackets: [services.web]"
}
