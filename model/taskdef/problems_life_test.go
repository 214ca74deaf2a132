package taskdef

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	first  = "containerDefinitions[0]"
	second = "containerDefinitions[1]"
)

// two is a definition without problems: essential web, and db, which is neither essential nor checked.
func two(edit func(web, db *Container)) *TaskDefinition {
	t := one(nil)
	t.Containers = append(t.Containers, Container{Name: "db", Image: "db", Memory: 64})
	edit(&t.Containers[0], &t.Containers[1])
	return t
}

// ECS rules, services 1.4.
func TestDependencyRules(t *testing.T) {
	needs := func(c Condition, edit func(db *Container)) *TaskDefinition {
		return two(func(web, db *Container) {
			web.DependsOn = []Dependency{{Container: "db", Condition: c}}
			if edit != nil {
				edit(db)
			}
		})
	}
	essential := func(db *Container) { db.Essential = true }
	check(t, []rule{
		{"START", needs(WhenStarted, nil), ""},
		{"START of an essential container", needs(WhenStarted, essential), ""},
		{"COMPLETE", needs(WhenComplete, nil), ""},
		{"SUCCESS", needs(WhenSuccess, nil), ""},
		{"COMPLETE of an essential container", needs(WhenComplete, essential), "E130 " + first + ".dependsOn[0].condition"},
		{"SUCCESS of an essential container", needs(WhenSuccess, essential), "E130 " + first + ".dependsOn[0].condition"},
		{"HEALTHY without a health check", needs(WhenHealthy, nil), "E130 " + first + ".dependsOn[0].condition"},
		{"HEALTHY", needs(WhenHealthy, func(db *Container) {
			db.Health = &HealthCheck{Interval: 30 * time.Second, Timeout: 5 * time.Second, Retries: 3}
		}), ""},
		{"no condition", needs("", nil), "E130 " + first + ".dependsOn[0].condition"},
		{"no such condition", needs("READY", nil), "E130 " + first + ".dependsOn[0].condition"},
		{"no such container", two(func(web, _ *Container) { web.DependsOn = []Dependency{{"cache", WhenStarted}} }),
			"E130 " + first + ".dependsOn[0].containerName"},
		{"no name", two(func(web, _ *Container) { web.DependsOn = []Dependency{{"", WhenStarted}} }),
			"E130 " + first + ".dependsOn[0].containerName"},
		{"the second is wrong", two(func(web, _ *Container) {
			web.DependsOn = []Dependency{{"db", WhenStarted}, {"cache", WhenStarted}}
		}), "E130 " + first + ".dependsOn[1].containerName"},
	})
}

// ECS rules, services 1.4.
func TestDependenciesInACircle(t *testing.T) {
	on := func(name string) []Dependency { return []Dependency{{name, WhenStarted}} }
	check(t, []rule{
		{"itself", two(func(web, _ *Container) { web.DependsOn = on("web") }), "E131 " + first + ".dependsOn"},
		{"two", two(func(web, db *Container) { web.DependsOn, db.DependsOn = on("db"), on("web") }), "E131 " + first + ".dependsOn"},
		{"beside the first", two(func(web, db *Container) { web.DependsOn, db.DependsOn = on("db"), on("db") }),
			"E131 " + second + ".dependsOn"},
	})
	diamond := two(func(web, db *Container) {
		web.DependsOn = append(on("a"), on("b")...)
		db.Name = "c"
	})
	for _, name := range []string{"a", "b"} {
		diamond.Containers = append(diamond.Containers, Container{Name: name, Memory: 64, DependsOn: on("c")})
	}
	require.Empty(t, diamond.Problems(nil), "a diamond is no circle")
	diamond.Containers[1].DependsOn = on("web")
	found := diamond.Problems(nil)
	require.Equal(t, "containers wait for each other: web → a → c → web", found[0].Message)
}

// ECS rules, services 1.5.
func TestHealthCheckRules(t *testing.T) {
	var rules []rule
	for _, field := range []struct {
		name        string
		set         func(h *HealthCheck, seconds int)
		least, most int
	}{
		{"interval", func(h *HealthCheck, n int) { h.Interval = time.Duration(n) * time.Second }, 5, 300},
		{"timeout", func(h *HealthCheck, n int) { h.Timeout = time.Duration(n) * time.Second }, 2, 60},
		{"retries", func(h *HealthCheck, n int) { h.Retries = n }, 1, 10},
		{"startPeriod", func(h *HealthCheck, n int) { h.StartPeriod = time.Duration(n) * time.Second }, 0, 300},
	} {
		for _, n := range []int{field.least - 1, field.least, field.most, field.most + 1} {
			want := ""
			if n < field.least || n > field.most {
				want = "E132 " + first + ".healthCheck." + field.name
			}
			rules = append(rules, rule{fmt.Sprint(field.name, " ", n), one(func(_ *TaskDefinition, c *Container) {
				c.Health = &HealthCheck{Interval: DefaultHealthInterval, Timeout: DefaultHealthTimeout, Retries: DefaultHealthRetries}
				field.set(c.Health, n)
			}), want})
		}
	}
	check(t, rules)
	task := one(func(_ *TaskDefinition, c *Container) {
		c.Health = &HealthCheck{Interval: 4 * time.Second, Timeout: 5 * time.Second, Retries: 3}
	})
	require.Equal(t, "interval 4 is outside 5 to 300 seconds", task.Problems(nil)[0].Message)
}

// ECS rules, services.
func TestR1_10RestartPolicyRules(t *testing.T) {
	policy := func(seconds, codes int) *TaskDefinition {
		return one(func(_ *TaskDefinition, c *Container) {
			c.Restart = &RestartPolicy{AttemptPeriod: time.Duration(seconds) * time.Second, IgnoredExitCodes: make([]int, codes)}
		})
	}
	const period = "E133 " + first + ".restartPolicy.restartAttemptPeriod"
	check(t, []rule{
		{"59", policy(59, 0), period},
		{"60", policy(60, 0), ""},
		{"1800", policy(1800, 50), ""},
		{"1801", policy(1801, 0), period},
		{"51 codes", policy(300, 51), "E133 " + first + ".restartPolicy.ignoredExitCodes"},
	})
}

// ECS rules, services 1.3.
func TestTimeoutRules(t *testing.T) {
	var rules []rule
	for _, n := range []int{0, 1, 2, 120, 121, 3600} {
		edit := func(_ *TaskDefinition, c *Container) {
			c.StartTimeout, c.StopTimeout = time.Duration(n)*time.Second, time.Duration(n)*time.Second
		}
		want := ""
		if n == 1 || n > 120 {
			want = "E134 " + first + ".startTimeout\nE134 " + first + ".stopTimeout"
		}
		rules = append(rules, rule{fmt.Sprint("Fargate ", n), onFargate(edit), want}, rule{fmt.Sprint("EC2 ", n), one(edit), ""})
	}
	check(t, append(rules, rule{"negative", one(func(_ *TaskDefinition, c *Container) {
		c.StartTimeout, c.StopTimeout = -time.Second, -time.Second
	}), "E128 " + first + ".startTimeout\nE128 " + first + ".stopTimeout"}))
}
