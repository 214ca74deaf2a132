package image

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func nobody(*Image) bool { return false }

// ECS rules, services 1.3: every 30 minutes, images of an hour and more, five at a time.
func TestCleanUp(t *testing.T) {
	h := NewHost(Speed{}, true)
	var images []*Image
	for n := range 8 {
		images = append(images, one(fmt.Sprint(n), mb))
		h.Begin(time.Duration(n)*time.Minute, images[n], anywhere, Default, 0, 1)
	}
	require.Zero(t, h.Clean(59*time.Minute, func(img *Image) bool { return img == images[0] }), "none is an hour old")
	require.Equal(t, 1, h.Clean(61*time.Minute, func(img *Image) bool { return img == images[0] }))
	require.False(t, h.Has(images[1]), "the second is an hour old, the first is in use")
	require.Equal(t, 5, h.Clean(2*time.Hour, nobody))
	for n, left := range []bool{true, false, false, false, false, false, false, true} {
		require.Equal(t, left, h.Has(images[n]), "image %d: the first was used last of all, the eighth is too many", n)
	}
	require.Equal(t, 2, h.Clean(3*time.Hour, nobody))
	require.Zero(t, h.Clean(4*time.Hour, nobody))
	require.Empty(t, h.layers)
	require.True(t, h.Begin(5*time.Hour, images[0], anywhere, Once, 0, 1).Asked, "what was cleaned up is pulled again")
}

// ECS rules, services 1.6: the cached images are what prefer-cached is for.
func TestPreferCachedIsNotCleanedUp(t *testing.T) {
	h := NewHost(Speed{}, true)
	img := one("a", mb)
	h.Begin(0, img, anywhere, PreferCached, 0, 1)
	require.Zero(t, h.Clean(100*time.Hour, nobody))
	require.True(t, h.Has(img))
}

func TestCleanUpKeepsSharedLayersAndPulls(t *testing.T) {
	h := NewHost(Speed{Network: mb}, true)
	base := Layer{ID: "base", Size: mb}
	a := &Image{Layers: []Layer{base, {ID: "a", Size: mb}}}
	b := &Image{Layers: []Layer{base, {ID: "b", Size: mb}}}
	h.Begin(0, a, anywhere, Default, 0, 1)
	h.Advance(time.Minute)
	p := h.Begin(3*time.Hour, b, anywhere, Default, 0, 1)
	require.Equal(t, 1, h.Clean(3*time.Hour, nobody))
	require.False(t, h.Has(a))
	require.Equal(t, 3*time.Hour+second, completions(h)[p], "base stayed, for the pull")
	require.True(t, h.Has(b))
	p = h.Begin(5*time.Hour, b, anywhere, Default, time.Minute, 1)
	require.Zero(t, h.Clean(5*time.Hour, nobody), "an image that is being pulled is in use")
	require.Equal(t, 5*time.Hour+time.Minute, completions(h)[p])
}

func TestImageWithoutLayers(t *testing.T) {
	h := NewHost(Speed{}, true)
	img := &Image{Name: "scratch"}
	require.False(t, h.Has(img), "nobody pulled it")
	p := h.Begin(0, img, anywhere, PreferCached, second, 1)
	require.Equal(t, second, completions(h)[p])
	require.True(t, h.Has(img))
}
