package worlds

import (
	"time"

	"ecssim/model"
)

// pool is what the account has of FARGATE or of FARGATE_SPOT: vCPUs, and a bucket of launch tokens.
type pool struct {
	limit, used int64 // CPU units; a limit of 0 does not bind
	// tokens are in the bucket at the instant at, of burst; a rate of 0 does not bind.
	tokens, burst, rate float64
	at                  time.Duration
}

func newPool(vcpus float64, q *model.Quotas) pool {
	return pool{limit: int64(vcpus * 1024), tokens: float64(q.FargateLaunchBurst), burst: float64(q.FargateLaunchBurst), rate: q.FargateLaunchRate}
}

func (c *Checker) pool(k *card) *pool {
	if k.spot {
		return &c.spot
	}
	return &c.fargate
}

// slack is for the rounding of tokens to nanoseconds.
const slack = 1e-3

// launch takes what a task needs.
func (p *pool) launch(c *Checker, k *card) {
	p.used += k.needs.CPU
	if p.rate == 0 {
		return
	}
	p.tokens = min(p.burst, p.tokens+(c.now-p.at).Seconds()*p.rate) - 1
	p.at = c.now
	c.must(p.tokens > -slack, "Fargate launches no faster than its bucket fills", "%s takes the bucket to %v", k.name, p.tokens)
}

func (c *Checker) checkPools() {
	for _, p := range []*pool{&c.fargate, &c.spot} {
		if p.used < 0 || p.limit > 0 && p.used > p.limit {
			c.fail(capacity, "%d CPU units run on Fargate, and the quota is %d", p.used, p.limit)
		}
	}
}
