package image

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	mb     = 1_000_000
	gb     = 1000 * mb
	second = time.Second
)

var anywhere = &Registry{Name: "r"}

// one is an image of one layer that takes no room unpacked.
func one(id string, size int64) *Image {
	return &Image{Name: id, Layers: []Layer{{ID: id, Size: size}}}
}

// completions runs the host to its end and tells when each pull completed.
func completions(h *Host) map[*Pull]time.Duration {
	at := map[*Pull]time.Duration{}
	for next := h.Next(); next >= 0; next = h.Next() {
		for _, p := range h.Advance(next) {
			at[p] = next
		}
	}
	return at
}

// ECS rules, services 1.6: t = fixed + compressed / network + unpacked / unpack.
func TestPullTakesFixedFetchUnpack(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 50 * mb}, true)
	img := &Image{Layers: []Layer{{"a", 300 * mb, 600 * mb}, {"b", 200 * mb, 400 * mb}}}
	p := h.Begin(10*second, img, anywhere, Default, 2*second, 1)
	require.True(t, p.Asked)
	require.Equal(t, (10+2+5+20)*second, completions(h)[p])
	require.Equal(t, int64(500*mb), p.Fetched)
	require.True(t, h.Has(img))
	again := h.Begin(100*second, img, anywhere, Default, 2*second, 1)
	require.Equal(t, 102*second, completions(h)[again], "unchanged layers come from the cache: only a manifest check")
	require.Zero(t, again.Fetched)
	for _, b := range []Behaviour{Once, PreferCached} {
		again = h.Begin(200*second, img, anywhere, b, 2*second, 1)
		require.False(t, again.Asked)
		require.Equal(t, 200*second, completions(h)[again], "%s does not ask", b)
	}
	require.Equal(t, time.Duration(-1), h.Next())
}

func TestPullsShareTheNetwork(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb}, true)
	a := h.Begin(0, one("a", 2*gb), anywhere, Default, 0, 1)
	b := h.Begin(0, one("b", 2*gb), anywhere, Default, 0, 1)
	at := completions(h)
	require.Equal(t, 40*second, at[a], "each sees half")
	require.Equal(t, 40*second, at[b])

	h = NewHost(Speed{Network: 100 * mb}, true)
	a = h.Begin(0, one("a", 2*gb), anywhere, Default, 0, 1)
	b = h.Begin(10*second, one("b", 500*mb), anywhere, Default, 0, 1)
	at = completions(h)
	require.Equal(t, 20*second, at[b], "500 MB at half the rate")
	require.Equal(t, 25*second, at[a], "1 GB alone, 500 MB at half, the last 500 MB alone again")
}

func TestRegistryRateCapsOnePull(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb}, true)
	capped := h.Begin(0, one("a", 200*mb), &Registry{Rate: 20 * mb}, Default, 0, 1)
	free := h.Begin(0, one("b", 800*mb), anywhere, Default, 0, 1)
	slow := h.Begin(0, one("c", 50*mb), &Registry{Rate: 50 * mb}, Default, 0, 10)
	at := completions(h)
	require.Equal(t, 10*second, at[capped])
	require.Equal(t, 10*second, at[slow], "50 MB/s divided by 10")
	// 75 MB/s are left for 10 s, then all.
	require.Equal(t, 10*second+second/2, at[free])
}

func TestSlowPullWithoutRate(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb}, true)
	p := h.Begin(0, one("a", 100*mb), anywhere, Default, 0, 4)
	require.Equal(t, 4*second, completions(h)[p])
}

