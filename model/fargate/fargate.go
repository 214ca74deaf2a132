// Package fargate models what limits Fargate launches: the account's vCPU quota and its launch rate. Sizes and
// prices are in the catalog.
//
// In flow launches and ends; out flows whether and when a launch may happen. The package schedules nothing.
//
// Sources: ECS developer guide, "Fargate throttling quotas" (token bucket, burst 100, 20 a second) and "Service
// quotas" (vCPUs that run concurrently).
package fargate

import (
	"fmt"
	"time"
)

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

// LaunchRate is a token bucket, full at the start. Its state is the instant at which the bucket would be full if
// nobody took a token, so that no rounding adds up over a long run.
type LaunchRate struct {
	burst time.Duration // the time in which an empty bucket fills
	token time.Duration // the time in which one token comes
	full  time.Duration // when the bucket is full again
}

// NewLaunchRate returns a bucket of burst tokens to which rate tokens a second come. A rate of 0 does not bind.
func NewLaunchRate(burst int, rate float64) *LaunchRate {
	if rate <= 0 {
		return &LaunchRate{}
	}
	token := time.Duration(float64(time.Second) / rate)
	return &LaunchRate{token: token, burst: time.Duration(burst) * token}
}

// Take takes a token for the earliest instant, not before now, at which there is one, and returns that instant.
// Takers are served in the order in which they ask.
func (r *LaunchRate) Take(now time.Duration) time.Duration {
	if r.token == 0 {
		return now
	}
	r.full = max(r.full, now) + r.token
	return max(now, r.full-r.burst)
}
