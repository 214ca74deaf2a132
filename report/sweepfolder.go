package report

import (
	"io"
	"os"
	"path/filepath"
)

// SweepFolder says what else goes into the folder of a sweep.
type SweepFolder struct {
	// Parquet writes cells.parquet; nil leaves it out. It is a package of its own, since it is large.
	Parquet func(w io.Writer, c *Cells) error
}

// WriteSweep writes what a sweep found beside its shards. It depends on the rows alone: neither on who simulated them,
// nor on how they were cut into shards.
func WriteSweep(dir string, c *Cells, opts SweepFolder) (*Sweep, error) {
	s := c.Summarise()
	text, err := s.JSON()
	if err != nil {
		return nil, err
	}
	files := []folderFile{
		{"cells.csv", c.CSV}, {"columns.csv", c.columnsCSV}, {"sweep.json", content(text)}, {"sweep.md", content(s.Markdown())},
		{name: "cells.parquet"},
	}
	if opts.Parquet != nil {
		files[len(files)-1].write = func(w io.Writer) error { return opts.Parquet(w, c) }
	}
	drawn, err := s.pictures()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "plots"), 0o755); err != nil {
		return nil, err
	}
	return s, writeFiles(dir, append(files, drawn...))
}