func TestSharedLayersAreFetchedOnce(t *testing.T) {
	base := Layer{"base", 400 * mb, 800 * mb}
	a := &Image{Layers: []Layer{base, {"a", 100 * mb, 200 * mb}}}
	b := &Image{Layers: []Layer{base, {"b", 200 * mb, 400 * mb}}}
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	first := h.Begin(0, a, anywhere, Default, 0, 1)
	second := h.Begin(0, b, anywhere, Default, 0, 1)
	at := completions(h)
	// Base at 50 MB/s beside b, which is there at 4 s; base at 6 s. The second pull has all it needs and unpacks base and
	// b until 18 s. The first goes on with layer a until 7 s, unpacks it until 9 s and waits for base, there at 14 s.
	require.Equal(t, 14*time.Second, at[first])
	require.Equal(t, 18*time.Second, at[second])
	require.Equal(t, int64(700*mb), first.Fetched+second.Fetched)
	require.True(t, h.Has(a) && h.Has(b))
	both := &Image{Layers: []Layer{a.Layers[1], b.Layers[1]}}
	require.True(t, h.Has(both), "an image of layers that are there")
	third := h.Begin(20*time.Second, both, anywhere, Default, time.Second, 1)
	require.Equal(t, 21*time.Second, completions(h)[third])
}

func TestPullsOfOneImageEndTogether(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	img := &Image{Layers: []Layer{{"x", 100 * mb, 100 * mb}, {"y", 100 * mb, 100 * mb}}}
	var pulls []*Pull
	for range 5 {
		pulls = append(pulls, h.Begin(0, img, anywhere, Default, second, 1))
	}
	require.Empty(t, h.Advance(5*second-1))
	require.Equal(t, pulls, h.Advance(5*second), "in the order of their Begin")
}

// ECS rules, services 1.6: Fargate has no cache across tasks; the containers of one share the machine.
func TestFargateAlwaysAsks(t *testing.T) {
	img := one("a", 100*mb)
	for range 2 {
		task := NewHost(Speed{Network: 100 * mb}, false)
		first := task.Begin(0, img, anywhere, PreferCached, second, 1)
		require.Equal(t, 2*second, completions(task)[first])
		sidecar := task.Begin(10*second, img, anywhere, PreferCached, second, 1)
		require.Equal(t, 11*second, completions(task)[sidecar])
		require.Zero(t, task.Clean(100*time.Hour, func(*Image) bool { return false }))
	}
}

// Remote tells an image of the AMI from one that was pulled.
func TestPreloadedImage(t *testing.T) {
	img := one("a", 100*mb)
	for b, asked := range map[Behaviour]bool{Default: true, Always: true, Once: true, PreferCached: false} {
		h := NewHost(Speed{Network: 100 * mb}, true)
		h.Preload(img)
		require.True(t, h.Has(img))
		require.False(t, h.Pulled(img))
		require.Zero(t, h.Clean(100*time.Hour, func(*Image) bool { return false }), "no task has used it")
		p := h.Begin(100*time.Hour, img, anywhere, b, second, 1)
		require.Equal(t, asked, p.Asked, "%s", b)
		h.Advance(101 * time.Hour)
		require.Zero(t, p.Fetched)
		require.Equal(t, asked, h.Pulled(img))
		require.Panics(t, func() { h.Preload(img) })
	}
}

func TestLazyImageStartsEarly(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 50 * mb}, false)
	img := &Image{Lazy: true, Layers: []Layer{{"a", 600 * mb, gb}, {"b", 400 * mb, gb}}}
	p := h.Begin(0, img, anywhere, Default, second, 1)
	other := h.Begin(0, one("o", 100*mb), anywhere, Default, second, 1)
	at := completions(h)
	require.Equal(t, second+1280*time.Millisecond, at[p], "64 MB at half the rate; nothing is unpacked")
	require.Equal(t, 3*second, at[other], "the rest of the lazy image takes its share")
	require.Equal(t, 12*second, h.now, "all of both images at the full rate")
	require.Equal(t, int64(gb), p.Fetched)
	require.True(t, h.Has(img))

	h = NewHost(Speed{Network: 100 * mb, Unpack: 50 * mb}, false)
	small := &Image{Lazy: true, Layers: []Layer{{"s", 250 * mb, 500 * mb}}}
	p = h.Begin(0, small, anywhere, Default, 0, 1)
	require.Equal(t, 12500*time.Millisecond, completions(h)[p], "an index helps above 250 MB only")
}

