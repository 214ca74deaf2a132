package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ecssim/model"
)

// services reads [services.NAME]. They start in the order of `order`, then of their names.
func (b *builder) services(t *table) {
	var read []*owner
	services := map[*owner]model.Service{}
	b.named(t, "services", func(name string, s *table) {
		s.later = laterService
		b.goodName(s, "a service")
		o := &owner{table: s, name: name, service: true}
		b.placing(o)
		service := model.Service{Name: name, StartAt: b.startAt(s)}
		if s.get("desired_count") == nil {
			s.missing("desired_count", "desired_count = 4")
		} else {
			service.DesiredCount = int(s.whole("desired_count", 0, mostTasks, 0))
		}
		o.copies = service.DesiredCount
		b.onlyJobs(s)
		s.done()
		o.placing.Group = "service:" + name
		read = append(read, o)
		services[o] = service
	})
	slices.SortStableFunc(read, func(x, y *owner) int { return cmp.Or(cmp.Compare(x.order, y.order), strings.Compare(x.name, y.name)) })
	for _, o := range read {
		s := services[o]
		s.Placing = *o.placing
		b.config.Services = append(b.config.Services, s)
		b.owners = append(b.owners, o)
	}
}

// onlyJobs explains keys of jobs that people write into services.
func (b *builder) onlyJobs(s *table) {
	for _, key := range []string{"run_time", "arrivals", "trace", "on_failure", "start_on", "group", "count", "at"} {
		n := s.n.child(key)
		if n == nil {
			continue
		}
		s.asked = append(s.asked, key)
		help := fmt.Sprintf("tasks that come and end by themselves are [jobs.%s]; a service keeps `desired_count` tasks running",
			bareOrQuoted(s.p[len(s.p)-1]))
		switch key {
		case "group":
			help = "the group of a service's tasks is always \"service:NAME\""
		case "count":
			help = "the number of tasks of a service is `desired_count`"
		case "at":
			help = "when a service is created is `start_at`"
		}
		b.fail("E021", n.key, fmt.Sprintf("`%s` is a key of jobs, not of services", key), "", help)
	}
}
