package model

import (
	"slices"

	"ecssim/model/containers"
	"ecssim/model/iam"
	"ecssim/model/image"
	"ecssim/model/taskdef"
)

// revision is a task definition as one service or job runs it.
type revision struct {
	placing *Placing
	number  int
	// offers are the ways in which it can run: one for each capacity provider of its strategy, or the launch type alone.
	offers []*offer
	// plain: one container without a health check or anything else that needs a state machine.
	plain bool
	// images are the described ones of its containers, each once.
	images []int
	roles  iam.Needs
	app    containers.App // of a plain task
}

// revise makes the next revision of an owner.
func (w *World) revise(o *owner, p *Placing) *revision {
	o.revisions++
	r := &revision{placing: p, number: o.revisions, offers: w.offers(p)}
	task := p.Task
	r.plain = len(task.Containers) == 1 && simple(&task.Containers[0])
	if len(p.Apps) == 1 {
		r.app = p.Apps[0]
		r.plain = r.plain && r.app == containers.App{ShutdownTime: r.app.ShutdownTime}
	} else if len(p.Apps) > 1 {
		r.plain = false
	}
	for _, n := range p.Images {
		if n >= 0 && !slices.Contains(r.images, n) {
			r.images = append(r.images, n)
		}
	}
	r.roles = w.roleNeeds(o, r)
	return r
}

// simple containers start, run and stop, and no more.
func simple(c *taskdef.Container) bool {
	return c.Health == nil && c.Restart == nil && len(c.DependsOn) == 0 && c.Essential
}

// roleNeeds is what the tasks of a revision need the roles for.
func (w *World) roleNeeds(o *owner, r *revision) iam.Needs {
	p := r.placing
	n := iam.Needs{
		Fargate: p.Launch == Fargate, HasExecutionRole: p.Task.ExecutionRoleARN != "", HasTaskRole: p.Task.TaskRoleARN != "",
		Awsvpc: p.Task.NetworkMode == taskdef.Awsvpc, ExecutionRoleARN: p.Task.ExecutionRoleARN, TaskRoleARN: p.Task.TaskRoleARN,
	}
	for i := range p.Task.Containers {
		c := &p.Task.Containers[i]
		// Targets are registered after the launch, so that they do not hold it up.
		n.Secrets = n.Secrets || c.Secrets > 0
		n.AwslogsDriver = n.AwslogsDriver || c.LogDriver == "awslogs"
		n.PrivateRegistry = n.PrivateRegistry || c.Credentials
		kind := image.ECR // an image that nobody names is one of the account's own
		if c.Image != "" {
			_, kind = image.Parse(c.Image)
		}
		if i < len(p.Images) && p.Images[i] >= 0 {
			kind = w.cfg.Registries[w.cfg.Images[p.Images[i]].Registry].Kind
		}
		n.ECRImage = n.ECRImage || kind == image.ECR
	}
	return n
}
