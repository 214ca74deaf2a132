package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ecssim/model"
	"ecssim/sim"
	"ecssim/workload/arrivals"
)

// jobs reads [jobs.NAME].
func (b *builder) jobs(t *table) {
	var read []*owner
	jobs := map[*owner]model.Job{}
	b.named(t, "jobs", func(name string, j *table) {
		j.later = laterJob
		b.goodName(j, "a job")
		o := &owner{table: j, name: name}
		b.placing(o)
		jobs[o] = b.job(o)
		read = append(read, o)
	})
	slices.SortStableFunc(read, func(x, y *owner) int { return cmp.Or(cmp.Compare(x.order, y.order), strings.Compare(x.name, y.name)) })
	for _, o := range read {
		j := jobs[o]
		j.Placing = *o.placing
		b.config.Jobs = append(b.config.Jobs, j)
		b.owners = append(b.owners, o)
	}
}

func (b *builder) job(o *owner) model.Job {
	t := o.table
	job := model.Job{Name: o.name}
	b.group(o)
	run := b.runTime(o, &job)
	job.Retry = b.retry(t)
	for _, n := range t.names("start_on", `start_on = ["main/1"]`) {
		if b.instanceExists(n) {
			job.StartOn = append(job.StartOn, n.text)
		}
	}
	b.startTask(t)
	b.onlyServices(t)
	t.done()
	o.copies = b.atOnce(t)
	o.ends = run.process != nil && !run.process.Endless() && !run.forever && (job.Retry == nil || job.Retry.For > 0)
	return job
}

// course is how the tasks of a job come and go.
type course struct {
	process arrivals.Process
	forever bool
}

// runTime reads when tasks come and how long they run, which a trace may say together.
func (b *builder) runTime(o *owner, job *model.Job) course {
	t := o.table
	run := t.get("run_time")
	forever := run != nil && run.kind == aString && run.text == "forever"
	if run != nil && !forever {
		job.RunTime = t.dist("run_time")
	}
	process, trace := b.source(t, run != nil)
	if process != nil {
		stream := "arrivals/" + o.name
		job.Arrivals = func(s sim.Streams) model.Arrivals { return process.Open(s, stream) }
	}
	if trace != nil { // which says itself when a run time is missing
		o.sized = trace.n.child("cpu") != nil || trace.n.child("memory") != nil
	} else if run == nil {
		t.missing("run_time", `run_time = { dist = "exponential", mean = "40s" }`)
		last := &b.diags[len(b.diags)-1]
		last.Help = append(last.Help, `a task that never ends by itself is run_time = "forever"`)
	}
	return course{process, forever}
}

// Why jobs lack what services have.
const (
	keptRunning = "a job starts tasks and does not keep them running, so it has nothing to deploy, move or scale in"
	standalone  = "ECS registers the tasks of services alone; a standalone task is not stopped for its health either"
)

// onlyServices explains keys of services that people write into jobs.
func (b *builder) onlyServices(t *table) {
	for _, c := range []struct{ key, help string }{
		{"desired_count", `write at and count, or arrivals = { process = "poisson", rate = "30/min" }`},
		{"start_at", "when the tasks of a job come is `at`, `arrivals` or `trace`"},
		{"scheduling_strategy", "a job calls RunTask; what runs on every instance is a service"},
		{"deployment", keptRunning}, {"rollouts", keptRunning},
		{"target_group", standalone}, {"target_groups", standalone}, {"health_check_grace_period", standalone},
		{"service_registries", standalone}, {"service_discovery", standalone},
		{"availability_zone_rebalancing", keptRunning}, {"task_protection", keptRunning},
		{"scaling", keptRunning}, {"load", "load is on services; the tasks of a job come by `arrivals`"},
	} {
		if n := t.n.child(c.key); n != nil {
			t.asked = append(t.asked, c.key)
			b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of services, not of jobs", c.key), "", c.help)
		}
	}
}

// atOnce is how many tasks certainly come at one instant.
func (b *builder) atOnce(t *table) int {
	if t.get("at") == nil && t.get("count") == nil {
		return 0
	}
	if n := t.get("count"); n != nil && n.kind == anInteger {
		return int(min(max(n.whole, 0), mostTasks))
	}
	return 1
}

func (b *builder) group(o *owner) {
	o.placing.Group = "family:" + o.name
	if o.placing.Task != nil {
		o.placing.Group = "family:" + o.placing.Task.Family
	}
	n := o.table.get("group")
	if n == nil {
		return
	}
	switch {
	case n.kind != aString:
		b.add(wrongType(n, o.table.p.join("group"), "a string", `group = "batch"`))
	case n.text == "" || len(n.text) > maxGroup:
		found := fmt.Sprintf("`%s` has %d characters", o.table.p.join("group"), len(n.text))
		b.fail("E032", n.at, found, fmt.Sprintf("it can have 1 to %d", maxGroup))
	case strings.HasPrefix(n.text, "service:"), strings.HasPrefix(n.text, "family:"):
		b.fail("E026", n.at, fmt.Sprintf("`%s` begins with a prefix that is ECS's own", o.table.p.join("group")), "",
			"choose a name without `service:` and `family:`")
	default:
		o.placing.Group = n.text
	}
}

