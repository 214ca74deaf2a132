package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/balance"
	"ecssim/model/fleet"
	"ecssim/model/iam"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
)

// lacking is a gap of a role from an instant on.
func lacking(r iam.Role, g iam.Gap, permission string, from, lasts time.Duration) func(*model.Config) {
	return strikes(model.Fault{Name: "gap", Kind: model.RoleMissing, Role: r, Gap: g, Permission: permission, At: from, For: lasts})
}

var gaps = []iam.Gap{iam.NoPermission, iam.NoRole, iam.NoTrust}

// registry keeps what became of instances.
type registry struct {
	counter
	stranded []string
}

func (r *registry) InstanceStranded(now time.Duration, i *fleet.Instance, reason string) {
	r.stranded = append(r.stranded, fmt.Sprintf("%v %s %s", now, i.Name, reason))
}

// ECS rules, placement 6.1 and 9: without the container instance role an instance that boots never registers, also not
// when the role is back. It has its address, and it is there at the end.
func TestInstancesWithoutTheirRoleNeverRegister(t *testing.T) {
	for _, gap := range gaps {
		cfg := world(withFleet("main", slots(8), 3), withService("web", 1, placing(task(1, 1))),
			lacking(iam.ContainerInstance, gap, "", 0, 10*time.Minute))
		var r registry
		w := model.NewWorld(cfg, 1, &r)
		w.CheckAfterEvent(func() {
			model.CheckConservation(w)
			require.Equal(t, int64(3), model.TakenAddresses(w, 0))
		})
		w.Run(t.Context())
		require.Zero(t, r.joined)
		require.Zero(t, r.placed)
		require.Equal(t, r.failed, r.byReason[placement.NoInstances])
		require.Positive(t, r.failed)
		require.Len(t, r.stranded, 3)
		require.True(t, strings.HasPrefix(r.stranded[0], "0s main/1 AccessDeniedException"), r.stranded[0])
		require.Len(t, slices.Collect(r.ending.Stranded), 3)
		d := follow(t, cfg)
		require.Contains(t, d.events[1], "Reason: No Container Instances were found in your cluster.")
	}
}

// One that registered before loses its agent's connection: its task goes on, and no other is placed until the role is
// back. One that is launched in between never registers; when it is lost, the next one does.
func TestInstanceRoleLostAndBack(t *testing.T) {
	cfg := world(withFleet("main", slots(2), 2), withService("web", 1, placing(task(1, 1))), once("late", 5*time.Minute, placing(task(1, 1))),
		lacking(iam.ContainerInstance, iam.NoRole, "", time.Minute, 10*time.Minute),
		strikes(model.Fault{Name: "loss", Kind: model.InstanceLoss, Instance: "main/2", At: 2 * time.Minute, For: time.Minute}),
		strikes(model.Fault{Name: "loss2", Kind: model.InstanceLoss, Instance: "main/3", At: 20 * time.Minute, For: time.Minute}))
	cfg.Jobs[0].Retry = &model.Retry{Every: time.Minute}
	d := follow(t, cfg)
	require.Equal(t, []string{
		"0s web/1 placed PROVISIONING", "0s web/1 PENDING", "0s web/1 RUNNING",
		"11m0s late/1 placed PROVISIONING", "11m0s late/1 PENDING", "11m0s late/1 RUNNING",
	}, d.lines)
	var r registry
	run(t, cfg, 1, &r)
	require.Equal(t, 6, r.byReason[placement.Agent], "at 5 to 10 minutes")
	require.Len(t, r.stranded, 1)
	require.True(t, strings.HasPrefix(r.stranded[0], "3m0s main/3 "), r.stranded[0])
	require.Equal(t, 3, r.joined)
	require.Empty(t, slices.Collect(r.ending.Stranded))
}

// needing is a task that needs the task execution role for one thing only.
func needing(what string, mode taskdef.NetworkMode) *taskdef.TaskDefinition {
	d := task(256, 512)
	d.NetworkMode, d.ExecutionRoleARN, d.TaskRoleARN = mode, "arn:aws:iam::1:role/exec", "arn:aws:iam::1:role/app"
	c := &d.Containers[0]
	c.Image = "nginx:1" // of a public registry
	switch what {
	case "ecr":
		c.Image = ""
	case "logs":
		c.LogDriver = "awslogs"
	case "secrets":
		c.Secrets = 1
	}
	return d
}

