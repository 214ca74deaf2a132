package iam

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// with is an account with one gap.
func with(r Role, g Gap, permission string) *Account {
	a := new(Account)
	a.Set(r, g, "", permission, true)
	return a
}

var (
	onFargate = Needs{
		Fargate: true, ECRImage: true, Secrets: true, AwslogsDriver: true, HasExecutionRole: true, HasTaskRole: true,
		ExecutionRoleARN: "arn:aws:iam::1:role/exec", TaskRoleARN: "arn:aws:iam::1:role/app", Awsvpc: true, Targets: true,
	}
	onEC2  = Needs{ECRImage: true, Secrets: true, AwslogsDriver: true, HasExecutionRole: true, HasTaskRole: true}
	noRole = Needs{ECRImage: true, AwslogsDriver: true}
)

func only(n Needs, edit func(n *Needs)) Needs {
	n.ECRImage, n.PrivateRegistry, n.Secrets, n.AwslogsDriver = false, false, false, false
	edit(&n)
	return n
}

// ECS rules, placement 9, row 1: image, log stream and secret fail with three different reasons.
func TestExecutionRoleStopsTheTaskBeforeItStarts(t *testing.T) {
	image := func(n *Needs) { n.ECRImage = true }
	private := func(n *Needs) { n.PrivateRegistry = true }
	logs := func(n *Needs) { n.AwslogsDriver = true }
	secrets := func(n *Needs) { n.Secrets = true }
	const pull = "ResourceInitializationError: unable to pull secrets or registry auth: "
	reasons := make(map[string]bool)
	for _, c := range []struct {
		needs      Needs
		permission string
		want       Failure // Reason is what it begins with
		action     string
	}{
		{only(onFargate, secrets), "secrets", Failure{Secrets, "ResourceInitializationError", pull}, "secretsmanager:GetSecretValue"},
		{only(onFargate, image), "ecr", Failure{Image, "ResourceInitializationError", pull}, "ecr:GetAuthorizationToken"},
		{only(onFargate, private), "secrets", Failure{Image, "ResourceInitializationError", pull}, "secretsmanager:GetSecretValue"},
		{only(onFargate, logs), "logs", Failure{Logs, "ResourceInitializationError",
			"ResourceInitializationError: failed to validate logger args: "}, "logs:CreateLogStream"},
		{only(onEC2, secrets), "secrets", Failure{Secrets, "ResourceInitializationError", pull}, "secretsmanager:GetSecretValue"},
		{only(onEC2, image), "ecr", Failure{Image, "CannotPullECRContainerError", "CannotPullECRContainerError: AccessDeniedException: "},
			"ecr:GetAuthorizationToken"},
		{only(onEC2, private), "secrets", Failure{Image, "CannotPullContainerError", "CannotPullContainerError: AccessDeniedException: "},
			"secretsmanager:GetSecretValue"},
		{only(onEC2, logs), "logs", Failure{Logs, "CannotStartContainerError",
			"CannotStartContainerError: Error response from daemon: failed to initialize logging driver: "}, "logs:CreateLogStream"},
	} {
		for _, permission := range []string{c.permission, AllPermissions} {
			got := with(TaskExecution, NoPermission, permission).StartFailure("services/web", c.needs)
			require.NotNil(t, got, c)
			require.Equal(t, c.want.Stage, got.Stage)
			require.Equal(t, c.want.Name, got.Name)
			require.True(t, strings.HasPrefix(got.Reason, c.want.Reason), got.Reason)
			require.Contains(t, got.Reason, "AccessDeniedException: User: ")
			require.Contains(t, got.Reason, "is not authorized to perform: "+c.action)
			require.Equal(t, c.needs.Fargate, strings.Contains(got.Reason, "User: arn:aws:iam::1:role/exec "), "the ARN where it is known")
			reasons[got.Reason] = true
		}
		for _, other := range []string{"ecr", "logs", "secrets"} {
			if other != c.permission {
				require.Nil(t, with(TaskExecution, NoPermission, other).StartFailure("services/web", c.needs), c)
			}
		}
		require.Nil(t, with(TaskExecution, NoPermission, "").LaunchFailure("services/web", c.needs), "the task is launched")
		require.Nil(t, with(Task, NoPermission, "").StartFailure("services/web", c.needs), "the task role is the application's")
	}
	require.Len(t, reasons, 8, "no two read alike")
}

func TestSecretsThenImageThenLogs(t *testing.T) {
	a := with(TaskExecution, NoPermission, "")
	for _, n := range []Needs{onFargate, onEC2} {
		require.Equal(t, Secrets, a.StartFailure("", n).Stage)
		n.Secrets = false
		require.Equal(t, Image, a.StartFailure("", n).Stage)
		n.ECRImage = false
		require.Equal(t, Logs, a.StartFailure("", n).Stage)
		n.AwslogsDriver = false
		require.Nil(t, a.StartFailure("", n), "a public image without logs needs no role")
	}
}

