package report

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decisionsFile is one scaling decision a line; data/scaling.csv has the same in columns.
const decisionsFile = "decisions.ndjson"

// writeDecision writes what a decision is, as events.ndjson has it as well.
func (r *Record) writeDecision(l *jsonLine, d *DecisionRow) {
	if d.Service >= 0 {
		l.text("service", r.Owners[d.Service].Name)
	} else {
		l.text("capacity_provider", r.providerName(d.Provider))
	}
	l.text("policy", d.Policy)
	if d.Metric != "" {
		l.text("metric", d.Metric)
		l.decimal("value", d.Value, 6)
		l.decimal("target", d.Target, 6)
	}
	l.text("formula", d.Formula)
	l.integer("desired_from", int64(d.From))
	l.integer("desired_to", int64(d.To))
	l.integer("wanted", int64(d.wanted()))
	l.text("blocked", d.Blocked.String())
	if d.Until >= 0 {
		l.seconds("until_s", d.Until)
	}
}

// wanted is what the formula asks for; what was done where nothing kept it from that.
func (d *DecisionRow) wanted() int {
	if d.Blocked == 0 {
		return d.To
	}
	return d.Wanted
}

func (r *Record) providerName(n int) string {
	if n < 0 || n >= len(r.Config.CapacityProviders) {
		return ""
	}
	return r.Config.CapacityProviders[n].Name
}

// decisionFields are the fields of decisions.ndjson. A field that has nothing to say is left out of a line.
var decisionFields = []field{
	{"seed", "integer", "", "seed of the replication"},
	{"id", "integer", "", "number of the decision in its replication, from 1; those that say what the one before of their policy said have no line"},
	{"t", "number", "s", "when it was made, in " + secondsSinceStart},
	{"service", "text", "", "name of the service whose desired count it is about"},
	{"capacity_provider", "text", "", "name of the capacity provider whose group's desired capacity it is about"},
	{"policy", "text", "", "name of the policy or of the scheduled action, or managed scaling"},
	{"metric", "text", "", "CloudWatch's name of the metric; left out for scheduled actions"},
	{"value", "number", "see metric", "value of the metric"},
	{"target", "number", "see metric", "target value, or threshold of the alarm"},
	{"formula", "text", "", "the calculation with its numbers"},
	{"desired_from", "integer", "", "desired count, or capacity, before"},
	{"desired_to", "integer", "", "the same after; equal where something blocked the change"},
	{"wanted", "integer", "", "what the formula asks for"},
	{"blocked", "text", "", "what kept it from being carried out as the formula has it"},
	{"until_s", "number", "s", "when the block ends, or the cooldown that the decision begins, in " + secondsSinceStart},
	{"breached_s", "number", "s", "when the first of the periods began that made the alarm, in " + secondsSinceStart},
	{"alarmed_s", "number", "s", "when the alarm went to ALARM, in " + secondsSinceStart},
	{"running", "integer", "", "the number that the formula begins with: RUNNING tasks, or instances"},
	{"load", "number", "units/s", "the demand at that moment"},
	{"count", "integer", "", "how often the policy was blocked by the same in a row, this time included; left out for once"},
	{"last_s", "number", "s", "when it was blocked by the same for the last time, in " + secondsSinceStart},
	{"cause", "integer", "", "id of the decision that led to this one: of managed scaling, the latest decision of a service whose tasks wait for the capacity"},
	{"tasks_created", "integer", "tasks", "tasks that are there because of it"},
	{"tasks", "text", "", "names of the first of them"},
	{"instances_launched", "integer", "instances", "instances that are there because of it"},
	{"instances", "text", "", "names of the first of them"},
	{"first_running_s", "number", "s", "when the first of its tasks was RUNNING, in " + secondsSinceStart},
	{"last_running_s", "number", "s", "when the last of its tasks was RUNNING, in " + secondsSinceStart},
	{"first_registered_s", "number", "s", "when the first of its instances registered, in " + secondsSinceStart},
	{"last_registered_s", "number", "s", "when the last of its instances registered, in " + secondsSinceStart},
}

