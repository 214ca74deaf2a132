package scenario

import (
	"ecssim/model"
)

func (b *builder) account(t *table) {
	b.config.Quotas = model.DefaultQuotas()
	a, ok := t.filled("account", "[account]")
	if !ok {
		return
	}
	if settings, ok := a.sub("settings", `settings = { awsvpcTrunking = "enabled" }`); ok {
		settings.later = laterSettings
		if settings.get("awsvpcTrunking") != nil {
			word, _ := settings.choice("awsvpcTrunking", []string{"enabled", "disabled"}, "")
			b.config.Settings.AwsvpcTrunking = word == "enabled"
		}
		settings.done()
	}
	b.quotas(a)
	a.done()
}

// quotas reads [account.quotas]. A vCPU quota that is absent does not bind, since accounts differ.
func (b *builder) quotas(a *table) {
	t, ok := a.filled("quotas", "quotas = { fargate_vcpu = 64 }")
	if !ok {
		return
	}
	t.later = laterQuotas
	q := &b.config.Quotas
	for _, vcpu := range []struct {
		key string
		to  *float64
	}{{"fargate_vcpu", &q.FargateVCPU}, {"fargate_spot_vcpu", &q.FargateSpotVCPU}} {
		if t.get(vcpu.key) != nil {
			*vcpu.to = t.number(vcpu.key, 0.25, 1e9, 0)
		}
	}
	q.FargateLaunchBurst = int(t.whole("fargate_launch_burst", 1, 1_000_000, int64(q.FargateLaunchBurst)))
	q.FargateLaunchRate = t.number("fargate_launch_rate_per_s", 0.001, 1e6, q.FargateLaunchRate)
	q.ServiceLaunches = int(t.whole("service_launches_per_minute", 0, 1_000_000, int64(q.ServiceLaunches)))
	if t.get("provisioning_tasks") != nil || b.root.child("capacity_providers") != nil {
		q.ProvisioningTasks = int(t.whole("provisioning_tasks", 0, 1_000_000, int64(q.ProvisioningTasks)))
	}
	t.done()
}
