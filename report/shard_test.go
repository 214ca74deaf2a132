package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// someRows are rows of a plan of cells with seeds, as a shard has them.
func someRows(t *rapid.T, n int) []CellRow {
	name := rapid.StringMatching(`[a-z_."]{1,8}`)
	rows := make([]CellRow, n)
	for i := range rows {
		names := rapid.SliceOfNDistinct(name, 0, 5, rapid.ID[string]).Draw(t, "names")
		r := CellRow{Run: i, Cell: i / 2, Seed: rapid.Uint64().Draw(t, "seed"), Complete: rapid.Bool().Draw(t, "complete")}
		r.Duration = round(rapid.Float64Range(0, 1e9).Draw(t, "duration"))
		r.Bottleneck = rapid.SampledFrom([]string{"", "cpu", "ip:b"}).Draw(t, "bottleneck")
		for _, name := range names {
			r.Names = append(r.Names, name)
			r.Values = append(r.Values, round(rapid.Float64().Draw(t, "value")))
		}
		rows[i] = r
	}
	return rows
}

func TestARowReadsBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := someRows(t, 1)[0]
		text, err := row.line()
		require.NoError(t, err)
		back, err := readRow(text)
		require.NoError(t, err)
		require.Equal(t, row, back)
	})
}

// TestAJournalKeepsWhatWasWhole cuts a journal at any byte, as a crash does, and goes on: no row is lost but the one
// that was cut, none is invented, and what is added afterwards is kept.
func TestAJournalKeepsWhatWasWhole(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rows := someRows(t, rapid.IntRange(1, 6).Draw(t, "rows"))
		h := Shard{Plan: "p", Shard: 3, Shards: 8, Version: "v"}
		require.NoError(t, RemoveJournal(dir, h.Shard))
		j, none, err := OpenJournal(dir, h)
		require.NoError(t, err)
		require.Empty(t, none)
		path := filepath.Join(dir, journalFile(h.Shard))
		ends := []int64{size(t, path)}
		for _, r := range rows {
			require.NoError(t, j.Add(r))
			ends = append(ends, size(t, path))
		}
		require.NoError(t, j.Close())

		at := rapid.Int64Range(0, ends[len(rows)]).Draw(t, "cut")
		require.NoError(t, os.Truncate(path, at))
		whole := 0
		for whole < len(rows) && ends[whole+1] <= at {
			whole++
		}
		read, err := Journalled(dir, h)
		require.NoError(t, err)
		require.Equal(t, len(rows[:whole]), len(read))
		j, again, err := OpenJournal(dir, h)
		require.NoError(t, err)
		for _, r := range rows[whole:] {
			require.NoError(t, j.Add(r))
		}
		require.NoError(t, j.Close())
		require.Equal(t, len(read), len(again))
		all, err := Journalled(dir, h)
		require.NoError(t, err)
		require.Equal(t, rows, all)

		other := h
		other.Plan = "q"
		foreign, err := Journalled(dir, other)
		require.NoError(t, err)
		require.Empty(t, foreign)
	})
}

func size(t *rapid.T, path string) int64 {
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

// TestNoDamageOfAShardGoesUnseen changes any byte of a shard's file.
func TestNoDamageOfAShardGoesUnseen(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rows := someRows(t, 3)
		h := Shard{Plan: "p", Shards: 1, Version: "v"}
		require.NoError(t, WriteShard(dir, h, rows))
		path := filepath.Join(dir, ShardFile(0))
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		_, back, err := ReadShard(path)
		require.NoError(t, err)
		require.Equal(t, rows, back)

		body := strings.IndexByte(string(text), '\n') + 1
		at := rapid.IntRange(body, len(text)-1).Draw(t, "at")
		text[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		_, _, err = readShard(text, names{})
		require.ErrorIs(t, err, ErrDamaged)
	})
}

