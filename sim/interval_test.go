package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMeanIntervalByTheTable(t *testing.T) {
	mean, low, high, ok := MeanInterval([]float64{1, 2, 3, 4, 5})
	assert.True(t, ok)
	assert.Equal(t, 3.0, mean)
	half := 2.776445 * 1.5811388 / 2.2360680 // t(0.975, 4), sd, √5
	assert.InDelta(t, 3-half, low, 1e-6)
	assert.InDelta(t, 3+half, high, 1e-6)

	mean, low, high, ok = MeanInterval([]float64{7, 7})
	assert.True(t, ok)
	assert.Equal(t, []float64{7, 7, 7}, []float64{mean, low, high})
}

func TestMeanIntervalNeedsTwoResults(t *testing.T) {
	mean, low, high, ok := MeanInterval([]float64{7})
	assert.False(t, ok)
	assert.Equal(t, []float64{7, 7, 7}, []float64{mean, low, high})
	_, _, _, ok = MeanInterval(nil)
	assert.False(t, ok)
}
