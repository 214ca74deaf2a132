package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Options of Render.
type Options struct {
	// Color writes ANSI colours.
	Color bool
	// Limit is how many problems are shown; 0 means DefaultLimit, negative shows all.
	Limit int
}

// DefaultLimit is as much as anybody reads at once.
const DefaultLimit = 50

// Render writes the diagnostics as a compiler would, with an excerpt of the file each, and a last line that counts
// them. It writes nothing if there are none. Sources returns the bytes of a file that was read, or nil.
func Render(w io.Writer, diags []Diagnostic, sources func(file string) []byte, o Options) error {
	sorted := Sorted(diags)
	if len(sorted) == 0 {
		return nil
	}
	limit := o.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	shown := sorted
	if limit > 0 && len(sorted) > limit {
		shown = sorted[:limit]
	}
	p := painter{color: o.Color}
	var b strings.Builder
	for _, d := range shown {
		p.diagnostic(&b, d, sources)
		b.WriteByte('\n')
	}
	if hidden := len(sorted) - len(shown); hidden > 0 {
		fmt.Fprintf(&b, "… and %s\n\n", plural(hidden, "more problem"))
	}
	b.WriteString(Closing(sorted) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Closing is the last line: "2 errors, 1 warning · nothing was simulated (exit 2)".
func Closing(diags []Diagnostic) string {
	errors, warnings := Count(diags)
	switch {
	case errors > 0 && warnings > 0:
		return plural(errors, "error") + ", " + plural(warnings, "warning") + " · nothing was simulated (exit 2)"
	case errors > 0:
		return plural(errors, "error") + " · nothing was simulated (exit 2)"
	}
	return plural(warnings, "warning")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// painter writes one diagnostic, in colour or not.
type painter struct{ color bool }

// The colours of rustc and ruff: a severity each, blue for the frame.
const (
	red    = "1;31"
	yellow = "1;33"
	blue   = "1;34"
	cyan   = "1;36"
	bold   = "1"
)

func (p painter) paint(style, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (p painter) diagnostic(b *strings.Builder, d Diagnostic, sources func(string) []byte) {
	name, style := "error", red
	if d.Severity == Warning {
		name, style = "warning", yellow
	}
	fmt.Fprintf(b, "%s%s\n", p.paint(style, name+"["+d.Code+"]"), p.paint(bold, ": "+printable(d.Message)))
	var e *excerpt
	if d.At.Line > 0 && sources != nil {
		e = cut(sources(d.At.File), d.At)
	}
	gutter := 1
	if e != nil {
		gutter = len(strconv.Itoa(e.line))
	}
	margin := strings.Repeat(" ", gutter)
	if d.At.File != "" {
		fmt.Fprintf(b, "%s%s %s%s\n", margin, p.paint(blue, "-->"), place(d.At), via(d.Via))
	}
	label := printable(d.Label)
	if e != nil {
		p.excerpt(b, e, margin, style, label)
	} else if label != "" {
		fmt.Fprintf(b, "%s %s %s\n", margin, p.paint(blue, "="), label)
	}
	p.remarks(b, margin, "note", d.Notes)
	p.remarks(b, margin, "help", d.Help)
}

func (p painter) excerpt(b *strings.Builder, e *excerpt, margin, style, label string) {
	bar := p.paint(blue, "|")
	fmt.Fprintf(b, "%s %s\n", margin, bar)
	if e.headerLine > 0 {
		fmt.Fprintf(b, "%s %s %s\n", p.paint(blue, fmt.Sprintf("%*d", len(margin), e.headerLine)), bar, e.header)
		if e.headerLine < e.line-1 {
			fmt.Fprintf(b, "%s\n", p.paint(blue, "..."))
		}
	}
	fmt.Fprintf(b, "%s %s %s\n", p.paint(blue, strconv.Itoa(e.line)), bar, e.text)
	under := strings.Repeat("^", e.carets)
	if label != "" {
		under += " " + label
	}
	fmt.Fprintf(b, "%s %s %s%s\n", margin, bar, strings.Repeat(" ", e.indent), p.paint(style, under))
}

func (p painter) remarks(b *strings.Builder, margin, kind string, texts []string) {
	for _, text := range texts {
		lines := strings.Split(text, "\n")
		fmt.Fprintf(b, "%s %s %s: %s\n", margin, p.paint(blue, "="), p.paint(cyan, kind), printable(lines[0]))
		for _, line := range lines[1:] {
			fmt.Fprintf(b, "%s         %s\n", margin, printable(line))
		}
	}
}

// place is "file:line:column", as editors and terminals make it clickable.
func place(at Position) string {
	text := printable(at.File)
	if at.Line > 0 {
		text += fmt.Sprintf(":%d", at.Line)
		if at.Column > 0 {
			text += fmt.Sprintf(":%d", at.Column)
		}
	}
	return text
}

func via(text string) string {
	if text == "" {
		return ""
	}
	return "   (" + printable(text) + ")"
}