func FuzzReadShard(f *testing.F) {
	f.Add([]byte(`{"type":"shard","rows":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}` + "\n"))
	f.Add([]byte(`{"run":1,"figures":{"a":1,"b":2}}`))
	f.Add([]byte(`{"figures":[1]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, rows, err := readShard(text, names{}); err == nil {
			for i := range rows {
				if _, err := rows[i].line(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if row, err := readRow(text); err == nil && len(row.Names) != len(row.Values) {
			t.Fatalf("%d names of %d values", len(row.Names), len(row.Values))
		}
	})
}

func TestRangesAreThoseOfSlurm(t *testing.T) {
	for want, numbers := range map[string][]int{
		"": {}, "5": {5}, "0-3": {0, 1, 2, 3}, "0,2,4": {0, 2, 4}, "0-1,5,7-9": {0, 1, 5, 7, 8, 9},
	} {
		require.Equal(t, want, Ranges(numbers))
	}
}

// TestColumnsOfAllRowsKeepTheirOrder: a figure that only some runs have stands behind what it follows there.
func TestColumnsOfAllRowsKeepTheirOrder(t *testing.T) {
	c := &Cells{Rows: []CellRow{{Names: []string{"a", "c"}}, {Names: []string{"a", "b", "c", "d"}}, {Names: []string{"z", "c"}}}}
	require.Equal(t, "[z a b c d]", fmt.Sprint(c.figureNames()))
}

// TestEveryFigureHasAMeaning: columns.csv explains what a busy scenario has.
func TestEveryFigureHasAMeaning(t *testing.T) {
	for _, f := range Figures(mixed(t, 1, RecorderOptions{})) {
		unit, meaning := figureMeaning(f.Name)
		require.NotEmpty(t, unit, f.Name)
		require.NotContains(t, meaning, "as summary.json has it", f.Name)
	}
}

// cellsFor makes cells of given costs and waits, one seed each.
func cellsFor(points ...[2]float64) *Cells {
	c := &Cells{Scenario: "s", Axes: []string{"a.b"}, Runs: 1}
	for i, p := range points {
		c.Cells = append(c.Cells, CellInfo{ID: fmt.Sprintf("c%03d-x", i+1), Name: fmt.Sprint(i), Values: []string{fmt.Sprint(i)}})
		c.Rows = append(c.Rows, CellRow{
			Run: i, Cell: i, Seed: 1, Complete: true, Names: []string{costFigure, waitFigure}, Values: []float64{p[0], p[1]},
		})
	}
	return c
}

func TestTheFrontIsWhatNoOtherCellBeats(t *testing.T) {
	c := cellsFor([2]float64{3, 1}, [2]float64{1, 9}, [2]float64{2, 5}, [2]float64{2, 6}, [2]float64{3, 1}, [2]float64{9, 9})
	s := c.Summarise()
	var front []string
	for _, cell := range s.Cells {
		if cell.Front {
			front = append(front, cellNumber(cell.ID))
		}
	}
	require.Equal(t, []string{"c001", "c002", "c003"}, front, "of equals the first stands for all")
	require.Equal(t, map[string]string{costFigure: "c002-x", waitFigure: "c001-x"}, s.Best)
}

func TestACellThatMissesAnExpectationIsNotTheBest(t *testing.T) {
	c := cellsFor([2]float64{3, 1}, [2]float64{1, 9})
	c.Rows[1].Expect, c.Rows[1].Failed = 1, []string{"quick"}
	c.Rows[0].Expect = 1
	s := c.Summarise()
	require.Equal(t, "c001-x", s.Best[costFigure])
	require.Contains(t, s.Terminal(TerminalOptions{}), "1 of 2 cells: all expectations met in every run")
	c.Rows[0].Failed = []string{"quick", "cheap"}
	require.Contains(t, c.Summarise().Terminal(TerminalOptions{}), "no cell meets all expectations in every run: cheap in 1 cell, quick in 2 cells")
}

// TestASweepOfAnyShapeIsShown: any number of axes, cells left out, figures missing, within 80 columns.
func TestASweepOfAnyShapeIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &Cells{Scenario: "any", Runs: rapid.IntRange(1, 7).Draw(t, "runs")}
		axes := rapid.IntRange(1, 4).Draw(t, "axes")
		for a := range axes {
			c.Axes = append(c.Axes, fmt.Sprintf("services.web.axis-%d", a))
		}
		value := rapid.SampledFrom([]string{`"m5.large"`, `"a rather long value of a strategy"`, "1", "2.5", "true", `[{ type = "spread" }]`})
		for i := range rapid.IntRange(1, 14).Draw(t, "cells") {
			info := CellInfo{ID: fmt.Sprintf("c%03d-0", i+1), Name: fmt.Sprint("cell ", i)}
			for range axes {
				info.Values = append(info.Values, value.Draw(t, "value"))
			}
			c.Cells = append(c.Cells, info)
			for s := range c.Runs {
				r := CellRow{Run: len(c.Rows), Cell: i, Seed: uint64(s), Complete: true}
				if rapid.IntRange(0, 5).Draw(t, "costs") > 0 {
					r.Names, r.Values = append(r.Names, costFigure), append(r.Values, rapid.Float64Range(0, 1e6).Draw(t, "cost"))
				}
				if rapid.IntRange(0, 5).Draw(t, "waits") > 0 {
					r.Names, r.Values = append(r.Names, waitFigure), append(r.Values, rapid.Float64Range(0, 1e6).Draw(t, "wait"))
				}
				c.Rows = append(c.Rows, r)
			}
		}
		s := c.Summarise()
		for _, line := range strings.Split(s.Terminal(TerminalOptions{}), "\n") {
			if length(line) > termWidth {
				t.Fatalf("%d columns: %s", length(line), line)
			}
		}
		s.Markdown()
		_, err := s.pictures()
		require.NoError(t, err)
	})
}