// ECS rules, placement 9, row 1: without the permissions of the task execution role tasks stop before they start, for
// three different reasons on Fargate and three on EC2. Without the role, or with the wrong trust, they are not launched.
func TestTaskExecutionRole(t *testing.T) {
	reasons := map[string]bool{}
	for _, onFargate := range []bool{false, true} {
		for what, begins := range map[string][2]string{
			"ecr":     {"CannotPullECRContainerError: ", "ResourceInitializationError: unable to pull secrets or registry auth: "},
			"logs":    {"CannotStartContainerError: ", "ResourceInitializationError: failed to validate logger args: "},
			"secrets": {"ResourceInitializationError: unable to pull secrets", "ResourceInitializationError: unable to pull secrets"},
		} {
			p, k := placing(needing(what, taskdef.Bridge)), 0
			if onFargate {
				p, k = fargate(needing(what, taskdef.Awsvpc)), 1
			}
			for _, permission := range []string{what, iam.AllPermissions} {
				d := follow(t, world(withFleet("main", slots(1024), 1), alone(p), lacking(iam.TaskExecution, iam.NoPermission, permission, 0, 0)))
				require.Len(t, d.lines, 4)
				require.Equal(t, "0s one/1 PENDING", d.lines[1])
				reason, found := strings.CutPrefix(d.lines[3], "0s one/1 STOPPED TaskFailedToStart: ")
				require.True(t, found, d.lines)
				require.True(t, strings.HasPrefix(reason, begins[k]), reason)
				require.Contains(t, reason, "AccessDeniedException: User: arn:aws:iam::1:role/exec is not authorized")
				reasons[fmt.Sprint(onFargate, reason)] = true
			}
			d := follow(t, world(withFleet("main", slots(1024), 1), alone(p), lacking(iam.TaskExecution, iam.NoPermission, "other", 0, 0)))
			require.Equal(t, "0s one/1 RUNNING", d.lines[2], what)
			for _, gap := range gaps[1:] {
				d = follow(t, world(withFleet("main", slots(1024), 1), alone(p), lacking(iam.TaskExecution, gap, "", 0, 0)))
				require.Len(t, d.lines, 3, "it never was PENDING")
				require.Contains(t, d.lines[2], "STOPPED TaskFailedToStart: ECS was unable to assume the role 'arn:aws:iam::1:role/exec'")
			}
		}
	}
	require.Len(t, reasons, 6)
}

// A service goes on trying with the throttle, says so, and is there when the role is; a task that runs does not need it.
func TestServiceWaitsForItsRole(t *testing.T) {
	for _, gap := range gaps {
		cfg := world(withFleet("main", slots(1024), 1), withService("web", 1, placing(needing("ecr", taskdef.Bridge))),
			lacking(iam.TaskExecution, gap, "", 0, 10*time.Minute), lacking(iam.TaskExecution, gap, "", 30*time.Minute, 0))
		d := follow(t, cfg)
		ran := 0
		for _, l := range d.lines {
			if strings.HasSuffix(l, "RUNNING") {
				ran++
			}
		}
		require.Equal(t, 1, ran)
		impaired := slices.ContainsFunc(d.events, func(e string) bool { return strings.Contains(e, "is unable to consistently start tasks") })
		told := slices.ContainsFunc(d.events, func(e string) bool {
			return strings.Contains(e, "failed to launch a task with (error ECS was unable to assume")
		})
		require.Equal(t, []bool{true, gap != iam.NoPermission}, []bool{impaired, told}, d.events)
	}
}

