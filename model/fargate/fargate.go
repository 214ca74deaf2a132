// Package fargate models what limits Fargate launches: the account's vCPU quota. Sizes and prices are in the catalog; the
// launch rate is a sim.TokenBucket.
//
// In flow launches and ends; out flows whether a launch may happen. The package schedules nothing.
//
// Source: ECS developer guide, "Service quotas" (vCPUs that run concurrently).
package fargate

import "fmt"

// VCPUQuota counts CPU units of running tasks against the account's quota.
type VCPUQuota struct {
	limit int64 // units; 0 does not bind
	used  int64
}

// NewVCPUQuota returns a quota of so many vCPUs; 0 does not bind.
func NewVCPUQuota(vcpus float64) *VCPUQuota {
	return &VCPUQuota{limit: int64(vcpus * 1024)}
}

// HasRoom reports whether so many units could be taken now.
func (q *VCPUQuota) HasRoom(units int64) bool {
	return q.limit == 0 || q.used+units <= q.limit
}

// Take reserves CPU units and reports whether the quota allowed it.
func (q *VCPUQuota) Take(units int64) bool {
	if !q.HasRoom(units) {
		return false
	}
	q.used += units
	return true
}

// Return gives units back. More than were taken is a bug.
func (q *VCPUQuota) Return(units int64) {
	if q.used < units {
		panic(fmt.Sprintf("fargate: %d CPU units come back, but only %d are taken", units, q.used))
	}
	q.used -= units
}

// Used is the number of CPU units taken.
func (q *VCPUQuota) Used() int64 { return q.used }