// ECS rules, placement 9, row 1: on EC2, image and logs fall back to the instance role, secrets and Fargate do not.
func TestInstanceRoleStandsInForTheExecutionRole(t *testing.T) {
	require.Nil(t, with(TaskExecution, NoPermission, "").StartFailure("", noRole))
	require.Nil(t, with(ContainerInstance, NoPermission, "").StartFailure("", onEC2))
	require.Nil(t, with(ContainerInstance, NoPermission, "").StartFailure("", onFargate))
	got := with(ContainerInstance, NoPermission, "ecr").StartFailure("", noRole)
	require.Equal(t, CannotPullECRContainerError, got.Name)
	require.Contains(t, got.Reason, "User: ecsInstanceRole is not authorized to perform: ecr:GetAuthorizationToken")
	got = with(ContainerInstance, NoPermission, "logs").StartFailure("", noRole)
	require.Equal(t, CannotStartContainerError, got.Name)
	require.Contains(t, got.Reason, "failed to initialize logging driver: failed to create Cloudwatch log stream: AccessDeniedException")
	for _, g := range []Gap{NoRole, NoTrust} {
		a := with(ContainerInstance, g, "")
		require.Contains(t, a.StartFailure("", noRole).Reason, "CannotPullECRContainerError: NoCredentialProviders")
		require.Contains(t, a.StartFailure("", only(noRole, func(n *Needs) { n.AwslogsDriver = true })).Reason,
			"failed to initialize logging driver: NoCredentialProviders")
		require.Nil(t, a.LaunchFailure("", noRole))
	}
	secret := only(noRole, func(n *Needs) { n.Secrets = true })
	require.Nil(t, with(ContainerInstance, NoPermission, "").StartFailure("", secret))
	require.NotNil(t, with(TaskExecution, NoPermission, "").StartFailure("", secret))
	require.Nil(t, with(ContainerInstance, NoPermission, "ecr").StartFailure("", only(noRole, func(*Needs) {})))
	registers := with(ContainerInstance, NoPermission, "ecr")
	require.True(t, registers.Registers(), "the agent may still register")
}

// ECS rules, placement 9, row 2.
func TestTaskRoleDeniesTheApplicationOrTheLaunch(t *testing.T) {
	a := with(Task, NoPermission, "")
	require.True(t, a.CallsDenied("services/web", onEC2))
	require.False(t, a.CallsDenied("services/web", noRole))
	require.Nil(t, a.LaunchFailure("services/web", onEC2))
	require.Nil(t, a.StartFailure("services/web", onEC2))
	for _, g := range []Gap{NoRole, NoTrust} {
		got := with(Task, g, "").LaunchFailure("services/web", onFargate)
		require.Equal(t, Failure{Launch, ClientException, "ECS was unable to assume the role 'arn:aws:iam::1:role/app' that was " +
			"provided for this task. Please verify that the role being passed has the proper trust relationship and permissions " +
			"and that your IAM user has permissions to pass this role."}, *got)
		require.True(t, with(Task, g, "").CallsDenied("services/web", onFargate))
		require.Nil(t, with(Task, g, "").LaunchFailure("services/web", noRole))
		got = with(TaskExecution, g, "").LaunchFailure("services/web", onEC2)
		require.Contains(t, got.Reason, "unable to assume the role 'ecsTaskExecutionRole' that was provided for this task")
		require.Nil(t, with(TaskExecution, g, "").LaunchFailure("services/web", noRole))
		require.NotNil(t, with(TaskExecution, g, "").StartFailure("services/web", onEC2), "a launch that came before")
	}
	require.False(t, with(TaskExecution, NoPermission, "").CallsDenied("services/web", onEC2))
}

// ECS rules, placement 9, row 3.
func TestInstanceRoleKeepsInstancesFromRegistering(t *testing.T) {
	for _, g := range []Gap{NoPermission, NoRole, NoTrust} {
		require.False(t, with(ContainerInstance, g, "").Registers())
		require.True(t, with(TaskExecution, g, "").Registers())
		require.Contains(t, Table(ContainerInstance).Symptoms[g], "never registers")
	}
	require.Contains(t, Table(ContainerInstance).Symptoms[NoPermission], "AccessDenied")
}

