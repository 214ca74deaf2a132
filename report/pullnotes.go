package report

import (
	"cmp"
	"fmt"
	"slices"
)

// Pulls that took less are not worth a note; nor are more images than a few.
const (
	longPull   = 30 // seconds
	shownPulls = 3
)

// notePulls tells of images for which tasks waited long: the wait of a task does not say by itself what it waited for.
func (s *Summary) notePulls(note func(string, ...any)) {
	slow := slices.DeleteFunc(slices.Clone(s.Images), func(i ImageSummary) bool { return i.Pulls == 0 || i.Max < longPull })
	slices.SortStableFunc(slow, func(a, b ImageSummary) int {
		return cmp.Compare(b.Mean*float64(b.Pulls), a.Mean*float64(a.Pulls))
	})
	for _, i := range slow[:min(len(slow), shownPulls)] {
		note("%s of %s moved %s and took %s on average, at most %s", plural(i.Pulls, "pull"), i.Image, volume(i.Bytes), spanOf(i.Mean), spanOf(i.Max))
	}
}

// volume is an amount of data in decimal units, as registries count: "40 GB".
func volume(bytes int64) string {
	x, unit := float64(bytes), 0
	for x >= 999.5 && unit < 4 {
		x, unit = x/1000, unit+1
	}
	return fmt.Sprintf("%.3g %s", x, [...]string{"B", "kB", "MB", "GB", "TB"}[unit])
}