// writeDecisions writes decisions.ndjson.
func writeDecisions(w io.Writer, records []*Record) error {
	var line jsonLine
	for _, r := range records {
		for d := range r.Decisions.all() {
			line.begin()
			line.key("seed")
			line.buffer = strconv.AppendUint(line.buffer, r.Seed, 10)
			line.integer("id", d.ID)
			line.seconds("t", d.At)
			r.writeDecision(&line, d)
			r.writeRest(&line, d)
			if err := line.end(w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Record) writeRest(l *jsonLine, d *DecisionRow) {
	at := func(name string, t time.Duration) {
		if t >= 0 {
			l.seconds(name, t)
		}
	}
	at("breached_s", d.Breached)
	at("alarmed_s", d.Alarmed)
	l.integer("running", int64(d.Running))
	if d.Load >= 0 {
		l.decimal("load", d.Load, 6)
	}
	if d.Count > 1 {
		l.integer("count", d.Count)
		l.seconds("last_s", d.Last)
	}
	l.positive("cause", d.Cause)
	l.positive("tasks_created", d.Tasks)
	l.text("tasks", d.taskNames(r))
	l.positive("instances_launched", d.Instances)
	l.text("instances", d.instanceNames())
	at("first_running_s", d.FirstRunning)
	at("last_running_s", d.LastRunning)
	at("first_registered_s", d.FirstRegistered)
	at("last_registered_s", d.LastRegistered)
}

// taskNames: web/5;web/6;web/7;… where there are more.
func (d *DecisionRow) taskNames(r *Record) string {
	if d.Service < 0 {
		return ""
	}
	var names []string
	for _, n := range d.taskNumbers[:min(d.Tasks, namedEffects)] {
		names = append(names, r.Owners[d.Service].Name+"/"+strconv.FormatInt(n, 10))
	}
	return list(names, d.Tasks)
}

func (d *DecisionRow) instanceNames() string {
	var names []string
	for _, i := range d.instances[:min(d.Instances, namedEffects)] {
		names = append(names, i.Name)
	}
	return list(names, d.Instances)
}

func list(names []string, all int64) string {
	if all > int64(len(names)) {
		names = append(names, "…")
	}
	return strings.Join(names, ";")
}

var scalingFields = append([]field{
	seedField,
	{"id", "integer", "", "number of the decision, from 1; those that say what the one before of their policy said have no row"},
	{"t_s", "number", "s", "when it was made, in " + secondsSinceStart},
	{"service", "text", "", "name of the service whose desired count it is about; empty for capacity providers"},
	{"capacity_provider", "text", "", "name of the capacity provider whose group's desired capacity it is about; empty for services"},
}, decisionFields[5:]...)

func scalingRows(r *Record, emit func(func(*csvLine))) {
	for d := range r.Decisions.all() {
		service, provider := "", ""
		if d.Service >= 0 {
			service = r.Owners[d.Service].Name
		} else {
			provider = r.providerName(d.Provider)
		}
		emit(func(l *csvLine) {
			l.integer(d.ID)
			l.seconds(d.At)
			l.texts(service, provider, d.Policy, d.Metric)
			if d.Metric != "" {
				l.decimal(d.Value, 6)
				l.decimal(d.Target, 6)
			} else {
				l.texts("", "")
			}
			l.text(d.Formula)
			l.integer(int64(d.From))
			l.integer(int64(d.To))
			l.integer(int64(d.wanted()))
			l.text(d.Blocked.String())
			l.seconds(d.Until)
			l.seconds(d.Breached)
			l.seconds(d.Alarmed)
			l.integer(int64(d.Running))
			if d.Load >= 0 {
				l.decimal(d.Load, 6)
			} else {
				l.text("")
			}
			l.integer(d.Count)
			l.seconds(d.Last)
			l.positive(d.Cause)
			l.integer(d.Tasks)
			l.text(d.taskNames(r))
			l.integer(d.Instances)
			l.text(d.instanceNames())
			l.seconds(d.FirstRunning)
			l.seconds(d.LastRunning)
			l.seconds(d.FirstRegistered)
			l.seconds(d.LastRegistered)
		})
	}
}

var lagFields = []field{
	seedField,
	{"service", "text", "", "name of the service that had too few tasks"},
	{"episode", "integer", "", "number of the episode of the service, from 1"},
	{"begin_s", "number", "s", "when the first period began that breached, or the episode before ended if the alarm went on, in " + secondsSinceStart},
	{"alarmed_s", "number", "s", "when the alarm went to ALARM, in " + secondsSinceStart + "; empty where no alarm was behind it"},
	{"decided_s", "number", "s", "when the desired count was raised first, in " + secondsSinceStart},
	instant("end_s", "when the last task served that the decisions wanted"),
	{"decisions", "integer", "", "how many decisions belong to it"},
	{"desired_from", "integer", "tasks", "desired count before the first of them"},
	{"desired_to", "integer", "tasks", "desired count after the last of them"},
	{"tasks_created", "integer", "tasks", "tasks that they brought about"},
	{"policy", "text", "", "name of the first one's policy or scheduled action"},
	{"task", "text", "", "the last task to serve, whose way the rest follows"},
	{"decision", "integer", "", "id of the decision that wanted it"},
	{"instance", "text", "", "container instance that it runs on; empty on Fargate"},
	{"instance_decision", "integer", "", "id of the decision that launched the instance because of it; empty where there was room"},
	{"total_s", "number", "s", "from begin_s to end_s: the sum of the rest"},
	{"detection_s", "number", "s", "up to ALARM, with the delay of the metric"},
	{"decision_s", "number", "s", "from there to the desired count that wanted the task"},
	{"capacity_s", "number", "s", "in PROVISIONING until the instance was launched: metric, alarm and decision of managed scaling, and the group's reaction"},
	{"boot_s", "number", "s", "from there to the instance's registration"},
	{"placement_s", "number", "s", "scheduler, placement, agent and network interface, up to the image pull"},
	{"pull_s", "number", "s", "image pull; of an image that the scenario does not describe up to RUNNING"},
	{"start_s", "number", "s", "from there to RUNNING, or ACTIVATING"},
	{"health_s", "number", "s", "from there until it was healthy"},
}

func lagRows(r *Record, emit func(func(*csvLine))) {
	numbers := map[int]int64{}
	for i := range r.Episodes {
		x := &r.Episodes[i]
		numbers[x.Service]++
		emit(func(l *csvLine) {
			name := r.Owners[x.Service].Name
			l.text(name)
			l.integer(numbers[x.Service])
			l.seconds(x.Begin)
			l.seconds(x.Alarmed)
			l.seconds(x.Decided)
			l.seconds(x.End)
			l.integer(int64(x.Decisions))
			l.integer(int64(x.From))
			l.integer(int64(x.To))
			l.integer(int64(x.Tasks))
			l.text(x.Policy)
			if !x.Complete() {
				for range 4 + 1 + int(NumPhases) {
					l.text("")
				}
				return
			}
			l.numbered(name, x.Task)
			l.integer(x.Decision)
			l.text(x.Instance)
			l.positive(x.Managed)
			l.seconds(x.Split.Total())
			for _, d := range x.Split {
				l.seconds(d)
			}
		})
	}
}

// sortEpisodes puts them in order of their beginning, then of the services.
func sortEpisodes(rows []Episode) {
	slices.SortStableFunc(rows, func(a, b Episode) int {
		return cmp.Or(cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Decided, b.Decided))
	})
}
