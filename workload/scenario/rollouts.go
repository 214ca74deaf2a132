package scenario

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"time"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

// rolloutSpec is one element of rollouts.
type rolloutSpec struct {
	table *table
	at    time.Duration
}

// revision is what a service runs between two rollouts.
type revision struct {
	spec    *taskSpec
	app     *appSpec
	placing *model.Placing
}

// revisions are those of a service so far.
type revisions struct {
	present revision
	// all are the task definitions that it ever ran.
	all []*taskdef.TaskDefinition
}

// rollouts reads the updates of a service, below the service or its deployment, and puts them in order of time.
func (b *builder) rollouts(o *owner, s *model.Service, deployment *table) {
	t := o.table
	n, in := t.get("rollouts"), t
	if deployment != nil {
		inner := deployment.get("rollouts")
		switch {
		case n == nil:
			n, in = inner, deployment
		case inner != nil:
			b.fail("E023", inner.key, fmt.Sprintf("`%s` has `rollouts` and `deployment.rollouts`", t.p), "keep one of them", "both mean the same")
		}
	}
	if n == nil {
		return
	}
	p := in.p.join("rollouts")
	if n.kind != aList {
		b.add(wrongType(n, p, "a list of rollouts", `rollouts = [{ at = "14:00", task_definition = "taskdefs/web-v2.json" }]`))
		return
	}
	var read []rolloutSpec
	for i, e := range n.list {
		if e.kind != aTable {
			b.add(wrongType(e, p.index(i), "a rollout", `{ at = "14:00", task_definition = "taskdefs/web-v2.json" }`))
			continue
		}
		r := rolloutSpec{table: b.table(e, p.index(i))}
		r.at = b.rolloutAt(r.table, s.StartAt)
		read = append(read, r)
	}
	slices.SortStableFunc(read, func(x, y rolloutSpec) int { return cmp.Compare(x.at, y.at) })
	if o.placing.Task != nil && len(o.targets) > 0 {
		o.placing.Task.Containers = targetsFirst(o.placing.Task.Containers, o.targets)
		b.programs(o)
	}
	so := revisions{present: revision{o.spec, o.app, o.placing}}
	if o.placing.Task != nil {
		so.all = append(so.all, o.placing.Task)
	}
	for _, r := range read {
		s.Rollouts = append(s.Rollouts, b.rollout(o, r, &so))
	}
}

// rolloutAt reads when a rollout comes.
func (b *builder) rolloutAt(t *table, created time.Duration) time.Duration {
	n := t.get("at")
	if n == nil {
		t.missing("at", `at = "14:00"`)
		return 0
	}
	when, ok := b.momentOf(n, t.p.join("at"), b.config.Start)
	switch {
	case !ok:
	case when < created:
		found := fmt.Sprintf("`%s` is %s after the start, and the service is created %s after it", t.p.join("at"), diag.Duration(when), diag.Duration(created))
		b.fail("E032", n.at, found, "", "a service can be updated once it is there")
	case b.config.Duration > 0 && when >= b.config.Duration:
		b.warn("W210", n.at, fmt.Sprintf("`%s` never happens: that is %s after the start, and the scenario lasts %s", t.p,
			diag.Duration(when), diag.Duration(b.config.Duration)))
	}
	return when
}

// rollout reads one call of UpdateService. What it does not say stays as it is.
func (b *builder) rollout(o *owner, r rolloutSpec, so *revisions) model.Rollout {
	t := r.table
	update := model.Rollout{At: r.at, DesiredCount: b.newCount(o, t), Force: t.flag("force_new_deployment", false)}
	own := *o
	own.table = t
	app := b.app(&own, t)
	spec := b.newSpec(&own, so.present)
	t.done()
	if spec == nil && app == nil {
		if t.get("desired_count") == nil && !update.Force {
			b.fail("E022", t.n.at, fmt.Sprintf("`%s` does not say what changes", t.p), "",
				"write task_definition, task, overrides, app, desired_count, or force_new_deployment = true")
		}
		return update
	}
	next := so.present.changed(spec, app)
	if app == nil && (t.get("task") != nil || t.get("task_definition") != nil) {
		next.app = o.app
	}
	b.appContainers(&own, app, next.spec.definition)
	if next.spec.definition == nil || o.placing.Task == nil || !b.sameTargets(o, next.spec) {
		return update
	}
	next.placing = b.revised(o, next, so, spec == nil)
	if next.placing != nil {
		update.Placing, so.present = next.placing, next
	} else if !update.Force && update.DesiredCount < 0 {
		b.warn("W224", t.n.at, fmt.Sprintf("`%s` is without effect: the service runs this task definition already", t.p),
			"force_new_deployment = true replaces the tasks all the same")
	}
	return update
}

