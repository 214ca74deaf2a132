package report

import "time"

// TerminalOptions says how the terminal text looks.
type TerminalOptions struct {
	// Color writes ANSI colours.
	Color bool
	// Folder is where the results are, for the last line; empty if none were written.
	Folder string
	// Elapsed is the wall time, for the first line; 0 leaves it out.
	Elapsed time.Duration
}

// Terminal is the summary for people, 80 columns wide.
func (s *Summary) Terminal(opts TerminalOptions) string { return "" }

// Markdown is summary.md, at most 60 kB.
func (s *Summary) Markdown() []byte { return nil }
