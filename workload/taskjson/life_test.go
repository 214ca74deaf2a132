package taskjson

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/model/taskdef"
)

// ECS rules, services 1.3 to 1.5.
func TestLifeOfAContainerIsRead(t *testing.T) {
	got, found, ignored := Parse("", []byte(`{"family": "web", "containerDefinitions": [
	  {"name": "web", "image": "web", "memory": 64, "startTimeout": 60, "stopTimeout": 90,
	   "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}, {"containerName": "migrate", "condition": "SUCCESS"}],
	   "restartPolicy": {"enabled": true, "ignoredExitCodes": [0, 137], "restartAttemptPeriod": 180},
	   "secrets": [{"name": "A", "valueFrom": "arn:a"}, {"name": "B", "valueFrom": "arn:b"}],
	   "logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "x"}, "secretOptions": [{"name": "C", "valueFrom": "arn:c"}]},
	   "repositoryCredentials": {"credentialsParameter": "arn:d"}},
	  {"name": "db", "image": "db", "memory": 64, "healthCheck": {"command": ["CMD-SHELL", "true"],
	   "interval": 10, "timeout": 3, "retries": 4, "startPeriod": 20}},
	  {"name": "migrate", "image": "m", "memory": 64, "essential": false, "restartPolicy": {"enabled": true},
	   "healthCheck": {"command": ["CMD", "true"]}, "logConfiguration": {"logDriver": "awslogs"}},
	  {"name": "bare", "image": "b", "memory": 64, "restartPolicy": {"enabled": false},
	   "healthCheck": {"command": ["NONE"]}, "dependsOn": [], "secrets": []}]}`))
	require.Empty(t, render(found))
	require.Equal(t, []string{"logConfiguration.options"}, ignored)
	web, db, migrate, bare := got.Containers[0], got.Containers[1], got.Containers[2], got.Containers[3]

	require.Equal(t, []taskdef.Dependency{{Container: "db", Condition: "HEALTHY"}, {Container: "migrate", Condition: "SUCCESS"}}, web.DependsOn)
	require.Equal(t, [2]time.Duration{time.Minute, 90 * time.Second}, [2]time.Duration{web.StartTimeout, web.StopTimeout})
	require.Equal(t, &taskdef.RestartPolicy{AttemptPeriod: 3 * time.Minute, IgnoredExitCodes: []int{0, 137}}, web.Restart)
	require.Equal(t, 3, web.Secrets, "those of the log driver are fetched as well")
	require.Equal(t, "splunk", web.LogDriver)
	require.True(t, web.Credentials)
	require.Nil(t, web.Health)

	require.Equal(t, &taskdef.HealthCheck{
		Interval: 10 * time.Second, Timeout: 3 * time.Second, Retries: 4, StartPeriod: 20 * time.Second,
	}, db.Health)
	require.Equal(t, &taskdef.HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Retries: 3}, migrate.Health)
	require.Equal(t, &taskdef.RestartPolicy{AttemptPeriod: 5 * time.Minute}, migrate.Restart)
	require.Equal(t, "awslogs", migrate.LogDriver)
	require.Equal(t, taskdef.Container{Name: "bare", Image: "b", Memory: 64, Essential: true}, bare)
}

// What cannot be read of one container gives no second problem at another that depends on it.
func TestDependencyOnAContainerThatCannotBeRead(t *testing.T) {
	for name, db := range map[string]string{
		"essential":   `{"name": "db", "image": "db", "memory": 64, "essential": "false"}`,
		"healthCheck": `{"name": "db", "image": "db", "memory": 64, "healthCheck": "curl localhost"}`,
		"name":        `{"name": 7, "image": "db", "memory": 64}`,
		"all":         `"db"`,
	} {
		_, found, _ := Parse("", []byte(`{"family": "web", "containerDefinitions": [{"name": "web", "image": "web", "memory": 64,
		  "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}, {"containerName": "db", "condition": "COMPLETE"}]}, `+db+`]}`))
		for _, d := range found {
			require.NotEqual(t, taskdef.CodeDependsOn, d.Code, "%s: %s", name, d.Message)
		}
		require.NotEmpty(t, found, name)
	}
}

func TestRealFilesHaveTheirLives(t *testing.T) {
	dir := realData(t)
	read := func(file string) []taskdef.Container {
		data, err := os.ReadFile(filepath.Join(dir, "taskdefs", file+".json"))
		require.NoError(t, err)
		got, _, _ := Parse(file, data)
		require.NotNil(t, got)
		return got.Containers
	}
	ordering := read("agent-ordering-healthy")
	require.Equal(t, taskdef.Condition("HEALTHY"), ordering[0].DependsOn[0].Condition)
	require.NotNil(t, ordering[1].Health)
	require.Equal(t, "awslogs", read("nginx-ec2-bridge")[0].LogDriver)
	secrets := 0
	for _, c := range read("cfl-openmrs-register-output") {
		secrets += c.Secrets
	}
	require.Positive(t, secrets)
}
