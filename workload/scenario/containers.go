package scenario

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model/taskdef"
)

// lifecycle reads what a container says about its start and its end (ECS rules, services 1.3 to 1.5). Whether the
// numbers are in ECS's ranges and the dependencies make sense is checked with the whole task definition.
func (b *builder) lifecycle(t *table, c *taskdef.Container) {
	c.Image = t.text("image", "")
	c.Health = b.containerHealth(t)
	c.DependsOn = b.dependsOn(t)
	c.StartTimeout, c.StopTimeout = t.timer("start_timeout", inSeconds, 0), t.timer("stop_timeout", inSeconds, 0)
	c.Restart = b.restartPolicy(t)
	c.Secrets = b.secrets(t)
	c.LogDriver = b.logDriver(t)
	c.Credentials = t.flag("repository_credentials", false)
}

func (b *builder) containerHealth(t *table) *taskdef.HealthCheck {
	const example = `health_check = { interval = "30s", timeout = "5s", retries = 3, start_period = "60s" }`
	if t.get("health_check") == nil {
		return nil
	}
	h, ok := t.sub("health_check", example)
	if !ok {
		return nil
	}
	check := &taskdef.HealthCheck{
		Interval:    h.timer("interval", inSeconds, taskdef.DefaultHealthInterval),
		Timeout:     h.timer("timeout", inSeconds, taskdef.DefaultHealthTimeout),
		Retries:     int(h.whole("retries", 0, 1_000_000, taskdef.DefaultHealthRetries)),
		StartPeriod: h.timer("start_period", inSeconds, 0),
	}
	h.done()
	return check
}

// dependsOn reads the list of the API, or the short form { db = "HEALTHY" }.
func (b *builder) dependsOn(t *table) []taskdef.Dependency {
	const example = `depends_on = [{ container = "db", condition = "HEALTHY" }], or { db = "HEALTHY" }`
	n := t.get("depends_on")
	p := t.p.join("depends_on")
	var all []taskdef.Dependency
	switch {
	case n == nil:
	case n.kind == aTable:
		for _, name := range slices.Sorted(maps.Keys(n.table)) {
			if word, ok := b.oneOf(n.table[name], p.join(name), conditions); ok {
				all = append(all, taskdef.Dependency{Container: name, Condition: taskdef.Condition(word)})
			}
		}
	case n.kind == aList:
		for i, e := range n.list {
			if e.kind != aTable {
				b.add(wrongType(e, p.index(i), "a dependency", `{ container = "db", condition = "HEALTHY" }`))
				continue
			}
			all = append(all, b.dependency(b.table(e, p.index(i))))
		}
	default:
		b.add(wrongType(n, p, "a list of dependencies", example))
	}
	return all
}

var conditions = []string{
	string(taskdef.WhenStarted), string(taskdef.WhenComplete), string(taskdef.WhenSuccess), string(taskdef.WhenHealthy),
}

func (b *builder) dependency(t *table) taskdef.Dependency {
	var d taskdef.Dependency
	switch n := t.either("container", "container_name"); {
	case n == nil:
		t.missing("container", `container = "db"`)
	case n.kind != aString:
		b.add(wrongType(n, t.p.join("container"), "the name of a container", `container = "db"`))
	default:
		d.Container = n.text
	}
	if t.get("condition") == nil {
		t.missing("condition", `condition = "HEALTHY"`)
	} else {
		word, _ := t.choice("condition", conditions, "")
		d.Condition = taskdef.Condition(word)
	}
	t.done()
	return d
}

// restartPolicy reads true, or a table, which enables the policy unless it says enabled = false.
func (b *builder) restartPolicy(t *table) *taskdef.RestartPolicy {
	n := t.get("restart_policy")
	switch {
	case n == nil:
		return nil
	case n.kind == aBoolean:
		if !n.boolean {
			return nil
		}
		return &taskdef.RestartPolicy{AttemptPeriod: taskdef.DefaultAttemptPeriod}
	case n.kind != aTable:
		b.add(wrongType(n, t.p.join("restart_policy"), "true or a table", `restart_policy = { restart_attempt_period = "60s" }`))
		return nil
	}
	r := b.table(n, t.p.join("restart_policy"))
	policy := &taskdef.RestartPolicy{AttemptPeriod: r.timer("restart_attempt_period", inSeconds, taskdef.DefaultAttemptPeriod)}
	enabled := r.flag("enabled", true)
	codes := r.get("ignored_exit_codes")
	p := r.p.join("ignored_exit_codes")
	switch {
	case codes == nil:
	case codes.kind != aList:
		b.add(wrongType(codes, p, "a list of exit codes", "ignored_exit_codes = [0]"))
	default:
		for i, e := range codes.list {
			if code, ok := b.wholeOf(e, p.index(i), 0, maxExitCode); ok {
				policy.IgnoredExitCodes = append(policy.IgnoredExitCodes, int(code))
			}
		}
	}
	r.done()
	if !enabled {
		return nil
	}
	return policy
}

const (
	maxExitCode = 255
	// mostSecrets is far more than the 64 KB of a task definition have room for.
	mostSecrets = 1000
)

// secrets counts them: what matters is that there is something to fetch.
func (b *builder) secrets(t *table) int {
	switch n := t.get("secrets"); {
	case n == nil:
		return 0
	case n.kind == aList:
		return len(t.names("secrets", `secrets = ["DB_PASSWORD"]`))
	case n.kind == anInteger:
		return int(t.whole("secrets", 0, mostSecrets, 0))
	default:
		b.add(wrongType(n, t.p.join("secrets"), "a number or a list of names", `secrets = ["DB_PASSWORD"]`))
		return 0
	}
}

// logDrivers of the API (LogConfiguration).
var logDrivers = []string{"awslogs", "awsfirelens", "fluentd", "gelf", "journald", "json-file", "splunk", "syslog"}

// logDriver reads log_driver, or log_configuration as the API has it.
func (b *builder) logDriver(t *table) string {
	const example = `log_driver = "awslogs"`
	driver, long := t.get("log_driver"), t.get("log_configuration")
	if long == nil {
		if driver == nil {
			return ""
		}
		word, _ := t.choice("log_driver", logDrivers, "")
		return word
	}
	if driver != nil {
		b.fail("E023", long.key, fmt.Sprintf("`%s` has `log_driver` and `log_configuration`", t.p), "keep one of them", "both mean the same")
		return ""
	}
	l, ok := t.sub("log_configuration", example)
	if !ok {
		return ""
	}
	word := ""
	if l.get("log_driver") == nil {
		l.missing("log_driver", example)
	} else {
		word, _ = l.choice("log_driver", logDrivers, "")
	}
	l.done()
	return word
}

// ephemeralStorage reads a number of GiB, or the table of the API.
func (b *builder) ephemeralStorage(t *table) int {
	const most = 1 << 20
	n := t.get("ephemeral_storage")
	switch {
	case n == nil:
		return 0
	case n.kind == anInteger:
		return int(t.whole("ephemeral_storage", 0, most, 0))
	case n.kind != aTable:
		b.add(wrongType(n, t.p.join("ephemeral_storage"), "a number of GiB", "ephemeral_storage = 50"))
		return 0
	}
	s := b.table(n, t.p.join("ephemeral_storage"))
	gib := 0
	if s.get("size_in_gib") == nil {
		s.missing("size_in_gib", "size_in_gib = 50")
	} else {
		gib = int(s.whole("size_in_gib", 0, most, 0))
	}
	s.done()
	return gib
}
