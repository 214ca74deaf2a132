package taskjson

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"ecssim/model/taskdef"
)

// life converts what a container waits for, how it is checked, restarted and stopped, and what is fetched for it.
func life(c *taskdef.Container, aws *types.ContainerDefinition) {
	for _, d := range aws.DependsOn {
		c.DependsOn = append(c.DependsOn, taskdef.Dependency{
			Container: value(d.ContainerName), Condition: taskdef.Condition(d.Condition),
		})
	}
	c.Health = healthCheck(aws.HealthCheck)
	if p := aws.RestartPolicy; p != nil && value(p.Enabled) {
		c.Restart = &taskdef.RestartPolicy{AttemptPeriod: seconds(p.RestartAttemptPeriod, taskdef.DefaultAttemptPeriod)}
		for _, code := range p.IgnoredExitCodes {
			c.Restart.IgnoredExitCodes = append(c.Restart.IgnoredExitCodes, int(code))
		}
	}
	c.StartTimeout, c.StopTimeout = seconds(aws.StartTimeout, 0), seconds(aws.StopTimeout, 0)
	c.Secrets = len(aws.Secrets)
	if l := aws.LogConfiguration; l != nil {
		c.LogDriver = string(l.LogDriver)
		c.Secrets += len(l.SecretOptions)
	}
	if p := aws.RepositoryCredentials; p != nil {
		c.Credentials = value(p.CredentialsParameter) != ""
	}
}

// noCheck is the command that turns off a health check of the image, as in a Dockerfile.
const noCheck = "NONE"

func healthCheck(aws *types.HealthCheck) *taskdef.HealthCheck {
	if aws == nil || slices.Equal(aws.Command, []string{noCheck}) {
		return nil
	}
	check := &taskdef.HealthCheck{
		Interval:    seconds(aws.Interval, taskdef.DefaultHealthInterval),
		Timeout:     seconds(aws.Timeout, taskdef.DefaultHealthTimeout),
		StartPeriod: seconds(aws.StartPeriod, 0),
		Retries:     taskdef.DefaultHealthRetries,
	}
	if aws.Retries != nil {
		check.Retries = int(*aws.Retries)
	}
	return check
}

// seconds reads a number of seconds with its default.
func seconds(n *int32, absent time.Duration) time.Duration {
	if n == nil {
		return absent
	}
	return time.Duration(*n) * time.Second
}

// mutedElsewhere reports whether a problem may only follow from what could not be read of another container: a
// dependency depends on its name, on whether it is essential, and on its health check.
func (r *reader) mutedElsewhere(p taskdef.Problem) bool {
	if p.Code != taskdef.CodeDependsOn {
		return false
	}
	for path := range r.bad {
		_, key, inside := strings.Cut(path, "].")
		if strings.HasPrefix(path, "containerDefinitions[") &&
			(!inside || slices.Contains([]string{"name", "essential", "healthCheck"}, key)) {
			return true
		}
	}
	return false
}
