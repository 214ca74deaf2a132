package scenario

import (
	"fmt"
	"maps"
	"slices"

	"ecssim/model/containers"
	"ecssim/model/taskdef"
	"ecssim/sim"
	"ecssim/workload/diag"
)

// appSpec is what a table [services.NAME.app] says about the programs of a task. It is read once and applied to every
// revision of the task.
type appSpec struct {
	table *table
	every appKeys
	named map[string]appKeys
}

// appKeys are the keys of one program, with those that are written: the others come from the program of all.
type appKeys struct {
	table *table
	app   containers.App
	has   map[string]bool
}

// app reads the key app of a service, job or rollout; nil if it is absent.
func (b *builder) app(o *owner, t *table) *appSpec {
	if t.get("app") == nil {
		return nil
	}
	a, ok := t.sub("app", `app = { ready_after = "20s" }`)
	if !ok {
		return nil
	}
	spec := &appSpec{table: a, every: b.appKeys(a), named: map[string]appKeys{}}
	b.named(a, "containers", func(name string, c *table) {
		spec.named[name] = b.appKeys(c)
		c.done()
	})
	a.done()
	b.withoutEffect(spec.every, spec.every.app)
	for _, name := range slices.Sorted(maps.Keys(spec.named)) {
		b.withoutEffect(spec.named[name], spec.named[name].over(spec.every.app))
	}
	b.crashing(o, spec.every)
	return spec
}

func (b *builder) appKeys(t *table) appKeys {
	k := appKeys{table: t, has: map[string]bool{}}
	k.app.ReadyAfter, k.app.NeverReady = b.after(t, "ready_after")
	k.app.FailsAfter, _ = b.after(t, "fails_after")
	k.app.ExitsAfter, _ = b.after(t, "exits_after")
	if t.get("exit_code") != nil {
		k.app.ExitCode = int(t.whole("exit_code", 0, maxExitCode, 0))
	}
	k.app.ShutdownTime = t.dist("shutdown_time")
	for _, key := range []string{"ready_after", "fails_after", "exits_after", "exit_code", "shutdown_time"} {
		k.has[key] = t.get(key) != nil
	}
	return k
}

// after reads a distribution, or "never".
func (b *builder) after(t *table, key string) (d sim.Dist, never bool) {
	if n := t.get(key); n != nil && n.kind == aString && n.text == "never" {
		return nil, true
	}
	return t.dist(key), false
}

// over lays the keys that are written over another program.
func (k appKeys) over(below containers.App) containers.App {
	app := below
	if k.has["ready_after"] {
		app.ReadyAfter, app.NeverReady = k.app.ReadyAfter, k.app.NeverReady
	}
	if k.has["fails_after"] {
		app.FailsAfter = k.app.FailsAfter
	}
	if k.has["exits_after"] {
		app.ExitsAfter = k.app.ExitsAfter
	}
	if k.has["exit_code"] {
		app.ExitCode = k.app.ExitCode
	}
	if k.has["shutdown_time"] {
		app.ShutdownTime = k.app.ShutdownTime
	}
	return app
}

// withoutEffect refuses an exit code of a program that never exits.
func (b *builder) withoutEffect(k appKeys, whole containers.App) {
	if k.has["exit_code"] && whole.ExitsAfter == nil && !k.has["exits_after"] {
		b.fail("E022", k.table.at("exit_code"), fmt.Sprintf("`%s` is without effect: `exits_after` is missing", k.table.p.join("exit_code")), "",
			`write for example: exits_after = "10m"`)
	}
}

// crashing refuses a service whose tasks end at the instant of their start, and so are replaced at it.
func (b *builder) crashing(o *owner, k appKeys) {
	if !o.service || !k.has["exits_after"] || k.app.ExitsAfter == nil || k.app.ExitsAfter.Mean() > 0 {
		return
	}
	b.fail("E039", k.table.valueAt("exits_after"),
		fmt.Sprintf("`%s` is 0: tasks would be replaced for ever at the same instant", k.table.p.join("exits_after")), "",
		`write for example: exits_after = "1s"`)
}

// apps are the programs of a task's containers: those of all for the essential ones, and a container's own.
func (s *appSpec) apps(task *taskdef.TaskDefinition) []containers.App {
	if s == nil {
		return nil
	}
	list := make([]containers.App, len(task.Containers))
	for i, c := range task.Containers {
		if c.Essential {
			list[i] = s.every.app
		}
		if own, ok := s.named[c.Name]; ok {
			list[i] = own.over(list[i])
		}
	}
	return list
}

// appContainers checks the names of [app.containers] against the task that the table was written for.
func (b *builder) appContainers(o *owner, s *appSpec, task *taskdef.TaskDefinition) {
	if s == nil || task == nil {
		return
	}
	var known []string
	essential := map[string]bool{}
	for _, c := range task.Containers {
		known = append(known, c.Name)
		essential[c.Name] = c.Essential
	}
	for _, name := range slices.Sorted(maps.Keys(s.named)) {
		k := s.named[name]
		if !slices.Contains(known, name) {
			b.add(diag.Diagnostic{
				Code: "E036", At: k.table.where(), Message: fmt.Sprintf("the task has no container %q", name),
				Label: didYouMean(quoted, diag.Nearest(name, known)), Notes: []string{"it has " + enumerate(known, "and")},
			})
			continue
		}
		if essential[name] {
			b.crashing(o, k)
		}
	}
}
