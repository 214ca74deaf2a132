package report

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever the cells hold, encoding/csv reads back what was written; instants are the decimal number of their seconds.
func TestCSVLineIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune("ab ,\"\nµ/"))), 1, 5).Draw(t, "cells")
		at := time.Duration(rapid.Int64Range(-1, 1<<56).Draw(t, "at"))
		var line csvLine
		var out strings.Builder
		line.begin()
		line.texts(want...)
		line.seconds(at)
		line.decimal(1.50, 3)
		line.numbered("web", 7)
		require.NoError(t, line.end(&out))
		got, err := csv.NewReader(strings.NewReader(out.String())).Read()
		require.NoError(t, err)
		exact := ""
		if at >= 0 {
			exact = decimal(at.Round(time.Microsecond).Seconds(), 6)
		}
		require.Equal(t, append(want, exact, "1.5", "web/7"), got)
	})
}
