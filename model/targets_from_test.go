package model_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
)

// steps writes down how targets go from state to state.
type steps struct {
	model.Unheard
	last  map[int64]balance.State
	wrong []model.TargetChange
}

func (s *steps) TargetChanged(_ time.Duration, c model.TargetChange) {
	if c.From != s.last[c.Number] {
		s.wrong = append(s.wrong, c)
	}
	s.last[c.Number] = c.To
}

// Each change of a target begins where the last one ended, also where it goes without draining.
func TestTargetsGoOnFromWhereTheyWere(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Minute} {
		cfg := behindALB(t, 2)
		cfg.TargetGroups[0].DeregistrationDelay = delay
		rollout(cfg, 10*time.Minute)
		s := &steps{last: map[int64]balance.State{1: balance.Unused, 2: balance.Unused, 3: balance.Unused, 4: balance.Unused}}
		run(t, cfg, 1, s)
		require.Len(t, s.last, 4)
		require.Empty(t, s.wrong)
	}
}
