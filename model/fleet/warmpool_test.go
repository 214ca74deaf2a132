package fleet

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 3.6.
func TestSizeOfAWarmPool(t *testing.T) {
	for name, row := range map[string]struct {
		pool             Pool
		maximum, desired int
		size             int
	}{
		"the maximum less what is desired":    {Pool{Prepared: -1}, 10, 4, 6},
		"what is to be prepared":              {Pool{Prepared: 6}, 10, 4, 2},
		"nothing is left to be prepared":      {Pool{Prepared: 6}, 10, 8, 0},
		"at least the minimum":                {Pool{Min: 3, Prepared: 6}, 10, 4, 3},
		"the minimum, however many there are": {Pool{Min: 3, Prepared: -1}, 10, 10, 3},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, row.size, row.pool.PoolSize(row.maximum, row.desired)) })
	}
}
