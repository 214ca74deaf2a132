package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/model/iam"
)

// TestInlineTasksHaveBothRoles: the short form leaves out what every task has; "" is no role, and JSON is exact.
func TestInlineTasksHaveBothRoles(t *testing.T) {
	s, _ := Load([]string{"testdata/bad/warn-roles.toml"}, Options{})
	require.NotNil(t, s.Config)
	const role = "arn:aws:iam::123456789012:role/"
	for _, v := range s.Config.Services {
		want := map[string][2]string{
			"both":    {role + "both-execution-role", role + "both-task-role"},
			"secret":  {"", role + "secret-task-role"},
			"fargate": {"", role + "fargate-task-role"},
			"rolls":   {role + "rolls-execution-role", ""},
		}[v.Name]
		require.Equal(t, want, [2]string{v.Task.ExecutionRoleARN, v.Task.TaskRoleARN}, v.Name)
		if v.Name == "rolls" {
			require.Equal(t, role+"rolls-task-role", v.Rollouts[0].Placing.Task.TaskRoleARN)
		}
	}
}

// TestTheDefaultGapOfARole: the roles of a task lack their permissions, those of the account are not there (ECS rules,
// placement 9).
func TestTheDefaultGapOfARole(t *testing.T) {
	for role, want := range map[string]iam.Gap{
		"task_execution": iam.NoPermission, "task": iam.NoPermission,
		"container_instance": iam.NoRole, "service_linked": iam.NoRole, "autoscaling": iam.NoRole,
	} {
		s := accepted(t, minimal+"\n[faults.x]\nat = \"1m\"\nkind = \"iam_missing\"\nrole = \""+role+"\"\n")
		require.Equal(t, want, s.Config.Faults[0].Gap, role)
	}
	s := accepted(t, minimal+"\n[faults.x]\nat = \"1m\"\nkind = \"iam_missing\"\nrole = \"container_instance\"\npermission = \"ecr\"\n")
	require.Equal(t, model.RoleMissing, s.Config.Faults[0].Kind)
	require.Equal(t, iam.NoPermission, s.Config.Faults[0].Gap)
	s = accepted(t, minimal+"\n[faults.x]\nat = \"1m\"\nkind = \"iam_missing\"\nrole = \"task\"\ngap = \"missing\"\n")
	require.Equal(t, iam.NoRole, s.Config.Faults[0].Gap)
}
