// Package parquet writes the rows of a sweep as Parquet, with the columns of cells.csv. It is apart from report because
// the library that it needs is larger than everything else together: whoever embeds report does not link it.
//
// In flow report.Cells; out flows one file. It draws no conclusions and rounds nothing. The same rows give the same
// bytes.
package parquet

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"ecssim/report"
)

// rowsAtOnce are buffered before they are written.
const rowsAtOnce = 1000

// Write writes cells.parquet. Every column may be empty, since a run may lack any figure.
func Write(w io.Writer, c *report.Cells) error {
	columns := c.Columns()
	group := parquet.Group{}
	for _, col := range columns {
		group[col.Name] = parquet.Optional(nodeOf(col.Type))
	}
	schema := parquet.NewSchema("cells", group)
	at := map[string]int{} // leaves are sorted by name
	for i, path := range schema.Columns() {
		at[path[0]] = i
	}
	out := parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd), parquet.CreatedBy("ecssim", report.SweepSchema, ""))
	batch := make([]parquet.Row, 0, rowsAtOnce)
	for i := range c.Rows {
		row := make(parquet.Row, len(columns))
		for k := range columns {
			leaf := at[columns[k].Name]
			value, err := valueOf(c.Cell(&columns[k], &c.Rows[i]))
			if err != nil {
				return fmt.Errorf("column %s: %w", columns[k].Name, err)
			}
			defined := 1
			if value.IsNull() {
				defined = 0
			}
			row[leaf] = value.Level(0, defined, leaf)
		}
		if batch = append(batch, row); len(batch) == rowsAtOnce || i == len(c.Rows)-1 {
			if _, err := out.WriteRows(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return out.Close()
}

// nodeOf is the Parquet type of a type of columns.csv.
func nodeOf(kind string) parquet.Node {
	switch kind {
	case "integer":
		return parquet.Uint(64)
	case "number":
		return parquet.Leaf(parquet.DoubleType)
	case "boolean":
		return parquet.Leaf(parquet.BooleanType)
	}
	return parquet.String()
}

func valueOf(v any) (parquet.Value, error) {
	switch v := v.(type) {
	case nil:
		return parquet.NullValue(), nil
	case string:
		return parquet.ByteArrayValue([]byte(v)), nil
	case float64:
		return parquet.DoubleValue(v), nil
	case uint64:
		return parquet.Int64Value(int64(v)), nil //nolint:gosec // the bits are those of the unsigned number
	case bool:
		return parquet.BooleanValue(v), nil
	}
	return parquet.Value{}, fmt.Errorf("no Parquet type for %T", v)
}
