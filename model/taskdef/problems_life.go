package taskdef

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits of what a container does in its life (ECS rules, services 1.3 to 1.5).
const (
	minFargateTimeout = 2 * time.Second
	maxFargateTimeout = 120 * time.Second
	minAttemptPeriod  = 60 * time.Second
	maxAttemptPeriod  = 1800 * time.Second
	maxIgnoredCodes   = 50
)

// life checks dependencies, health check, restart policy and timeouts of a container.
func (c *checker) life(con *Container, path string) {
	for k, d := range con.DependsOn {
		c.dependency(con, d, fmt.Sprintf("%s.dependsOn[%d]", path, k))
	}
	if h := con.Health; h != nil {
		c.within(path+".healthCheck.interval", h.Interval, 5*time.Second, 300*time.Second)
		c.within(path+".healthCheck.timeout", h.Timeout, 2*time.Second, 60*time.Second)
		c.within(path+".healthCheck.startPeriod", h.StartPeriod, 0, 300*time.Second)
		if h.Retries < 1 || h.Retries > 10 {
			c.errorf(path+".healthCheck.retries", CodeHealth, "", "retries %d is outside 1 to 10", h.Retries)
		}
	}
	if r := con.Restart; r != nil {
		c.restart(r, path+".restartPolicy")
	}
	c.notNegative(path+".startTimeout", int(con.StartTimeout/time.Second))
	c.notNegative(path+".stopTimeout", int(con.StopTimeout/time.Second))
}

// within checks a duration of a health check.
func (c *checker) within(path string, d, least, most time.Duration) {
	if d < least || d > most {
		c.errorf(path, CodeHealth, "", "%s %s is outside %s to %s seconds", last(path), seconds(d), seconds(least), seconds(most))
	}
}

func seconds(d time.Duration) string { return fmt.Sprint(d.Seconds()) }

func (c *checker) dependency(con *Container, d Dependency, path string) {
	on := c.t.find(d.Container)
	switch {
	case d.Container == "":
		c.errorf(path+".containerName", CodeDependsOn, "", "a dependency of %s names no container", con.label())
		return
	case on == nil:
		c.errorf(path+".containerName", CodeDependsOn, "name a container of the same task",
			"%s depends on %q, which the task does not have", con.label(), d.Container)
		return
	}
	switch d.Condition {
	case WhenStarted:
	case "":
		c.errorf(path+".condition", CodeDependsOn, "use START, COMPLETE, SUCCESS or HEALTHY",
			"the dependency of %s on %s has no condition", con.label(), on.label())
	case WhenComplete, WhenSuccess:
		if on.Essential {
			c.errorf(path+".condition", CodeDependsOn, fmt.Sprintf("set essential to false on %q", d.Container),
				"%s waits for essential %s to exit: the task ends with it", con.label(), on.label())
		}
	case WhenHealthy:
		if on.Health == nil {
			c.errorf(path+".condition", CodeDependsOn, fmt.Sprintf("add a healthCheck to %q, or wait for START", d.Container),
				"%s waits for %s to be HEALTHY, which has no health check", con.label(), on.label())
		}
	default:
		c.errorf(path+".condition", CodeDependsOn, "use START, COMPLETE, SUCCESS or HEALTHY",
			"%s waits for the unknown condition %q", con.label(), string(d.Condition))
	}
}

func (c *checker) restart(r *RestartPolicy, path string) {
	if p := r.AttemptPeriod; p < minAttemptPeriod || p > maxAttemptPeriod {
		c.errorf(path+".restartAttemptPeriod", CodeRestart, "", "restartAttemptPeriod %s is outside %s to %s seconds",
			seconds(p), seconds(minAttemptPeriod), seconds(maxAttemptPeriod))
	}
	if n := len(r.IgnoredExitCodes); n > maxIgnoredCodes {
		c.errorf(path+".ignoredExitCodes", CodeRestart, "", "the restart policy ignores %d exit codes: ECS allows %d",
			n, maxIgnoredCodes)
	}
}

// find returns the first container of a name, or nil.
func (t *TaskDefinition) find(name string) *Container {
	if i := slices.IndexFunc(t.Containers, func(con Container) bool { return con.Name == name }); i >= 0 {
		return &t.Containers[i]
	}
	return nil
}

// circles reports circles of dependencies: none of their containers could start.
func (c *checker) circles() {
	done := make(map[string]bool, len(c.t.Containers))
	for i := range c.t.Containers {
		c.follow(&c.t.Containers[i], nil, done)
	}
}

// follow goes along the dependencies of a container; way holds the names that led to it.
func (c *checker) follow(con *Container, way []string, done map[string]bool) {
	if k := slices.Index(way, con.Name); k >= 0 {
		i := slices.IndexFunc(c.t.Containers, func(other Container) bool { return other.Name == con.Name })
		c.errorf(fmt.Sprintf(containerPath+".dependsOn", i), CodeCircle, "remove one of the dependencies",
			"containers wait for each other: %s", strings.Join(append(way[k:], con.Name), " → "))
		return
	}
	if done[con.Name] {
		return
	}
	way = append(way, con.Name)
	for _, d := range con.DependsOn {
		if on := c.t.find(d.Container); on != nil {
			c.follow(on, way, done)
		}
	}
	done[con.Name] = true
}

// fargateLife checks the timeouts, which Fargate limits.
func (c *checker) fargateLife(con *Container, path string) {
	c.fargateTimeout(path+".startTimeout", con.StartTimeout)
	c.fargateTimeout(path+".stopTimeout", con.StopTimeout)
}

func (c *checker) fargateTimeout(path string, d time.Duration) {
	if d > 0 && (d < minFargateTimeout || d > maxFargateTimeout) {
		c.errorf(path, CodeTimeout, "", "%s %s is outside %s to %s seconds on Fargate",
			last(path), seconds(d), seconds(minFargateTimeout), seconds(maxFargateTimeout))
	}
}
