package placement

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What is explained is what was decided: the first failing test is the reason, and the stages of the strategy are the
// survivors of the obvious process.
func TestExplanationsAreWhatWasDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newDrawnWorld(t)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			w.step(t)
		}
		instances := w.index.Instances()
		for _, d := range w.demands {
			for _, i := range instances {
				failing := d.Failing(i)
				if why := d.Test(i); why == Fits {
					require.Empty(t, failing)
				} else {
					require.Equal(t, why, failing[0])
				}
				require.Len(t, slices.Compact(slices.Clone(failing)), len(failing), "no reason stands there twice")
			}
			want := Obvious(instances, d, rand.New(rand.NewPCG(1, 0)))
			if want.Chosen == nil {
				continue
			}
			stages := Stages(instances, d)
			drawn := slices.IndexFunc(d.Strategy, func(r Rule) bool { return r.Kind == Random })
			if drawn < 0 {
				require.Len(t, stages, len(d.Strategy))
			} else {
				require.Len(t, stages, drawn+1)
			}
			for n, s := range stages {
				require.Len(t, want.Survivors[n], s.After, "rule %d", n)
				require.LessOrEqual(t, s.Least, s.Most)
				if n > 0 {
					require.Equal(t, stages[n-1].After, s.Before)
				}
			}
		}
	})
}
