package plot

import (
	"testing"
)

// BenchmarkRun draws what a run of a day asks for: two pictures, two formats.
func BenchmarkRun(b *testing.B) {
	for range b.N {
		u, err := DrawUtilisation(dayCase())
		if err != nil {
			b.Fatal(err)
		}
		f, err := DrawFailures(dayFailures())
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range []Picture{u, f} {
			pngOf(b, p)
			svgOf(b, p)
		}
	}
}
