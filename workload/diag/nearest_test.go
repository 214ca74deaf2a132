package diag

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearest(t *testing.T) {
	allowed := []string{"desired_count", "launch_type", "placement_strategy", "task", "task_definition", "cpu", "memory", "p95", "a", "b"}
	for word, want := range map[string]string{
		"desiredCount": "desired_count", "desired-count": "desired_count", "DesiredCount": "desired_count", "desird_count": "desired_count",
		"launchType": "launch_type", "placementStrategy": "placement_strategy", "taskDefinition": "task_definition",
		"tsak": "task", "memroy": "memory", "p9": "p95", "cpus": "cpu", "CPU": "cpu",
		"colour": "", "c": "", "": "", "replicas": "", "服务": "",
	} {
		require.Equal(t, want, Nearest(word, allowed), word)
	}
}

func TestSnakeIsMechanical(t *testing.T) {
	for name, want := range map[string]string{
		"desiredCount": "desired_count", "awsvpcTrunking": "awsvpc_trunking", "cpu": "cpu", "CPUUnits": "cpu_units",
		"taskRoleARN": "task_role_arn", "ec2InstanceId": "ec2_instance_id", "already_snake": "already_snake", "": "",
	} {
		require.Equal(t, want, Snake(name), name)
	}
}
