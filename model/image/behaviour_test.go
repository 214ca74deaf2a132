package image

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 1.6: the table of ECS_IMAGE_PULL_BEHAVIOR.
func TestPullBehaviour(t *testing.T) {
	for _, c := range []struct {
		behaviour                                 Behaviour
		absent, baked, pulled                     bool // whether the registry is asked
		fallsBack, fallsBackWithoutImage, cleanUp bool
	}{
		{behaviour: Default, absent: true, baked: true, pulled: true, fallsBack: true, cleanUp: true},
		{behaviour: Always, absent: true, baked: true, pulled: true, cleanUp: true},
		{behaviour: Once, absent: true, baked: true, cleanUp: true},
		{behaviour: PreferCached, absent: true},
	} {
		t.Run(c.behaviour.String(), func(t *testing.T) {
			require.Equal(t, c.absent, Remote(c.behaviour, false, false), "an image that is not there")
			require.Equal(t, c.baked, Remote(c.behaviour, true, false), "an image that came with the AMI")
			require.Equal(t, c.pulled, Remote(c.behaviour, true, true), "an image that was pulled before")
			require.Equal(t, c.fallsBack, FallsBack(c.behaviour, true))
			require.Equal(t, c.fallsBackWithoutImage, FallsBack(c.behaviour, false))
			require.Equal(t, c.cleanUp, CleansUp(c.behaviour))
		})
	}
}
