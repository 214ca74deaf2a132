package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// SchemaVersion of the JSON form: the minor grows with additions, the major with anything else.
const SchemaVersion = "1.0"

type jsonReport struct {
	SchemaVersion string           `json:"schema_version"`
	Errors        int              `json:"errors"`
	Warnings      int              `json:"warnings"`
	Diagnostics   []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string   `json:"severity"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Length   int      `json:"length"`
	Via      string   `json:"via,omitempty"`
	Label    string   `json:"label,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	Help     []string `json:"help,omitempty"`
	Snippet  string   `json:"snippet,omitempty"`
}

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// RenderJSON writes all diagnostics as one JSON document. Lines and columns count from 1; 0 is the file as a whole.
func RenderJSON(w io.Writer, diags []Diagnostic, sources func(file string) []byte) error {
	sorted := Sorted(diags)
	report := jsonReport{SchemaVersion: SchemaVersion, Diagnostics: make([]jsonDiagnostic, len(sorted))}
	report.Errors, report.Warnings = Count(sorted)
	for i, d := range sorted {
		j := jsonDiagnostic{
			Severity: d.Severity.String(), Code: d.Code, Message: d.Message, File: d.At.File, Line: d.At.Line,
			Column: d.At.Column, Length: d.At.Length, Via: d.Via, Label: d.Label, Notes: d.Notes, Help: d.Help,
		}
		if sources != nil && d.At.Line > 0 {
			if e := cut(sources(d.At.File), d.At); e != nil {
				j.Snippet = e.text
			}
		}
		report.Diagnostics[i] = j
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// RenderGitHub writes workflow commands, so that a pull request shows each problem on its line.
func RenderGitHub(w io.Writer, diags []Diagnostic) error {
	var b strings.Builder
	for _, d := range Sorted(diags) {
		fmt.Fprintf(&b, "::%s file=%s", d.Severity, githubProperty(d.At.File))
		if d.At.Line > 0 {
			fmt.Fprintf(&b, ",line=%d", d.At.Line)
			if d.At.Column > 0 {
				fmt.Fprintf(&b, ",col=%d,endColumn=%d", d.At.Column, d.At.Column+max(1, d.At.Length))
			}
		}
		fmt.Fprintf(&b, ",title=%s::%s\n", githubProperty(d.Code), githubMessage(d.sentence()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sentence is the diagnostic without a picture.
func (d Diagnostic) sentence() string {
	text := d.Message
	if d.Label != "" {
		text += " (" + d.Label + ")"
	}
	for _, remark := range append(append([]string(nil), d.Notes...), d.Help...) {
		text += "\n" + remark
	}
	if d.Via != "" {
		text += "\n" + d.Via
	}
	return text
}

var (
	githubMessages   = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubMessage(s string) string  { return githubMessages.Replace(s) }
func githubProperty(s string) string { return githubProperties.Replace(s) }