// newCount is the desired count that a rollout sets; negative if it sets none.
func (b *builder) newCount(o *owner, t *table) int {
	n := t.get("desired_count")
	switch {
	case n == nil:
		return -1
	case o.daemon:
		b.noDesiredCount(t, n)
		return -1
	}
	return int(t.whole("desired_count", 0, mostTasks, 0))
}

// changed is the next revision. An app alone is another program under the same definition: a new image with the same
// sizes. A definition alone leaves the program as it is.
func (r revision) changed(spec *taskSpec, app *appSpec) revision {
	next := revision{spec: spec, app: app}
	if spec == nil {
		next.spec = r.copied()
	}
	if app == nil {
		next.app = r.app
	}
	return next
}

// newSpec is the task definition that a rollout brings; nil if it brings none.
func (b *builder) newSpec(o *owner, present revision) *taskSpec {
	t := o.table
	file, inline, overrides := t.get("task_definition"), t.get("task"), t.get("overrides")
	if file != nil || inline != nil {
		spec := b.task(o, o.placing.Launch, true)
		if spec.definition != nil && !b.spotPlatform(t, o.placing, spec) {
			spec.definition = nil
		}
		return spec
	}
	if overrides == nil {
		return nil
	}
	spec := present.copied()
	b.overrides(t, overrides, spec)
	if spec.definition != nil {
		b.launchable(t, o.placing.Launch, spec)
	}
	return spec
}

// copied is the present task definition, to be changed.
func (r revision) copied() *taskSpec {
	spec := *r.spec
	if spec.definition != nil {
		d := *spec.definition
		spec.definition = &d
	}
	return &spec
}

// revised is the Placing of a new revision; nil if it is the same as the present one.
func (b *builder) revised(o *owner, next revision, so *revisions, fresh bool) *model.Placing {
	p, d := *o.placing, next.spec.definition
	if len(o.targets) > 0 {
		d.Containers = targetsFirst(d.Containers, o.targets)
	}
	number(d, so.all, fresh)
	if next.app == so.present.app && reflect.DeepEqual(d, so.present.placing.Task) {
		return nil
	}
	so.all = append(so.all, d)
	p.Task = d
	p.Constraints = slices.Concat(next.spec.constraints, o.own)
	if all := len(p.Constraints); all > placement.MaxConstraints {
		b.fail("E043", next.spec.at("placementConstraints"),
			fmt.Sprintf("%d placement constraints, those of the service included: ECS allows %d", all, placement.MaxConstraints), "")
	}
	b.modeChange(o, &p)
	p.Images, p.Apps = b.imagesOf(d), next.app.apps(d)
	return &p
}

// modeChange: an update that changes the network mode brings or removes the network configuration with it.
func (b *builder) modeChange(o *owner, p *model.Placing) {
	before, after := o.placing.Task.Mode() == taskdef.Awsvpc, p.Task.Mode() == taskdef.Awsvpc
	switch {
	case before && !after:
		p.Subnets, p.SecurityGroups = nil, nil
	case !before && after:
		p.Subnets = b.allSubnets()
	}
}

// number gives a definition a revision of its own, unless its file has one or the service had this very definition
// before. fresh: it is new although it looks the same.
func number(d *taskdef.TaskDefinition, history []*taskdef.TaskDefinition, fresh bool) {
	highest, taken := 0, false
	for _, h := range history {
		if h.Family != d.Family {
			continue
		}
		highest, taken = max(highest, h.Revision), taken || h.Revision == d.Revision
	}
	if !taken {
		return
	}
	for _, h := range history {
		same := *d
		same.Revision = h.Revision
		if !fresh && reflect.DeepEqual(&same, h) {
			d.Revision = h.Revision
			return
		}
	}
	d.Revision = highest + 1
}
