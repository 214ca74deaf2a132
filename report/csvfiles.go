package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ecssim/model"
	"ecssim/model/placement"
)

// csvFile is one file of data/: its columns, and the rows that a record gives. A row begins with its seed; emit hands
// out the line to fill in with the rest.
type csvFile struct {
	name    string
	columns []field
	rows    func(r *Record, emit func(fill func(*csvLine)))
	// scaling: the file is there where something could follow load.
	scaling bool
}

func csvFiles() []csvFile {
	return []csvFile{
		{name: "timeseries.csv", columns: timeseriesFields, rows: timeseriesRows},
		{name: "tasks.csv", columns: taskFields, rows: taskRows},
		{name: "instances.csv", columns: instanceFields, rows: instanceRows},
		{name: "placements.csv", columns: placementFields, rows: placementRows},
		{name: "failures.csv", columns: failureFields, rows: failureRows},
		{name: "costs.csv", columns: costFields, rows: costRows},
		{name: "deployments.csv", columns: deploymentFields, rows: deploymentRows},
		{name: "scaling.csv", columns: scalingFields, rows: scalingRows, scaling: true},
		{name: "lags.csv", columns: lagFields, rows: lagRows, scaling: true},
	}
}

// write writes the header and the rows of all records, in order.
func (f *csvFile) write(w io.Writer, records []*Record) error {
	var line csvLine
	line.begin()
	for _, c := range f.columns {
		line.text(c.name)
	}
	err := line.end(w)
	for _, r := range records {
		f.rows(r, func(fill func(*csvLine)) {
			if err != nil {
				return
			}
			line.begin()
			line.text(strconv.FormatUint(r.Seed, 10))
			fill(&line)
			if line.cells != len(f.columns) {
				panic(fmt.Sprintf("report: %s has %d columns, but a row has %d cells", f.name, len(f.columns), line.cells))
			}
			err = line.end(w)
		})
	}
	return err
}

// writeColumns writes data/columns.csv.
func writeColumns(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"file", "column", "type", "unit", "meaning"}}
	for _, c := range Columns() {
		rows = append(rows, []string{c.File, c.Column, c.Type, c.Unit, c.Meaning})
	}
	return out.WriteAll(rows)
}

// cluster is the name of an owner's cluster.
func (r *Record) cluster(p *model.Placing) string { return r.Clusters[p.Cluster].Name }

// onlyCluster is the name of the one cluster there is; empty where there are several.
func (r *Record) onlyCluster() string {
	if len(r.Clusters) > 1 {
		return ""
	}
	return r.Clusters[0].Name
}

// labels are the cells service and job of an owner.
func (o *OwnerRecord) labels() (service, job string) {
	if o.Service {
		return o.Name, ""
	}
	return "", o.Name
}

// placing is the configuration of an owner.
func (r *Record) placing(owner int) *model.Placing {
	if n := len(r.Config.Services); owner >= n {
		return &r.Config.Jobs[owner-n].Placing
	}
	return &r.Config.Services[owner].Placing
}

// service is the configuration of a service.
func (r *Record) service(name string) *model.Service {
	at := slices.IndexFunc(r.Config.Services, func(s model.Service) bool { return s.Name == name })
	return &r.Config.Services[at]
}

func (r *Record) subnet(i int) string {
	if i < 0 {
		return ""
	}
	return r.Config.Subnets[i].Name
}

