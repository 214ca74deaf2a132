package report

import (
	"time"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
)

// TaskRow is one task of the log. Instants are model.Never where they have not happened.
type TaskRow struct {
	Number                                                   int64
	Instance                                                 *fleet.Instance // nil before placement and on Fargate
	CPU, Memory                                              int64
	Created, Placed, PullStarted, Running, Stopping, Stopped time.Duration
	StoppedReason                                            string
	Owner                                                    int32 // index into Record.Owners
	Subnet                                                   int32 // index into Config.Subnets, or negative
	Attempts, ExitCode                                       int32
	Deployment, Revision                                     int32 // 0 for jobs
	Provider                                                 int32 // index into Config.CapacityProviders, or negative
	StopCode                                                 model.StopCode
	LastFailure                                              placement.Reason
	seen, givenUp                                            bool
	placing                                                  *model.Placing
}

// InstanceRow is one container instance. Instants are negative where they have not happened.
type InstanceRow struct {
	Name, Zone, Cluster, Type, Provider       string
	Launched, Registered, Drained, Terminated time.Duration
	TasksPlaced                               int64
	// PricePerHour and FeePerHour are in USD; negative if they are not known.
	Spot                     bool
	PricePerHour, FeePerHour float64
}

// PlacementRow is one placement attempt.
type PlacementRow struct {
	At       time.Duration
	Number   int64
	Instance *fleet.Instance // where it went, or the closest match; nil on Fargate
	Owner    int32
	Attempt  int32
	Subnet   int32
	Excluded int32 // index into Record.Exclusions
	Placed   bool
	Reason   placement.Reason
}

// taskLog keeps rows up to a limit. Beyond it nothing is kept and nothing costs anything.
type taskLog struct {
	limit      int64
	tasks      logRows[TaskRow] // by serial
	placements logRows[PlacementRow]
	excluded   map[[placement.NumReasons]int32]int32
	exclusions [][placement.NumReasons]int32
}

// task fills the row of a task that has come to its end, or to the end of the run.
func (e *taskLog) task(t *model.Task, owner int) {
	for int64(e.tasks.len()) <= t.Serial {
		e.tasks.add()
	}
	row := e.tasks.at(int(t.Serial))
	*row = TaskRow{
		Owner: int32(owner), Instance: t.Instance, Number: t.Number, Subnet: int32(t.Subnet), CPU: t.Demand.Needs.CPU, Memory: t.Demand.Needs.Memory,
		Created: t.Created, Placed: t.Placed, PullStarted: t.PullStarted, Running: t.Running,
		Stopping: t.Stopping, Stopped: t.Stopped, StopCode: t.StopCode, StoppedReason: t.StoppedReason,
		Attempts: int32(t.Attempts), LastFailure: t.LastReason, ExitCode: int32(t.ExitCode), seen: true, placing: placing(t), Provider: int32(t.Provider),
	}
	if d := t.Deployment; d != nil {
		row.Deployment, row.Revision = int32(d.Number), int32(d.Revision)
	}
}

func (e *taskLog) placed(now time.Duration, t *model.Task, owner int) {
	*e.placements.add() = PlacementRow{
		At: now, Owner: int32(owner), Number: t.Number, Attempt: int32(t.Attempts), Instance: t.Instance, Subnet: int32(t.Subnet),
		Placed: true, Excluded: -1,
	}
}

func (e *taskLog) failed(now time.Duration, t *model.Task, owner int, r *placement.Refusal) {
	if e.excluded == nil {
		e.excluded = map[[placement.NumReasons]int32]int32{}
	}
	id, known := e.excluded[r.ByReason]
	if !known {
		id = int32(len(e.exclusions))
		e.excluded[r.ByReason] = id
		e.exclusions = append(e.exclusions, r.ByReason)
	}
	*e.placements.add() = PlacementRow{
		At: now, Owner: int32(owner), Number: t.Number, Attempt: int32(t.Attempts), Instance: r.Closest, Subnet: -1,
		Reason: r.Reason, Excluded: id,
	}
}

func (r *Recorder) instanceRow(i *fleet.Instance, terminated time.Duration) InstanceRow {
	drained, known := r.drained[i]
	if !known {
		drained = model.Never
	}
	provider := ""
	if p := r.provider(i.Provider); p != nil {
		provider = p.name
	}
	use := r.bill.use(i, 0)
	price, fee := use.Rates()
	return InstanceRow{
		Spot: i.Spot, PricePerHour: price, FeePerHour: fee,
		Name: i.Name, Zone: i.Zone, Cluster: r.clusters[r.fleetCluster[i.Fleet]].name, Type: i.Type.Name, Provider: provider,
		Launched: i.Launched, Registered: i.Registered, Drained: drained, Terminated: terminated, TasksPlaced: i.TasksPlaced,
	}
}