// ECS rules, placement 9, row 4.
func TestServiceLinkedRole(t *testing.T) {
	bridge := noRole
	targets := bridge
	targets.Targets = true
	awsvpc := bridge
	awsvpc.Awsvpc = true
	for g, want := range map[Gap]string{
		NoPermission: "IAM permissions policies have been misconfigured or changed, and ECS can no longer maintain your service.",
		NoRole:       "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
		NoTrust:      "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
	} {
		a := with(ServiceLinked, g, "")
		require.Nil(t, a.LaunchFailure("", bridge))
		for _, n := range []Needs{targets, awsvpc, {Fargate: true}} {
			require.Equal(t, &Failure{Launch, InvalidParameterException, want}, a.LaunchFailure("", n))
			require.Nil(t, a.StartFailure("", n))
		}
		require.False(t, a.RegistersTargets())
		require.True(t, a.Scales())
		require.Contains(t, Table(ServiceLinked).Symptoms[g], want)
	}
}

// ECS rules, placement 9, row 6.
func TestAutoScalingRole(t *testing.T) {
	for _, g := range []Gap{NoPermission, NoRole, NoTrust} {
		a := with(AutoScaling, g, "")
		require.False(t, a.Scales())
		require.True(t, a.RegistersTargets() && a.Registers())
		require.Nil(t, a.LaunchFailure("", onFargate))
		require.Contains(t, Table(AutoScaling).Symptoms[g], "desired count never changes")
	}
}

// ECS rules, placement 9: who is trusted, and that every gap has its symptom.
func TestTable(t *testing.T) {
	for r, principal := range map[Role]string{
		TaskExecution: "ecs-tasks.amazonaws.com", Task: "ecs-tasks.amazonaws.com", ContainerInstance: "ec2.amazonaws.com",
		ServiceLinked: "ecs.amazonaws.com", AutoScaling: "ecs.application-autoscaling.amazonaws.com",
	} {
		row := Table(r)
		require.Equal(t, r, row.Role)
		require.Equal(t, principal, row.Principal)
		require.NotEmpty(t, r.String())
		require.True(t, row.Name != "" && row.For != "" && row.When != "" && len(row.Actions) > 0)
		require.Empty(t, row.Symptoms[Whole])
		for g := NoPermission; g < NumGaps; g++ {
			require.NotEmpty(t, row.Symptoms[g], "%v %d", r, g)
		}
	}
	require.Contains(t, Table(TaskExecution).Actions, "ecr:GetAuthorizationToken")
	require.Contains(t, Table(TaskExecution).Actions, "logs:CreateLogStream")
	require.Contains(t, Table(ContainerInstance).Actions, "ecs:RegisterContainerInstance")
}

func TestScope(t *testing.T) {
	a := new(Account)
	a.Set(TaskExecution, NoPermission, "services/web", "", true)
	require.NotNil(t, a.StartFailure("services/web", onFargate))
	require.Nil(t, a.StartFailure("services/api", onFargate))
	a.Set(Task, NoTrust, "services/api", "", true)
	require.Nil(t, a.LaunchFailure("services/web", onFargate))
	require.NotNil(t, a.LaunchFailure("services/api", onFargate))
}

func TestClosingWhatIsNotOpenIsABug(t *testing.T) {
	a := with(Task, NoRole, "")
	require.Panics(t, func() { a.Set(Task, NoTrust, "", "", false) })
	a.Set(Task, Whole, "", "", false)
}

// Faults nest: after all that opened have closed, nothing is left; until then, something is.
func TestGapsNest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type fault struct {
			role              Role
			gap               Gap
			scope, permission string
		}
		a, open := new(Account), []fault{}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			if len(open) > 0 && rapid.Bool().Draw(t, "close") {
				i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
				f := open[i]
				a.Set(f.role, f.gap, f.scope, f.permission, false)
				open = append(open[:i], open[i+1:]...)
			} else {
				f := fault{
					Role(rapid.IntRange(0, int(NumRoles)-1).Draw(t, "role")), Gap(rapid.IntRange(1, 3).Draw(t, "gap")),
					rapid.SampledFrom([]string{"", "services/web", "jobs/b"}).Draw(t, "scope"),
					rapid.SampledFrom([]string{"", "ecr", "logs", "secrets"}).Draw(t, "permission"),
				}
				a.Set(f.role, f.gap, f.scope, f.permission, true)
				open = append(open, f)
			}
			calls := false
			for _, f := range open {
				calls = calls || f.role == Task && (f.scope == "" || f.scope == "jobs/b")
			}
			require.Equal(t, calls, a.CallsDenied("jobs/b", onEC2))
		}
		for _, f := range open {
			a.Set(f.role, f.gap, f.scope, f.permission, false)
		}
		require.Empty(t, a.gaps)
	})
}

func BenchmarkNoGaps(b *testing.B) {
	var a Account
	b.ReportAllocs()
	for b.Loop() {
		if a.StartFailure("services/web", onFargate) != nil || a.LaunchFailure("services/web", onFargate) != nil {
			b.Fatal("a failure without a gap")
		}
	}
}