// startTask refuses what StartTask does not take: the instance is named, nothing is left to choose.
func (b *builder) startTask(t *table) {
	n := t.get("start_on")
	if n == nil {
		return
	}
	for _, key := range []string{"placement_strategy", "placement_constraints"} {
		if c := t.get(key); c != nil && !c.byDefault {
			b.fail("E023", c.key, fmt.Sprintf("`%s` has `start_on` and `%s`", t.p, key), "keep one of them",
				"start_on is StartTask: it names the instance and leaves nothing to choose")
		}
	}
}

// Defaults of a caller that tries again.
const (
	retryEvery = 10 * time.Second
	retryFor   = 10 * time.Minute
)

// retry reads on_failure: "drop", "retry", or { retry = { every, for } }.
func (b *builder) retry(t *table) *model.Retry {
	n := t.get("on_failure")
	p := t.p.join("on_failure")
	const example = `on_failure = { retry = { every = "10s", for = "10m" } }`
	switch {
	case n == nil:
		t.fill("on_failure", &node{kind: aString, text: "drop"})
		return nil
	case n.kind == aString:
		if word, _ := b.oneOf(n, p, []string{"drop", "retry"}); word == "retry" {
			return &model.Retry{Every: retryEvery, For: retryFor}
		}
		return nil
	case n.kind != aTable:
		b.add(wrongType(n, p, `"drop" or "retry"`, example))
		return nil
	}
	outer := b.table(n, p)
	r, ok := outer.sub("retry", example)
	if outer.get("retry") == nil {
		outer.missing("retry", example)
		ok = false
	}
	outer.done()
	if !ok {
		return nil
	}
	retry := &model.Retry{Every: r.duration("every", retryEvery)}
	if c := r.get("every"); retry.Every <= 0 && !b.failed(c.at) {
		b.fail("E039", c.at, fmt.Sprintf("`%s` is 0: the caller would try for ever at the same instant", r.p.join("every")), "",
			`write for example: every = "10s"`)
	}
	retry.For = r.duration("for", 0)
	r.done()
	return retry
}

// source reads where the tasks of a job come from: arrivals, trace, or at with count.
func (b *builder) source(t *table, hasRunTime bool) (arrivals.Process, *table) {
	process, trace := t.get("arrivals"), t.get("trace")
	at, count := t.get("at"), t.get("count")
	first, together := at, "`at`"
	if first == nil {
		first, together = count, "`count`"
	} else if count != nil {
		together = "`at` with `count`"
	}
	var given []string
	for _, s := range []struct {
		n    *node
		name string
	}{{process, "`arrivals`"}, {trace, "`trace`"}, {first, together}} {
		if s.n != nil {
			given = append(given, s.name)
		}
	}
	switch {
	case len(given) == 0:
		b.fail("E022", t.where(), fmt.Sprintf("`%s` does not say when its tasks come", t.p), "",
			`write arrivals = { process = "poisson", rate = "30/min" }`, `or at = "10:00" with count = 40`,
			`or trace = { csv = "tasks.csv", arrival = "submitted", run_time = "seconds" }`)
		return nil, nil
	case len(given) > 1:
		b.fail("E023", t.where(), fmt.Sprintf("`%s` has %s", t.p, enumerate(given, "and")), "keep one of them",
			"write two jobs if tasks come in two ways")
		return nil, nil
	case trace != nil:
		return b.trace(t, trace, hasRunTime)
	case process != nil:
		return b.process(t, process), nil
	}
	return b.atCount(t, at), nil
}

func (b *builder) atCount(t *table, at *node) arrivals.Process {
	var when time.Duration
	ok := true
	if at != nil {
		when, ok = b.momentOf(at, t.p.join("at"), b.config.Start)
	}
	count := t.whole("count", 1, mostTasks, 1)
	if !ok {
		return nil
	}
	p, err := arrivals.Burst(when, count, 0, arrivals.Limit{})
	return b.made(t, p, err)
}

// made reports what a constructor of arrivals refuses.
func (b *builder) made(t *table, p arrivals.Process, err error) arrivals.Process {
	if err == nil {
		return p
	}
	at, message := t.n.at, err.Error()
	if wrong, ok := err.(*arrivals.ParameterError); ok {
		key, _, _ := strings.Cut(wrong.Parameter, "[")
		if c := t.n.child(key); c != nil && !c.byDefault {
			at = elementAt(c, wrong.Parameter)
		}
		message = fmt.Sprintf("`%s` %s", t.p.join(wrong.Parameter), wrong.Reason)
		if len(wrong.Parameter) != len(key) {
			message = fmt.Sprintf("`%s.%s` %s", t.p, wrong.Parameter, wrong.Reason)
		}
	}
	b.fail("E039", at, message, "")
	return nil
}
