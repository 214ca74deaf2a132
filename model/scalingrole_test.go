package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/iam"
	"ecssim/model/scaling"
)

// ECS rules, placement 9: without the role of Application Auto Scaling the desired count never changes; when it is back, the
// next datapoint acts.
func TestWithoutItsRoleNothingScales(t *testing.T) {
	cfg := behindALB(t, 4)
	timed(t, cfg)
	cfg.Duration = 2 * hour
	cfg.Services[0].Load, cfg.Services[0].Scaling = step(), tracking(4, 20)
	cfg.Faults = []model.Fault{{
		Name: "no-role", Kind: model.RoleMissing, Role: iam.AutoScaling, Gap: iam.NoRole, At: 0, For: hour + s(1800),
		Image: -1, Registry: -1, SecurityGroup: -1,
	}}
	var seen scaled
	run(t, cfg, 1, &seen)
	require.Equal(t, scaling.NoRole, seen.service[0].Blocked)
	require.Equal(t, []resized{{hour + s(1805), 4, 8}}, changes(seen.service))
}