func TestCancelEndsTheBackgroundOfALazyPull(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb}, true)
	img := &Image{Lazy: true, Layers: []Layer{{ID: "a", Size: 600 * mb}, {ID: "b", Size: 400 * mb}}}
	p := h.Begin(0, img, anywhere, Default, 0, 1)
	require.Len(t, h.Advance(2*second), 1)
	require.Equal(t, int64(64*mb), p.Fetched)
	h.Cancel(7*second, p)
	require.Equal(t, int64(700*mb), p.Fetched)
	require.Equal(t, time.Duration(-1), h.Next())
	require.False(t, h.Has(img) || h.Pulled(img))
	h.Begin(10*second, img, anywhere, Default, 0, 1)
	completions(h)
	require.Equal(t, 14*second, h.now, "layer a stayed, the part of b did not")
	require.True(t, h.Has(img) && h.Pulled(img))
}

func TestCancelDropsWhatNobodyElseFetches(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	img := &Image{Layers: []Layer{{"a", 100 * mb, 300 * mb}, {"b", 400 * mb, 100 * mb}}}
	p := h.Begin(0, img, anywhere, Default, 0, 1)
	h.Cancel(3*second, p)
	require.Equal(t, int64(300*mb), p.Fetched, "200 MB of them in vain")
	require.Empty(t, h.Advance(3*second))
	require.False(t, h.Has(img) || h.Pulled(img))
	again := h.Begin(10*second, img, anywhere, Default, 0, 1)
	require.Equal(t, 18*second, completions(h)[again], "a was there but not unpacked; b comes anew")
	require.Equal(t, int64(400*mb), again.Fetched)
	h.Cancel(20*second, again)
	require.True(t, h.Has(img), "a pull that is over is left alone")
}

func TestCancelHandsALayerOn(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	img := &Image{Layers: []Layer{{"a", 400 * mb, 200 * mb}}}
	first := h.Begin(0, img, anywhere, Default, 0, 1)
	waits := h.Begin(second, img, anywhere, Default, 0, 1)
	h.Cancel(3*second, first)
	require.Equal(t, 6*second, completions(h)[waits], "the 300 MB that are there are not fetched again")
	require.Equal(t, []int64{300 * mb, 100 * mb}, []int64{first.Fetched, waits.Fetched})
}

func TestCancelHandsUnpackingOn(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	img := &Image{Layers: []Layer{{"a", 100 * mb, 200 * mb}, {"b", 100 * mb, 400 * mb}}}
	first := h.Begin(0, img, anywhere, Default, 0, 1)
	waits := h.Begin(0, img, anywhere, Default, 0, 1)
	h.Cancel(5*second, first)
	require.Equal(t, 9*second, completions(h)[waits], "a was unpacked at 4 s; b is begun anew at 5 s")
}

func TestCancelHandsUnpackingOnToABusyPull(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb, Unpack: 100 * mb}, true)
	a := Layer{"a", 100 * mb, 1000 * mb}
	first := h.Begin(0, &Image{Layers: []Layer{a}}, anywhere, Default, 0, 1)
	waits := h.Begin(0, &Image{Layers: []Layer{a, {"c", 100 * mb, 400 * mb}}}, anywhere, Default, 0, 1)
	h.Cancel(3*second, first)
	require.Equal(t, 16*second, completions(h)[waits], "it unpacks c from 2 to 6 s, then a")
}

// A pull that completes at the instant of its cancellation is cancelled.
func TestCancelAtCompletion(t *testing.T) {
	h := NewHost(Speed{Network: 100 * mb}, true)
	img := one("a", 100*mb)
	p := h.Begin(0, img, anywhere, Default, 0, 1)
	h.Cancel(second, p)
	require.Empty(t, h.Advance(second))
	require.True(t, h.Has(img))
	require.PanicsWithValue(t, "image: a host at 1s is moved back to 0s", func() { h.Advance(0) })
}

func TestInfinitelyFast(t *testing.T) {
	h := NewHost(Speed{}, true)
	a := h.Begin(0, one("a", gb), anywhere, Default, 0, 1)
	b := h.Begin(0, one("b", gb), &Registry{Rate: 100 * mb}, Default, 0, 1)
	c := h.Begin(0, one("c", gb), anywhere, Default, 0, 1)
	at := completions(h)
	require.Equal(t, []time.Duration{0, 10 * second, 0}, []time.Duration{at[a], at[b], at[c]})
}
