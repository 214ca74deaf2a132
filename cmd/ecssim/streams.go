package main

import (
	"io"
	"os"
	"strconv"

	"github.com/spf13/pflag"
	"github.com/vbauerster/mpb/v8/cwriter"
)

// streams are where a command reads and writes: results to out, everything else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// isTerminal reports whether a stream is a character device that a person looks at.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminalWidth is how many columns a stream shows: what the terminal says, else what COLUMNS says; 0 for a file.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return 0
	}
	if width, _, err := cwriter.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	width, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil {
		return 0
	}
	return max(0, width)
}

// look is how output looks, from the global flags and the environment.
type look struct {
	color   string
	noColor bool
	quiet   bool
	verbose bool
}

func (l *look) register(f *pflag.FlagSet) {
	f.StringVar(&l.color, "color", "auto", "colour `WHEN`: auto, always or never")
	f.BoolVar(&l.noColor, "no-color", false, "the same as --color never")
	f.BoolVarP(&l.quiet, "quiet", "q", false, "print results and errors only")
	f.BoolVarP(&l.verbose, "verbose", "v", false, "print one line each 10 % where no progress bar is shown")
}

func (l *look) check() error {
	switch l.color {
	case "auto", "always", "never":
		return nil
	}
	return usageError("--color is auto, always or never, found %q", l.color)
}

// colored decides for one stream. A flag beats the environment; a non-empty NO_COLOR beats CLICOLOR_FORCE.
func (l *look) colored(w io.Writer) bool {
	switch {
	case l.noColor || l.color == "never":
		return false
	case l.color == "always":
		return true
	case os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb":
		return false
	case os.Getenv("CLICOLOR_FORCE") != "" && os.Getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return isTerminal(w)
}