// On EC2, a task without a task execution role works with that of its instance, which may lack one permission only.
func TestInstanceRoleStandsIn(t *testing.T) {
	for what, want := range map[string]string{"ecr": "CannotPullECRContainerError", "logs": "CannotStartContainerError"} {
		def := needing(what, taskdef.Bridge)
		def.ExecutionRoleARN = ""
		d := follow(t, world(withFleet("main", slots(1024), 1), alone(placing(def)), lacking(iam.ContainerInstance, iam.NoPermission, what, 0, 0)))
		require.Contains(t, d.lines[len(d.lines)-1], "STOPPED TaskFailedToStart: "+want)
		d = follow(t, world(withFleet("main", slots(1024), 1), alone(placing(def)), lacking(iam.TaskExecution, iam.NoRole, "", 0, 0)))
		require.Equal(t, "0s one/1 RUNNING", d.lines[2])
	}
}

// ECS rules, placement 9, row 2: without the permissions of the task role tasks run, and are denied what they ask AWS for;
// without the role they are not launched, and those that run are denied.
func TestTaskRole(t *testing.T) {
	for _, gap := range gaps {
		p := placing(needing("", taskdef.Bridge))
		cfg := world(withFleet("main", slots(4096), 1), once("one", 0, p), once("two", 5*time.Minute, p),
			once("none", 5*time.Minute, placing(task(1, 1))), lacking(iam.Task, gap, "", time.Minute, 0))
		d := follow(t, cfg)
		if gap == iam.NoPermission {
			require.Equal(t, []string{"1m0s one/1", "5m0s two/1"}, d.denied)
			require.Contains(t, d.lines, "5m0s two/1 RUNNING")
		} else {
			require.Equal(t, []string{"1m0s one/1"}, d.denied)
			require.True(t, slices.ContainsFunc(d.lines, func(l string) bool {
				return strings.HasPrefix(l, "5m0s two/1 STOPPED TaskFailedToStart: ECS was unable to assume the role 'arn:aws:iam::1:role/app'")
			}))
		}
		require.Contains(t, d.lines, "5m0s none/1 RUNNING")
		require.NotContains(t, strings.Join(d.lines, "\n"), "one/1 leaving")
	}
}

// ECS rules, placement 9, row 4: without the service-linked role nobody makes an interface, so awsvpc tasks are not
// launched and take no address; bridge tasks run, but are no targets until the role is back.
func TestServiceLinkedRole(t *testing.T) {
	for gap, want := range map[iam.Gap]string{
		iam.NoPermission: "IAM permissions policies have been misconfigured or changed",
		iam.NoRole:       "Unable to assume the service linked role.",
		iam.NoTrust:      "Unable to assume the service linked role.",
	} {
		for _, p := range []model.Placing{placing(awsvpc(256, 512)), fargate(awsvpc(256, 512))} {
			cfg := world(unhurried(t), withFleet("main", slots(1024), 1), once("early", 0, p), once("late", 20*time.Minute, p),
				lacking(iam.ServiceLinked, gap, "", 0, 10*time.Minute))
			d := follow(t, cfg, func(d *diary) {
				d.holds = func(*model.Task) string { return fmt.Sprint(model.TakenAddresses(d.world, 0) - 1) }
			})
			require.Equal(t, []string{"0s early/1 placed PROVISIONING 0", "0s early/1 leaving 0"}, d.lines[:2])
			require.Contains(t, d.lines[2], "0s early/1 STOPPED TaskFailedToStart: "+want)
			require.Contains(t, d.lines[len(d.lines)-1], "late/1 RUNNING 1")
		}
		cfg := world(withFleet("main", slots(1024), 1), withService("web", 2, placing(publishing(taskdef.Bridge, 0))),
			behind(balance.InstanceTarget), lacking(iam.ServiceLinked, gap, "", 0, 10*time.Minute))
		cfg.Services[0].Rollouts = nil
		var o targetLog
		w := model.NewWorld(cfg, 1, &o)
		w.Run(t.Context())
		require.Equal(t, 2, o.running)
		require.Equal(t, []string{"10m0s web/1 initial", "10m0s web/2 initial", "10m0s web/1 healthy", "10m0s web/2 healthy"}, o.lines)
	}
}

// targetLog keeps the states of targets, but those of which there are none.
type targetLog struct {
	counter
	lines []string
}

func (o *targetLog) TargetChanged(now time.Duration, c model.TargetChange) {
	if c.To != balance.Unused {
		o.lines = append(o.lines, fmt.Sprintf("%v %s/%d %s", now, c.Owner.Name, c.Number, c.To))
	}
}
