package service

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 2.8: while traffic moves, blue and green stand beside each other in full.
func TestBlueAndGreenStandBesideEachOther(t *testing.T) {
	for _, r := range []struct {
		newest                              Counts
		old                                 []Counts
		launch                              bool
		start                               int
		restart, stopUnhealthy, stopHealthy []int
		why                                 string
	}{
		{Counts{}, []Counts{{Want: 4, Live: 4, Healthy: 4}}, true, 4, []int{0}, []int{0}, []int{0}, "green starts in full"},
		{Counts{}, []Counts{{Want: 4, Live: 4, Healthy: 4}}, false, 0, []int{0}, []int{0}, []int{0}, "it has failed"},
		{Counts{Live: 4, Healthy: 4}, []Counts{{Want: 4, Live: 4, Healthy: 4}}, true, 0, []int{0}, []int{0}, []int{0}, "nobody makes way"},
		{Counts{Live: 4, Healthy: 4}, []Counts{{Want: 4, Live: 2, Healthy: 2}}, true, 0, []int{2}, []int{0}, []int{0}, "what blue loses it gets back"},
		{Counts{Live: 4, Healthy: 4}, []Counts{{Want: 4, Live: 2, Healthy: 2, Leaving: 1}}, true, 0, []int{1}, []int{0}, []int{0}, "as there is room"},
		{Counts{Live: 2, Healthy: 2}, []Counts{{Want: 4, Live: 3, Healthy: 3, Leaving: 1}}, true, 1, []int{1}, []int{0}, []int{0}, "blue first"},
		{Counts{Live: 2}, []Counts{{Want: 4, Live: 4, Healthy: 4}, {Live: 2, Healthy: 1}}, true, 0, []int{0, 0}, []int{0, 1}, []int{0, 1}, "an older green goes"},
		{Counts{Live: 2}, []Counts{{Want: 4, Live: 4, Healthy: 4}, {Live: 2, Healthy: 2, Protected: 1}}, true, 0, []int{0, 0}, []int{0, 0}, []int{0, 1}, "unless it is protected"},
		{Counts{Live: 4, Healthy: 4}, []Counts{{Want: 4, Live: 4, Healthy: 3}}, true, 0, []int{0}, []int{0}, []int{0}, "what starts is left to start"},
		{Counts{Live: 3, Healthy: 3}, []Counts{{Want: 4, Live: 4, Healthy: 3, Leaving: 3}}, true, 0, []int{0}, []int{0}, []int{0}, "no room"},
	} {
		m := Beside(4, 8, r.newest, r.old, r.launch)
		require.Equal(t, Move{Start: r.start, Restart: r.restart, StopUnhealthy: r.stopUnhealthy, StopHealthy: r.stopHealthy}, m, r.why)
	}
}