func taskRows(r *Record, emit func(func(*csvLine))) {
	for t := range r.Tasks.all() {
		if !t.seen {
			continue
		}
		p := t.placing
		service, job := r.Owners[t.Owner].labels()
		definition, disk := "", int64(0)
		if p.Task != nil {
			definition = p.Task.Family + ":" + strconv.Itoa(p.Task.Revision)
		}
		instance, zone := "", ""
		if t.Instance != nil {
			instance, zone = t.Instance.Name, t.Instance.Zone
		}
		if p.Launch == model.Fargate {
			disk = ephemeral(p)
			if t.Subnet >= 0 {
				zone = r.Config.Subnets[t.Subnet].Zone
			}
		}
		emit(func(l *csvLine) {
			l.numbered(r.Owners[t.Owner].Name, t.Number)
			l.texts(r.cluster(p), service, job, definition, p.Launch.String(), instance, zone, r.subnet(int(t.Subnet)))
			l.integer(t.CPU)
			l.integer(t.Memory)
			l.seconds(t.Created)
			l.seconds(t.Placed)
			l.seconds(t.Running)
			l.seconds(t.Stopping)
			l.seconds(t.Stopped)
			l.texts(t.StopCode.String(), t.StoppedReason)
			l.integer(int64(t.Attempts))
			l.text(t.LastFailure.String())
			l.seconds(t.PullStarted)
			l.integer(disk)
			l.positive(int64(t.Deployment))
			l.positive(int64(t.Revision))
			if t.StopCode == model.EssentialContainerExited || t.ExitCode != 0 {
				l.integer(int64(t.ExitCode))
			} else {
				l.text("")
			}
			l.text(r.providerOf(t))
		})
	}
}

// ephemeral is the disk of a Fargate task in GiB.
func ephemeral(p *model.Placing) int64 {
	if p.Task == nil || p.Task.EphemeralStorageGiB == 0 {
		return 20
	}
	return int64(p.Task.EphemeralStorageGiB)
}

func instanceRows(r *Record, emit func(func(*csvLine))) {
	for _, i := range r.InstanceRows {
		emit(func(l *csvLine) {
			l.texts(i.Name, i.Type, i.Zone, i.Provider)
			l.seconds(i.Launched)
			l.seconds(i.Registered)
			l.seconds(i.Drained)
			l.seconds(i.Terminated)
			l.integer(i.TasksPlaced)
			l.text(i.Cluster)
			i.writePrice(l)
		})
	}
}

func placementRows(r *Record, emit func(func(*csvLine))) {
	texts := make([]string, len(r.Exclusions))
	for i := range r.Exclusions {
		texts[i] = exclusion(&r.Exclusions[i])
	}
	for p := range r.Placements.all() {
		service, job := r.Owners[p.Owner].labels()
		outcome, excluded := "placed", ""
		if !p.Placed {
			outcome, excluded = "failed", texts[p.Excluded]
		}
		instance := ""
		if p.Instance != nil {
			instance = p.Instance.Name
		}
		emit(func(l *csvLine) {
			l.seconds(p.At)
			l.texts(service, job)
			l.numbered(r.Owners[p.Owner].Name, p.Number)
			l.integer(int64(p.Attempt))
			l.texts(outcome, instance, r.subnet(int(p.Subnet)), p.Reason.String(), excluded)
		})
	}
}

func exclusion(by *[placement.NumReasons]int32) string {
	var parts []string
	for reason, n := range by {
		if n > 0 {
			parts = append(parts, placement.Reason(reason).String()+"="+strconv.Itoa(int(n)))
		}
	}
	return strings.Join(parts, ";")
}

func failureRows(r *Record, emit func(func(*csvLine))) {
	for _, f := range r.Failures {
		service, job := r.Owners[f.Owner].labels()
		emit(func(l *csvLine) {
			l.seconds(f.At)
			l.texts(service, job)
			l.numbered(r.Owners[f.Owner].Name, f.Task)
			l.texts(reasonText(f.Reason), f.Detail)
			l.integer(f.Count)
		})
	}
}

func costRows(r *Record, emit func(func(*csvLine))) {
	for _, h := range r.BillHours {
		for _, it := range h.Items {
			emit(func(l *csvLine) {
				l.integer(int64(h.Index))
				l.text(it.Name)
				l.decimal(it.Quantity, 9)
				l.text(it.Unit)
				l.decimal(it.USD, 9)
				l.text(strconv.FormatBool(it.Known))
			})
		}
	}
}
