package model

import (
	"iter"
	"time"

	"ecssim/model/fleet"
	"ecssim/model/image"
	"ecssim/model/placement"
)

// cluster is one ECS cluster: its instances, and who asks for them.
type cluster struct {
	name  string
	index placement.Index
	// daemons are the DAEMON services, which get a new instance before anybody else.
	daemons []*scheduler
	// draining counts its DRAINING instances.
	draining int
	// provisioning counts the tasks that wait for capacity in PROVISIONING, awaiting are the standalone ones of them in
	// order. serving: those are about to be tried.
	provisioning int
	awaiting     []*Task
	serving      bool
}

// machine is the World's side of an instance: what its agent does.
type machine struct {
	world    *World
	instance *fleet.Instance
	cluster  *cluster
	berth    *berth
	fleet    *Fleet
	// waiting are tasks that the agent has not accepted: in order of arrival, the first blocks the others (ECS rules,
	// placement 4.4).
	waiting []*Task
	// unheard are orders to stop that a disconnected agent has not got.
	unheard []*Task
	// disconnected counts the reasons why the agent is not connected.
	disconnected int
	// drains counts the reasons why the instance is DRAINING.
	drains int
	host   *image.Host
	pulls  pullClock
	// using counts, by image, the tasks that need it; left is when that changed last.
	using []int
	left  []time.Duration
}

// index is where a task is placed.
func (w *World) index(t *Task) *placement.Index { return &w.clusters[t.Placing.Cluster].index }

// allInstances yields the registered instances, cluster by cluster.
func (w *World) allInstances() iter.Seq[*fleet.Instance] {
	return func(yield func(*fleet.Instance) bool) {
		for _, c := range w.clusters {
			for _, i := range c.index.Instances() {
				if !yield(i) {
					return
				}
			}
		}
	}
}
