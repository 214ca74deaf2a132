package image

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// op is one pull of a random history.
type op struct {
	begin, fixed, cancel time.Duration // cancel 0: never
	img                  *Image
	reg                  *Registry
	slow                 float64
}

// drawSpeed draws a machine; its rates are round, so that what happens at one instant in the reference does so here.
func drawSpeed(t *rapid.T) Speed {
	return Speed{
		Network: float64(rapid.SampledFrom([]int{10, 60, 100}).Draw(t, "network")) * mb,
		Unpack:  float64(rapid.SampledFrom([]int{0, 20, 50}).Draw(t, "unpack")) * mb,
	}
}

// drawOps draws pulls of images that share layers, in the order of their Begin.
func drawOps(t *rapid.T, capped bool) []op {
	var layers []Layer
	for n := range rapid.IntRange(1, 6).Draw(t, "layers") {
		layers = append(layers, Layer{
			ID:       fmt.Sprint("l", n),
			Size:     rapid.Int64Range(0, 200).Draw(t, "size") * mb,
			Unpacked: rapid.Int64Range(0, 400).Draw(t, "unpacked") * mb,
		})
	}
	var images []*Image
	for n := range rapid.IntRange(1, 4).Draw(t, "images") {
		img := &Image{Name: fmt.Sprint("i", n), Lazy: rapid.IntRange(0, 3).Draw(t, "lazy") == 0}
		for _, k := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(layers)-1), 1, len(layers), rapid.ID[int]).Draw(t, "of") {
			img.Layers = append(img.Layers, layers[k])
		}
		images = append(images, img)
	}
	var ops []op
	begin := time.Duration(0)
	for range rapid.IntRange(1, 7).Draw(t, "pulls") {
		begin += time.Duration(rapid.IntRange(0, 4000).Draw(t, "gap")) * time.Millisecond
		o := op{begin: begin, img: rapid.SampledFrom(images).Draw(t, "image"), reg: anywhere, slow: 1}
		o.fixed = time.Duration(rapid.IntRange(0, 2000).Draw(t, "fixed")) * time.Millisecond
		if capped {
			o.reg = &Registry{Rate: float64(rapid.SampledFrom([]int{0, 0, 5, 20, 40}).Draw(t, "rate")) * mb}
			o.slow = rapid.SampledFrom([]float64{1, 1, 2, 5}).Draw(t, "slow")
		}
		if rapid.IntRange(0, 4).Draw(t, "cancelled") == 0 {
			o.cancel = begin + time.Duration(rapid.IntRange(1, 10_000).Draw(t, "after"))*time.Millisecond
		}
		ops = append(ops, o)
	}
	return ops
}

// outcome is what became of a pull.
type outcome struct {
	at      time.Duration // completion; -1 for none
	fetched int64
}

// history is what became of all, and for how long anything was fetched.
type history struct {
	outcomes []outcome
	busy     time.Duration
}

// play carries the operations out on a host. It stops at every event, and at the instants of looks too.
func play(speed Speed, ops []op, looks []time.Duration) history {
	h := NewHost(speed, true)
	result := history{outcomes: make([]outcome, len(ops))}
	pulls := make([]*Pull, len(ops))
	var stops []time.Duration
	for n, o := range ops {
		result.outcomes[n].at = -1
		stops = append(stops, o.begin)
		if o.cancel > 0 {
			stops = append(stops, o.cancel)
		}
	}
	stops = append(append(stops, looks...), math.MaxInt64)
	slices.Sort(stops)
	advance := func(to time.Duration) {
		if slices.ContainsFunc(h.pulls, func(p *Pull) bool { return p.layer != nil }) {
			result.busy += to - h.now
		}
		last := -1
		for _, p := range h.Advance(to) {
			n := slices.Index(pulls, p)
			if n <= last {
				panic("not in the order of Begin")
			}
			last, result.outcomes[n].at = n, to
		}
	}
	for _, stop := range slices.Compact(stops) {
		for next := h.Next(); next >= 0 && next <= stop; next = h.Next() {
			advance(next)
		}
		if stop == math.MaxInt64 {
			break
		}
		advance(stop)
		for n, o := range ops {
			if o.begin == stop {
				pulls[n] = h.Begin(stop, o.img, o.reg, Always, o.fixed, o.slow)
			}
		}
		for n, o := range ops {
			if o.cancel > 0 && o.cancel == stop {
				h.Cancel(stop, pulls[n])
			}
		}
	}
	for n, p := range pulls {
		result.outcomes[n].fetched = p.Fetched
	}
	return result
}

// The incremental floating-point form agrees with the obvious one in fractions, to a microsecond: a cancellation may
// round a byte.
func TestHostAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		speed, ops := drawSpeed(t), drawOps(t, true)
		got := play(speed, ops, nil)
		for n, want := range pullAll(speed, ops) {
			at := -1.0
			if want.at != nil {
				at, _ = want.at.Float64()
				at *= float64(time.Second)
			}
			if math.Abs(float64(got.outcomes[n].at)-at) > float64(2*time.Microsecond) {
				t.Errorf("pull %d completes at %d, want %.1f", n, got.outcomes[n].at, at)
			}
			if fetched, _ := want.fetched.Float64(); math.Abs(float64(got.outcomes[n].fetched)-fetched) > 2 {
				t.Errorf("pull %d fetched %d bytes, want %.1f", n, got.outcomes[n].fetched, fetched)
			}
		}
	})
}

// Looking changes nothing, to the last nanosecond.
func TestLookingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		speed, ops := drawSpeed(t), drawOps(t, true)
		looks := rapid.SliceOf(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "look"))
		})).Draw(t, "looks")
		plain, looked := play(speed, ops, nil), play(speed, ops, looks)
		if !slices.Equal(plain.outcomes, looked.outcomes) {
			t.Fatalf("%v, but with looks %v", plain.outcomes, looked.outcomes)
		}
	})
}

// The network is never idle while a layer is fetched, never faster than itself, and no pull beats its registry. Over
// all pulls, the parts of cancelled ones included, every byte is counted.
func TestWorkIsConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		speed := drawSpeed(t)
		capped := rapid.Bool().Draw(t, "capped")
		ops := drawOps(t, capped)
		result := play(speed, ops, nil)
		bytes := 0.0
		for n, o := range ops {
			got := result.outcomes[n]
			bytes += float64(got.fetched)
			if got.at < 0 || isLazy(o.img) {
				continue
			}
			most := speed.Network
			if o.reg.Rate > 0 {
				most = min(most, o.reg.Rate)
			}
			least := o.begin + o.fixed + time.Duration(float64(got.fetched)/most*o.slow*float64(time.Second))
			if got.at < least-time.Microsecond {
				t.Errorf("pull %d of %d bytes completes at %s, not before %s is possible", n, got.fetched, got.at, least)
			}
		}
		carried := speed.Network * result.busy.Seconds()
		// Every event may round half a nanosecond, every cancellation a byte.
		slack := speed.Network*100e-9 + float64(len(ops))
		if bytes > carried+slack || !capped && bytes < carried-slack {
			t.Errorf("%.0f bytes in %s at %.0f bytes a second", bytes, result.busy, speed.Network)
		}
	})
}
