package scenario

import (
	"fmt"
	"time"

	"ecssim/model/scaling"
	"ecssim/workload/diag"
)

// Figures of predictive scaling (ECS rules, services 4.4).
const (
	predictiveBuffer = 300 * time.Second
	mostBuffer       = 3599 * time.Second
	leastHistory     = 24 * time.Hour
)

// predictive reads a predictive scaling policy; nil without one.
func (b *builder) predictive(so *scaler, t *table) *scaling.Predictive {
	n := t.get("predictive")
	p, ok := t.sub("predictive", `predictive = { metric = "CPUUtilization", target = 60, mode = "ForecastAndScale" }`)
	if n == nil || !ok {
		return nil
	}
	c := &scaling.Predictive{}
	c.Metric, _ = b.metric(so, p)
	if p.get("target") == nil {
		p.missing("target", "target = 60")
	} else {
		c.Target = b.levelOf(p, "target", c.Metric, 0.01)
	}
	word, _ := p.choice("mode", []string{"ForecastOnly", "ForecastAndScale"}, "ForecastOnly")
	c.Scale = word == "ForecastAndScale"
	c.Buffer = p.timer("scheduling_buffer_time", scale{time.Second, "seconds", 0, mostBuffer}, predictiveBuffer)
	word, _ = p.choice("max_capacity_breach_behavior", []string{"HonorMaxCapacity", "IncreaseMaxCapacity"}, "HonorMaxCapacity")
	c.IncreaseMax = word == "IncreaseMaxCapacity"
	if buffer := p.get("max_capacity_buffer"); buffer != nil {
		c.MaxBuffer = p.number("max_capacity_buffer", 0, 100, 0)
		if !c.IncreaseMax {
			b.fail("E023", buffer.key, fmt.Sprintf("`%s` goes with IncreaseMaxCapacity", p.p.join("max_capacity_buffer")), "",
				`write max_capacity_breach_behavior = "IncreaseMaxCapacity"`)
		}
	}
	p.done()
	if b.config.Duration > 0 && b.config.Duration <= leastHistory {
		b.warn("W224", n.key, fmt.Sprintf("`%s` is without effect: a forecast needs 24 hours of history, and the scenario lasts %s", p.p, diag.Duration(b.config.Duration)),
			`write for example: duration = "7d"`)
	}
	return c
}
