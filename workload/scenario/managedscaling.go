package scenario

import (
	"fmt"
	"time"

	"ecssim/model/scaling"
)

// The ranges of ManagedScaling (ECS rules, services 3.2).
const (
	mostStep   = 10_000
	mostWarmup = 10_000 * time.Second
)

// managedScaling reads managed_scaling, which is on unless the scenario switches it off; nil is off.
func (b *builder) managedScaling(t *table) *scaling.ManagedConfig {
	m, ok := t.filled("managed_scaling", `managed_scaling = { target_capacity = 90 }`)
	if !ok {
		return nil
	}
	on := b.enabled(m, "status", true)
	if !on {
		b.idleScaling(m)
		return nil
	}
	c := &scaling.ManagedConfig{
		TargetCapacity: float64(m.whole("target_capacity", 1, 100, scaling.DefaultTargetCapacity)),
		MinStep:        int(m.whole("minimum_scaling_step_size", 1, mostStep, scaling.DefaultMinStep)),
		MaxStep:        int(m.whole("maximum_scaling_step_size", 1, mostStep, scaling.DefaultMaxStep)),
		Warmup:         m.timer("instance_warmup_period", scale{time.Second, "seconds", 0, mostWarmup}, scaling.DefaultWarmup),
		IdleAtZero:     m.boolean("idle_at_zero", false),
	}
	if c.MinStep > c.MaxStep && !b.failed(m.valueAt("maximum_scaling_step_size")) {
		b.fail("E032", m.valueAt("maximum_scaling_step_size"), fmt.Sprintf("`%s` of %d is below `minimum_scaling_step_size` of %d",
			m.p.join("maximum_scaling_step_size"), c.MaxStep, c.MinStep), "")
	}
	m.done()
	return c
}

// idleScaling: the other keys mean nothing while managed scaling is off.
func (b *builder) idleScaling(m *table) {
	for _, key := range []string{
		"target_capacity", "minimum_scaling_step_size", "maximum_scaling_step_size", "instance_warmup_period", "idle_at_zero",
	} {
		if n := m.get(key); n != nil {
			b.fail("E023", n.key, fmt.Sprintf("`%s` means nothing with status = \"DISABLED\"", m.p.join(key)), "", "remove it, or switch managed scaling on")
		}
	}
	m.done()
}
