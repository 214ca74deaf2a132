package report

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/scaling"
	"ecssim/sim"
)

func TestThePictureOfScalingShowsWhatWasRecorded(t *testing.T) {
	r := surge(t)
	s := scalingPicture(r, "sub")
	require.Len(t, s.Services, 1)
	web := s.Services[0]
	assert.Equal(t, []float64{245}, web.Outs)
	assert.Equal(t, []float64{1680}, web.Ins)
	assert.Equal(t, []float64{4, 8}, []float64{web.Min, web.Max})
	assert.Equal(t, "requests/s", web.Unit)
	require.Len(t, web.Metrics, 1)
	near(t, 50, web.Metrics[0].Target)
	near(t, 100, web.Metrics[0].Values[0].Mean)
	require.Len(t, s.Groups, 1)
	assert.Equal(t, []float64{365}, s.Groups[0].Outs)
	near(t, 4, s.Groups[0].Max)
	near(t, 100, s.Groups[0].Target)
	lags := lagsPicture(r, "sub")
	require.Len(t, lags.Rows, 1)
	assert.Equal(t, []float64{240, 5, 125, 60, 5, 10, 1, 15}, lags.Rows[0].Seconds)
	assert.Equal(t, "web at 00:00:00, 4 to 8", lags.Rows[0].Label)
	drawn, err := pictures(r, Summarise(Set{Records: []*Record{r}}))
	require.NoError(t, err)
	var names []string
	for _, p := range drawn {
		names = append(names, p.name)
		var b bytes.Buffer
		require.NoError(t, p.picture.SVG(&b))
		assert.NotContains(t, b.String(), "NaN", p.name)
	}
	assert.Subset(t, names, []string{"scaling", "lags"})
}

// Nothing may keep a run from being drawn: without a minute of load, a decision or an instance.
func TestAnEmptyRunIsDrawn(t *testing.T) {
	cfg := surgeConfig(t)
	cfg.Services[0].Scaling.Policies = []scaling.Policy{
		{Metric: scaling.CPUUtilization, Target: 50}, {Metric: scaling.CPUUtilization, Target: 60},
		{Metric: scaling.MemoryUtilization, Step: &scaling.StepScaling{Alarm: scaling.AlarmConfig{Threshold: 7}}},
	}
	for _, end := range []time.Duration{0, time.Second, time.Hour} {
		s := newScript(t, cfg, 1, RecorderOptions{})
		if end > time.Minute {
			s.at(time.Minute).minute("web", model.LoadMinute{CPU: 1, Memory: 2, Requests: -1})
		}
		r := s.end(end, sim.Reached)
		_, err := pictures(r, Summarise(Set{Records: []*Record{r}}))
		require.NoError(t, err)
		if end == time.Hour {
			m := scalingPicture(r, "").Services[0].Metrics
			require.Len(t, m, 2)
			assert.Equal(t, []float64{60}, m[0].Thresholds)
			assert.Equal(t, []float64{7}, m[1].Thresholds)
		}
	}
}

func TestFilesOfScalingAreThereWhereSomethingScales(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, WriteFolder(dir, Set{Records: []*Record{surge(t)}}, FolderOptions{}))
	files := tree(t, dir)
	for _, name := range []string{"data/scaling.csv", "data/lags.csv", "decisions.ndjson", "plots/scaling.svg", "plots/scaling.png", "plots/lags.svg"} {
		assert.NotEmpty(t, files[name], name)
	}
	require.NoError(t, WriteFolder(dir, Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}}, FolderOptions{}))
	files = tree(t, dir)
	for _, name := range []string{"data/scaling.csv", "data/lags.csv", "decisions.ndjson", "plots/scaling.svg"} {
		assert.NotContains(t, files, name)
	}
}
