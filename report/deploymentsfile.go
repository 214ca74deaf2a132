package report

func deploymentRows(r *Record, emit func(func(*csvLine))) {
	for i := range r.Owners {
		o := &r.Owners[i]
		if o.Serving == nil {
			continue
		}
		for k := range o.Serving.Deployments {
			d := &o.Serving.Deployments[k]
			emit(func(l *csvLine) {
				l.texts(r.cluster(r.placing(i)), o.Name)
				l.integer(int64(d.Number))
				l.text(d.ID)
				l.integer(int64(d.Revision))
				l.texts(d.Status.String(), d.Rollout.String(), d.Reason)
				l.seconds(d.Created)
				l.seconds(d.Ended)
				l.integer(d.Running)
				l.integer(d.Healthy)
				l.integer(int64(d.Failed))
				l.seconds(d.Began)
			})
		}
	}
}
