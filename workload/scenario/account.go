package scenario

import (
	"ecssim/model"
)

func (b *builder) account(t *table) {
	b.config.Quotas = model.DefaultQuotas()
	a, ok := t.sub("account", "[account]")
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
	if quotas, ok := a.sub("quotas", "quotas = { fargate_vcpu = 64 }"); ok {
		quotas.later = laterQuotas
		q := &b.config.Quotas
		if quotas.get("fargate_vcpu") != nil {
			q.FargateVCPU = quotas.number("fargate_vcpu", 0.25, 1e9, 0)
		}
		if quotas.get("fargate_launch_burst") != nil {
			q.FargateLaunchBurst = int(quotas.whole("fargate_launch_burst", 1, 1_000_000, int64(q.FargateLaunchBurst)))
		}
		if quotas.get("fargate_launch_rate_per_s") != nil {
			q.FargateLaunchRate = quotas.number("fargate_launch_rate_per_s", 0.001, 1e6, q.FargateLaunchRate)
		}
		quotas.done()
	}
	a.done()
}
