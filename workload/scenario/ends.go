package scenario

import (
	"fmt"

	"ecssim/workload/diag"
)

// ends requires a duration unless everything ends by itself.
func (b *builder) ends(t *table) {
	if t.get("duration") != nil {
		return
	}
	if len(b.owners) == 0 && !diag.HasErrors(b.diags) {
		b.fail("E022", t.where(), "the scenario has neither services nor jobs: nothing would happen", "",
			"write for example: [services.web] with task = { cpu = 256, memory = 512 } and desired_count = 4")
		return
	}
	for _, o := range b.owners {
		if o.ends || b.troubled(o) {
			continue
		}
		why := "its tasks are kept running for ever"
		if !o.service {
			why = "it does not end by itself"
		}
		message := fmt.Sprintf("`duration` is missing, and `%s` goes on for ever", o.table.p)
		t.absent = append(t.absent, absence{"duration", message})
		b.add(diag.Diagnostic{
			Code: "E048", At: t.where(), Message: message,
			Notes: []string{
				fmt.Sprintf("`%s`: %s", o.table.p, why),
				"a job ends by itself if its arrivals end, its tasks end, and `on_failure` does not retry for ever",
			},
			Help: []string{`write for example: duration = "6h"`},
		})
		return
	}
}

// troubled reports whether the owner has errors of its own, which would make others follow.
func (b *builder) troubled(o *owner) bool {
	return !o.service && diag.HasErrors(b.diags)
}
