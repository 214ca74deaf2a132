package scenario

import (
	"fmt"
	"slices"

	"ecssim/model"
	"ecssim/model/iam"
	"ecssim/model/taskdef"
)

// account is the number of the AWS account that ARNs in AWS's documentation have.
const account = "123456789012"

// roles gives an inline task its two roles. The short form leaves out what every task has in practice; a task
// definition in JSON is taken at its word. An empty ARN is no role.
func (b *builder) roles(t *table, d *taskdef.TaskDefinition) {
	arn := func(role string) string { return "arn:aws:iam::" + account + ":role/" + d.Family + role }
	d.ExecutionRoleARN = t.text("execution_role_arn", arn("-execution-role"))
	d.TaskRoleARN = t.text("task_role_arn", arn("-task-role"))
}

// gaps are the words for what may be wrong with a role.
var gaps = []string{"missing", "permission", "trust"}

// defaultGap of a role: those of a task are usually there and lack permissions, so that the task is launched and then
// fails where it needs them; those of the account are not there at all.
func defaultGap(r iam.Role) string {
	if r == iam.TaskExecution || r == iam.Task {
		return "permission"
	}
	return "missing"
}

const gapHelp = `without it, the gap is "permission" for the roles "task_execution" and "task", and "missing" for the others`

// role reads which role has which gap (ECS rules, placement 9).
func (b *builder) role(f *table, fault *model.Fault) {
	roles := make([]string, iam.NumRoles)
	for r := range roles {
		roles[r] = iam.Role(r).String()
	}
	word, ok := f.choice("role", roles, "")
	fault.Role = iam.Role(max(0, slices.Index(roles, word)))
	standard := ""
	if ok {
		takes := with([]string{"role", "gap", "for"}, roleTakes[fault.Role]...)
		b.refuseIgnored(f, []string{"service", "job", "permission"}, "the role "+quoted(word), takes)
		standard = defaultGap(fault.Role)
	}
	if f.get("permission") != nil {
		standard = "permission"
	}
	gap, good := f.choice("gap", gaps, standard)
	if n := f.get("gap"); n != nil && !good {
		last := &b.diags[len(b.diags)-1]
		last.Help = append(last.Help, gapHelp)
	}
	fault.Gap = map[string]iam.Gap{"missing": iam.NoRole, "permission": iam.NoPermission, "trust": iam.NoTrust}[gap]
	b.permission(f, fault, gap)
	if ok {
		b.noSuchRole(f, fault)
	}
}

// permission reads which permission a role lacks; without, it lacks all.
func (b *builder) permission(f *table, fault *model.Fault, gap string) {
	n := f.get("permission")
	if n == nil || !slices.Contains(roleTakes[fault.Role], "permission") {
		return
	}
	permissions := []string{iam.ECRPermission, iam.LogsPermission}
	if fault.Role == iam.TaskExecution { // the agent reads no secrets with the role of its instance
		permissions = append(permissions, iam.SecretsPermission)
	}
	fault.Permission, _ = f.choice("permission", permissions, "")
	if fault.Gap != iam.NoPermission && gap != "" {
		b.fail("E023", n.key, fmt.Sprintf("`%s` goes with gap = \"permission\"", f.p.join("permission")), "",
			fmt.Sprintf("a role with gap = %q can do nothing at all", gap), gapHelp)
	}
}

// noSuchRole: W224. The role belongs to tasks whose definitions name none.
func (b *builder) noSuchRole(f *table, fault *model.Fault) {
	if fault.Role != iam.TaskExecution && fault.Role != iam.Task {
		return
	}
	whose, key, inline := "no task definition names", "taskRoleArn", false
	for _, o := range b.owners {
		if fault.Owner != "" && fault.Owner != o.table.p.String() {
			continue
		}
		if o.placing.Task == nil || slices.ContainsFunc(b.definitions(o), func(d *taskdef.TaskDefinition) bool {
			return usesRole(fault.Role, o.placing.Launch, d)
		}) {
			return
		}
		inline = inline || o.spec.inline
		if fault.Owner != "" {
			whose = "the task definition of " + o.what() + " does not name"
		}
	}
	what, help := "a task role", "an application without a task role is taken to make no calls to AWS"
	if fault.Role == iam.TaskExecution {
		what, key = "an execution role", "executionRoleArn"
		help = "on EC2 the agent then pulls and logs with the role of its instance: role = \"container_instance\""
	}
	name := "give the definition one: \"" + key + "\""
	if inline {
		key = snaked(key)
		name = fmt.Sprintf("inline tasks have one unless they say %s = \"\"", key)
	}
	b.warn("W224", f.valueAt("role"), fmt.Sprintf("fault `%s` is without effect: %s %s", fault.Name, whose, what), help, name)
}

// definitions are those that the tasks of an owner have in the course of the scenario.
func (b *builder) definitions(o *owner) []*taskdef.TaskDefinition {
	list := []*taskdef.TaskDefinition{o.placing.Task}
	if !o.service {
		return list
	}
	for i := range b.config.Services {
		if s := &b.config.Services[i]; s.Name == o.name {
			for _, r := range s.Rollouts {
				if r.Placing != nil {
					list = append(list, r.Placing.Task)
				}
			}
		}
	}
	return list
}

// usesRole reports whether tasks of a definition work with a role of their own. Secrets are read with the execution
// role wherever a task runs, and Fargate has no other role for anything.
func usesRole(r iam.Role, launch model.LaunchType, d *taskdef.TaskDefinition) bool {
	if r == iam.Task {
		return d.TaskRoleARN != ""
	}
	return launch == model.Fargate || d.ExecutionRoleARN != "" ||
		slices.ContainsFunc(d.Containers, func(c taskdef.Container) bool { return c.Secrets > 0 || c.Credentials })
}
