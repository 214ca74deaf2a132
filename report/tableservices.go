package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecssim/model"
)

// deploymentTable is there where a service was updated, a deployment failed or tasks were stopped for their health.
func deploymentTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "DEPLOYMENT", least: 12}, {title: "FAILED", right: true, spare: true}, {title: "REV", right: true},
		{title: "STATE", least: 9}, {title: "HEALTHY"}, {title: "TOOK", right: true}, {title: "WHY", least: 10},
	}}
	type row struct {
		service, why string
		*DeploymentSummary
	}
	var rows []row
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		v := s.Services[name]
		if !v.eventful() {
			continue
		}
		for i := range v.Deployments {
			rows = append(rows, row{name, v.whyOf(&v.Deployments[i]), &v.Deployments[i]})
		}
	}
	left := len(rows) - maxRows
	if left > 0 { // what failed or goes on, then the newest
		slices.SortStableFunc(rows, func(a, b row) int {
			return cmp.Or(cmp.Compare(b.telling(), a.telling()), cmp.Compare(b.Created, a.Created))
		})
		rows = rows[:maxRows]
	}
	for _, d := range rows {
		t.add(fmt.Sprintf("%s #%d", clean(d.service), d.Number), amount(int64(d.FailedTasks)), amount(int64(d.Revision)), d.RolloutState,
			d.health(), d.took(), d.why)
	}
	t.insist("WHY", 36)
	if left > 0 {
		return t, fmt.Sprintf("… and %d more", left)
	}
	return t, ""
}

// eventful says that there is something to tell of a service's deployments.
func (v *ServiceSummary) eventful() bool {
	return len(v.Deployments) > 1 || v.Unhealthy > 0 ||
		slices.ContainsFunc(v.Deployments, func(d DeploymentSummary) bool { return d.RolloutState == "FAILED" })
}

func (d *DeploymentSummary) telling() int {
	switch {
	case d.RolloutState == "FAILED":
		return 2
	case d.Ended == nil:
		return 1
	}
	return 0
}

// whyOf is the reason of a deployment in few words: rolled back from #2.
func (v *ServiceSummary) whyOf(d *DeploymentSummary) string {
	why := d.Reason
	for i := range v.Deployments {
		if o := &v.Deployments[i]; o.ID != "" {
			number := fmt.Sprintf("#%d", o.Number)
			why = strings.ReplaceAll(strings.ReplaceAll(why, "deployment "+o.ID, number), o.ID, number)
		}
	}
	return cmp.Or(clean(withoutNames(why)), "–")
}

// whyWidth is how much of a reason is worth more than the columns that a table can do without.
const whyWidth = 44

// took is from its beginning to its completion or failure.
func (d *DeploymentSummary) took() string {
	if d.Ended == nil || d.RolloutState == model.RolloutInProgress.String() {
		return "–"
	}
	return spanOf(*d.Ended - d.Began)
}

// health: 3 of 4. One that was superseded and has no task left has nothing to tell.
func (d *DeploymentSummary) health() string {
	if d.Running == 0 && d.Status != model.PrimaryDeployment.String() {
		return "–"
	}
	return fmt.Sprintf("%s of %s", amount(d.Healthy), amount(d.Running))
}

// faultTable has a row for each service that suffered from a fault, and one for a fault that nobody felt.
func faultTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "FAULT", least: 10}, {title: "KIND", spare: true}, {title: "FROM"}, {title: "UNTIL", spare: true}, {title: "SERVICE", least: 8},
		{title: "HEALTHY", right: true, spare: true}, {title: "RUNNING", right: true}, {title: "BACK AFTER", right: true},
	}}
	count := 0
	for i := range s.Faults {
		f := &s.Faults[i]
		until := "–"
		if f.To != nil {
			until = clockOf(*f.To)
		}
		rows := [][]string{{"not felt", "–", "–", "–"}}
		if len(f.Impact) > 0 {
			rows = rows[:0]
		}
		for _, m := range f.Impact {
			back := "not yet"
			if m.RecoveredAfter != nil {
				back = spanOf(*m.RecoveredAfter)
			}
			rows = append(rows, []string{
				clean(m.Service), fmt.Sprintf("%s of %s", amount(m.LowestHealthy), amount(m.Desired)),
				fmt.Sprintf("%s of %s", amount(m.LowestRunning), amount(m.Desired)), back,
			})
		}
		for _, row := range rows {
			if count++; count <= maxRows {
				t.add(append([]string{clean(f.Name), strings.ReplaceAll(f.Kind, "_", " "), clockOf(f.From), until}, row...)...)
			}
		}
	}
	return t, strings.Join(append(zoneLines(s), more(count)), "\n")
}

// maxZoneLines is how many services are told of zone by zone.
const maxZoneLines = 4

// zoneLines say where tasks went that lost their zone: zone-c-down: web in a 3 → 3 → 5, b 3 → 3 → 4, c 3 → 0 → 0.
func zoneLines(s *Summary) []string {
	var lines []string
	for i := range s.Faults {
		f := &s.Faults[i]
		if f.Kind != model.ZoneOutage.String() {
			continue
		}
		for _, m := range f.Impact {
			var parts []string
			names := slices.Sorted(maps.Keys(m.Zones))
			region := commonPrefix(names)
			for _, name := range names {
				if z := m.Zones[name]; z != (ZoneSummary{}) {
					parts = append(parts, fmt.Sprintf("%s %s → %s → %s", clean(name[region:]), amount(z.Before), amount(z.Lowest), amount(z.After)))
				}
			}
			line := fmt.Sprintf("%s, %s by zone: %s", clean(f.Name), clean(m.Service), strings.Join(parts, ", "))
			if len(parts) > 1 && length(line) <= termWidth && len(lines) < maxZoneLines {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// commonPrefix is how much of sorted names can be left out: us-east-1a and us-east-1b are a and b.
func commonPrefix(names []string) int {
	if len(names) < 2 {
		return 0
	}
	first, last, n := names[0], names[len(names)-1], 0
	for n < len(first)-1 && n < len(last)-1 && first[n] == last[n] && first[n] < 0x80 {
		n++
	}
	return n
}
