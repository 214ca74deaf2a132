package image

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDefaultLayers(t *testing.T) {
	require.Equal(t, []Layer{
		{ID: "app:1#1", Size: 400, Unpacked: 1100},
		{ID: "app:1#2", Size: 300, Unpacked: 825},
		{ID: "app:1#3", Size: 200, Unpacked: 550},
		{ID: "app:1#4", Size: 100, Unpacked: 275},
	}, DefaultLayers("app:1", 1000))
	require.Empty(t, DefaultLayers("scratch", 0))
	require.Empty(t, DefaultLayers("scratch", -1))
	require.Equal(t, []Layer{{ID: "a#4", Size: 7, Unpacked: 19}}, DefaultLayers("a", 7))
}

// The layers add up to the size, unpack to 2.5 to 3 times as much, and belong to one image.
func TestDefaultLayersProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "size")
		img := Image{Layers: DefaultLayers("a:1", size)}
		if img.Size() != size {
			t.Fatalf("%d bytes, want %d", img.Size(), size)
		}
		for _, l := range img.Layers {
			if ratio := float64(l.Unpacked) / float64(l.Size); l.Size > 10 && (ratio < 2.5 || ratio > 3) {
				t.Fatalf("layer %+v unpacks to %v times its size", l, ratio)
			}
			if (&Image{Layers: DefaultLayers("a:2", size)}).has(l.ID) {
				t.Fatalf("layer %s is another image's too", l.ID)
			}
		}
	})
}
