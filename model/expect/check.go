package expect

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// World is what an expression can be about: the names of a scenario, each list in its order.
type World struct {
	Services, Jobs, Clusters, Subnets []string
	// CapacityProviders are those with an Auto Scaling group.
	CapacityProviders []string
	// Loaded are the services with load.
	Loaded   []string
	Start    time.Time
	Duration time.Duration // 0 if nobody knows
}

// Check says what is wrong with an expression for a world; nil if nothing is.
func (e *Expr) Check(w *World) *Error {
	for c := range e.All {
		if wrong := c.Subject.check(w); wrong != nil {
			return wrong
		}
	}
	return nil
}

// pointed is an error about a part of the text.
func pointed(at, length int, format string, args ...any) *Error {
	return &Error{Offset: at, Length: length, Message: fmt.Sprintf(format, args...)}
}

func (s *Subject) check(w *World) *Error {
	if s.Metric == nil {
		return s.checkFigure(w)
	}
	if wrong := s.checkBounds(w); wrong != nil {
		return wrong
	}
	for _, l := range s.Labels {
		return s.checkLabel(w, l)
	}
	owners := s.owners(w)
	switch {
	case len(s.Metric.Per) == 0, len(owners) == 1, s.Metric.All && len(owners) > 0:
		return nil
	case len(owners) == 0:
		return pointed(s.at, s.length, "%s is of %s, and the scenario has none", s.Metric.Name, s.Metric.per())
	}
	return pointed(s.at, s.length, "%s is that of one %s, and there are %d", s.Metric.Name, strings.Join(spaced(s.Metric.Per), " or "), len(owners)).
		helping("say which: %s", firstOf(owners))
}

// per: "a service or job with load".
func (m *Metric) per() string {
	text := "a " + strings.Join(spaced(m.Per), " or ")
	if m.Nature == Data && m.Per[0] == Service {
		text += " with load"
	}
	if m.Per[0] == CapacityProvider {
		text += " with an Auto Scaling group"
	}
	return text
}

func spaced(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = strings.ReplaceAll(k, "_", " ")
	}
	return out
}

// firstOf lists the first of many labels.
func firstOf(owners []string) string {
	const most = 4
	if len(owners) <= most {
		return listed(owners)
	}
	return strings.Join(owners[:most], ", ") + " …"
}

// owners are the labels that can stand there: service='web'.
func (s *Subject) owners(w *World) []string {
	var all []string
	for _, key := range s.Metric.Per {
		for _, name := range s.named(w, key) {
			all = append(all, key+"="+quoted(name))
		}
	}
	return all
}

// named are the values that a label can have.
func (s *Subject) named(w *World, key string) []string {
	switch key {
	case Service:
		if s.Metric.Nature == Data {
			return w.Loaded
		}
		return w.Services
	case Job:
		return w.Jobs
	case Cluster:
		return w.Clusters
	case Subnet:
		return w.Subnets
	}
	return w.CapacityProviders
}

func (s *Subject) checkLabel(w *World, l Label) *Error {
	known := s.named(w, l.Key)
	if slices.Contains(known, l.Value) {
		return nil
	}
	what := strings.ReplaceAll(l.Key, "_", " ")
	if l.Key == Service && slices.Contains(w.Services, l.Value) {
		return pointed(l.at, l.length, "the service %s has no load, so it has no %s", l.Value, s.Metric.Name).
			helping("describe it in [services.%s.load]", l.Value)
	}
	e := pointed(l.at, l.length, "no %s is called %s", what, shown(l.Value))
	switch near := nearest(l.Value, known); {
	case near != "":
		e.Nearest = quoted(near)
	case len(known) == 0:
		e = e.helping("the scenario has none")
	default:
		quotes := make([]string, len(known))
		for i, k := range known {
			quotes[i] = quoted(k)
		}
		e = e.helping("it can be %s", firstOf(quotes))
	}
	return e
}

// checkBounds refuses what would leave no time.
func (s *Subject) checkBounds(w *World) *Error {
	after := time.Duration(0)
	if s.After != nil {
		after = s.After.After(w.Start)
	}
	if w.Duration > 0 && after >= w.Duration {
		return pointed(s.at, s.length, "after=%s is %s after the start, and the scenario ends at %s", s.After, spanText(after), spanText(w.Duration))
	}
	if s.Before == nil {
		return nil
	}
	if before := s.Before.After(w.Start); before <= after {
		return pointed(s.at, s.length, "between %s and %s after the start is nothing", spanText(after), spanText(before))
	}
	return nil
}

// checkFigure looks the name up among those that a run of this world can have.
func (s *Subject) checkFigure(w *World) *Error {
	known := w.Figures()
	if slices.Contains(known, s.Figure) {
		return nil
	}
	e := pointed(s.at, s.length, "no figure is called %s", s.Figure).meaning(s.Figure, known)
	if e.Nearest == "" {
		e = e.helping("a run with --format json and --runs 2 lists all of them under replications.metrics")
	}
	return e
}

// Figures are the names of all that a run of this world can have.
func (w *World) Figures() []string {
	names := slices.Clone(runFigures)
	add := func(prefix string, figures []string) {
		for _, f := range figures {
			names = append(names, prefix+f)
		}
	}
	for _, resource := range []string{"cpu", "memory", "gpu", "ports", "eni"} {
		for _, c := range w.Clusters {
			if c == "default" {
				c = ""
			}
			add(joinScope(resource, c), []string{usedFraction})
		}
	}
	for _, s := range w.Subnets {
		add(joinScope("ip", s), []string{usedFraction})
	}
	add("fargate_vcpu", []string{usedFraction})
	add("fargate_spot_vcpu", []string{usedFraction})
	for _, name := range w.Services {
		add("services."+name+".", serviceFigures)
		add("services."+name+".task_wait_s", waitFigures)
	}
	for _, name := range w.Jobs {
		add("jobs."+name+".", jobFigures)
		add("jobs."+name+".task_wait_s", waitFigures)
	}
	for _, name := range w.CapacityProviders {
		add("capacity_providers."+name+".", providerFigures)
		add("capacity_providers."+name+".capacity_wait_s", waitFigures)
	}
	return names
}

func joinScope(resource, scope string) string {
	if scope == "" {
		return resource
	}
	return resource + ":" + scope
}
