package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

// A zone goes down: two tasks are lost and start again in the other one, before the zone is back.
func TestWhereTasksGoThatLoseTheirZone(t *testing.T) {
	cfg := shopConfig(t)
	cfg.Services[0].Targets = nil
	cfg.Subnets[0].Zone, cfg.Subnets[1].Zone = "us-east-1a", "us-east-1b"
	s := newScript(t, cfg, 1, RecorderOptions{})
	a, b := s.join("main", cfg.Fleets[0].Type, 0), s.join("main", cfg.Fleets[0].Type, 1)
	first, d := s.deploy("web", 1, 1), demandOf(taskdef.Needs{CPU: 1, Memory: 1})
	start := func(i *fleet.Instance) *model.Task {
		task := s.createOf("web", first, d)
		s.place(task, i, -1)
		s.serve(task)
		return task
	}
	start(a)
	start(a)
	lost := []*model.Task{start(b), start(b)}
	s.at(time.Minute)
	outage := &model.Fault{Name: "b-down", Kind: model.ZoneOutage, Zone: "us-east-1b"}
	s.fault(outage, true)
	for _, task := range lost {
		s.leave(task, model.HostLost, "Host EC2 (instance main/2) terminated.")
		s.gone(task)
	}
	s.lose(b)
	s.at(90 * time.Second)
	start(a)
	s.at(2 * time.Minute)
	start(a)
	s.at(30*time.Minute).fault(outage, false)
	back := s.join("main", cfg.Fleets[0].Type, 1)
	s.at(31 * time.Minute)
	start(back)
	sum := Summarise(Set{Records: []*Record{s.end(time.Hour, sim.Reached)}})
	require.Len(t, sum.Faults, 1)
	m := sum.Faults[0].Impact[0]
	assert.Equal(t, map[string]ZoneSummary{"us-east-1a": {2, 2, 4}, "us-east-1b": {2, 0, 0}}, m.Zones)
	assert.EqualValues(t, 2, m.LowestRunning)
	assert.Equal(t, 60.0, *m.RecoveredAfter)
	assert.Contains(t, sum.Terminal(TerminalOptions{}), "\nb-down, web by zone: a 2 → 2 → 4, b 2 → 0 → 0\n")
	assert.Contains(t, string(sum.Markdown()), "\n\nb-down, web by zone: a 2 → 2 → 4, b 2 → 0 → 0\n")
}

func TestDeploymentsThatAreOverHaveNoHealth(t *testing.T) {
	d := DeploymentSummary{Status: "INACTIVE", RolloutState: "IN_PROGRESS"}
	assert.Equal(t, []string{"–", "–"}, []string{d.health(), d.took()})
	d.Status = "PRIMARY"
	assert.Equal(t, "0 of 0", d.health())
	end := 90.0
	d.RolloutState, d.Began, d.Ended, d.Healthy, d.Running = "FAILED", 30, &end, 1, 2
	assert.Equal(t, []string{"1 of 2", "1m"}, []string{d.health(), d.took()})
}
