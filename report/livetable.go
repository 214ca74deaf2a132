package report

import (
	"time"

	"ecssim/model"
)

// liveTask is what must be remembered of a service's task from its placement to its stop.
type liveTask struct {
	key int64 // serial + 1; 0 where the place is empty
	// cause is the event that last told of its health, 0 without one.
	cause   int64
	status  model.Status // in which it is counted
	running bool
	healthy bool // counted as healthy
	served  bool // has been healthy, or RUNNING where nobody checks

	// awaited is since when it waited for capacity, up when it was first RUNNING or ACTIVATING; Never where that has not
	// happened.
	awaited, up time.Duration
}

// liveTable finds tasks by serial: a hash table with linear probing, since a map would allocate while tasks come and
// go. The tasks of jobs are not in it.
type liveTable struct {
	slots []liveTask // a power of two
	count int
}

// home is where a key belongs, if nobody else is there.
func (l *liveTable) home(key int64) int {
	return int(uint64(key)*0x9e3779b97f4a7c15>>32) & (len(l.slots) - 1)
}

// add makes room for a task and returns its place, which is valid until the next add or remove.
func (l *liveTable) add(serial int64) *liveTask {
	if 4*(l.count+1) > 3*len(l.slots) {
		l.grow()
	}
	l.count++
	e := l.find(serial + 1)
	*e = liveTask{
		key: serial + 1, status: model.NumStatuses, awaited: model.Never, up: model.Never,
	}
	return e
}

// lookup finds a task that was added, or nil.
func (l *liveTable) lookup(serial int64) *liveTask {
	if l.count > 0 {
		if e := l.find(serial + 1); e.key != 0 {
			return e
		}
	}
	return nil
}

// of finds a task that must be there.
func (l *liveTable) of(serial int64) *liveTask {
	if e := l.lookup(serial); e != nil {
		return e
	}
	panic("report: told of a task that was never placed, or has stopped")
}

// find is the place of a key, or the empty place where it would be.
func (l *liveTable) find(key int64) *liveTask {
	at := l.home(key)
	for l.slots[at].key != 0 && l.slots[at].key != key {
		at = (at + 1) & (len(l.slots) - 1)
	}
	return &l.slots[at]
}

// remove forgets a task, and returns what was known of it. Those behind it move up, so that no search stops too early.
func (l *liveTable) remove(serial int64) (was liveTask) {
	mask := len(l.slots) - 1
	hole := l.home(serial + 1)
	for l.slots[hole].key != serial+1 {
		if l.slots[hole].key == 0 {
			panic("report: told of the stop of a task that was never placed, or has stopped")
		}
		hole = (hole + 1) & mask
	}
	was = l.slots[hole]
	for at := (hole + 1) & mask; l.slots[at].key != 0; at = (at + 1) & mask {
		if home := l.home(l.slots[at].key); (at-home)&mask >= (at-hole)&mask {
			l.slots[hole] = l.slots[at]
			hole = at
		}
	}
	l.slots[hole] = liveTask{}
	l.count--
	return was
}

func (l *liveTable) grow() {
	old := l.slots
	l.slots = make([]liveTask, max(16, 2*len(old)))
	for i := range old {
		if old[i].key != 0 {
			*l.find(old[i].key) = old[i]
		}
	}
}
