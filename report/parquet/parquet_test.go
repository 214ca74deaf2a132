package parquet

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"ecssim/report"
)

func someCells(rows int) *report.Cells {
	c := &report.Cells{
		Scenario: "s", Axes: []string{"instances.main.type"}, Runs: rows / 2,
		Cells: []report.CellInfo{{ID: "c001-0", Values: []string{`"m5.large"`}}, {ID: "c002-0", Values: []string{`"c5.large"`}}},
	}
	for i := range rows {
		r := report.CellRow{Run: i, Cell: i / (rows / 2), Seed: uint64(i%(rows/2)) + 1, Complete: i%3 > 0, Duration: 60}
		if i%2 == 0 {
			r.Names, r.Values, r.Bottleneck = []string{"cost_usd", "services.web.running"}, []float64{float64(i) / 4, 2}, "cpu"
		}
		c.Rows = append(c.Rows, r)
	}
	return c
}

// TestEveryCellIsThere reads the file with the library's own reader, column by column.
func TestEveryCellIsThere(t *testing.T) {
	c := someCells(2500)
	var b bytes.Buffer
	require.NoError(t, Write(&b, c))
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	require.EqualValues(t, len(c.Rows), f.NumRows())
	columns := c.Columns()
	at := map[string]int{}
	for i, path := range f.Schema().Columns() {
		at[path[0]] = i
	}
	require.Len(t, at, len(columns))
	reader := parquet.NewReader(f)
	defer reader.Close()
	rows := make([]parquet.Row, len(c.Rows))
	read := 0
	for read < len(rows) {
		n, err := reader.ReadRows(rows[read:])
		read += n
		if n == 0 {
			require.NoError(t, err)
		}
	}
	for i := range c.Rows {
		for k := range columns {
			want, got := c.Cell(&columns[k], &c.Rows[i]), rows[i][at[columns[k].Name]]
			if want == nil {
				require.True(t, got.IsNull(), "row %d, %s", i, columns[k].Name)
				continue
			}
			require.Equal(t, fmt.Sprint(want), got.String(), "row %d, %s", i, columns[k].Name)
		}
	}
}

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	require.NoError(t, Write(&a, someCells(40)))
	require.NoError(t, Write(&b, someCells(40)))
	require.Equal(t, a.Bytes(), b.Bytes())
}
