package iam

// Needs is what a task wants of its roles.
type Needs struct {
	Fargate bool
	// ECRImage: an image comes from a private ECR repository. PrivateRegistry: one comes from a registry that asks for
	// credentials out of a secret.
	ECRImage, PrivateRegistry bool
	Secrets, AwslogsDriver    bool
	// HasExecutionRole and HasTaskRole: the task definition names one; the ARNs may be left out.
	HasExecutionRole, HasTaskRole bool
	ExecutionRoleARN, TaskRoleARN string
	Awsvpc, Targets               bool
}

// Account tells which gaps the roles of an account have now. The zero value has none.
type Account struct {
	gaps []gap // few, so a slice beats a map
}

// gap is one that is open, as often as faults opened it.
type gap struct {
	role       Role
	gap        Gap
	scope      string
	permission string
	count      int
}

// Flawless reports whether no gap is open, so that nothing else need be asked.
func (a *Account) Flawless() bool { return len(a.gaps) == 0 }

// Set opens a gap of a role, or closes it again. A gap opened twice must be closed twice. The scope is one service or job
// ("services/web"), or "" for all; the roles that belong to the account, ServiceLinked and AutoScaling, and the
// registration of instances have no scope. The permission counts with NoPermission of TaskExecution and ContainerInstance
// only; other roles lack all or none.
func (a *Account) Set(role Role, g Gap, scope, permission string, on bool) {
	if g == Whole {
		return
	}
	if g != NoPermission || role != TaskExecution && role != ContainerInstance {
		permission = AllPermissions
	}
	for i := range a.gaps {
		f := &a.gaps[i]
		if f.role != role || f.gap != g || f.scope != scope || f.permission != permission {
			continue
		}
		if on {
			f.count++
		} else if f.count--; f.count == 0 {
			a.gaps = append(a.gaps[:i], a.gaps[i+1:]...)
		}
		return
	}
	if !on {
		panic("iam: a gap is closed that nobody opened")
	}
	a.gaps = append(a.gaps, gap{role: role, gap: g, scope: scope, permission: permission, count: 1})
}

// worst is the gap that keeps an owner from a permission of a role: none, NoPermission, or that it cannot be assumed.
func (a *Account) worst(role Role, owner, permission string) Gap {
	worst := Whole
	for i := range a.gaps {
		f := &a.gaps[i]
		if f.role == role && (f.scope == "" || f.scope == owner) &&
			(f.permission == AllPermissions || f.permission == permission) {
			worst = max(worst, f.gap)
		}
	}
	return worst
}

// anywhere is the worst gap of a role whatever its scope.
func (a *Account) anywhere(role Role) Gap {
	worst := Whole
	for i := range a.gaps {
		if f := &a.gaps[i]; f.role == role && f.permission == AllPermissions {
			worst = max(worst, f.gap)
		}
	}
	return worst
}

// Registers reports whether instances that boot can register. Without, the agent gets AccessDenied and exits: nothing
// tries again (ECS rules, placement 6.1, 9).
func (a *Account) Registers() bool { return a.anywhere(ContainerInstance) == Whole }

// RegistersTargets reports whether ECS can register and deregister targets of load balancers.
func (a *Account) RegistersTargets() bool { return a.anywhere(ServiceLinked) == Whole }

// Scales reports whether Application Auto Scaling can read alarms and change desired counts.
func (a *Account) Scales() bool { return a.anywhere(AutoScaling) == Whole }

// CallsDenied reports whether the application's own calls to AWS get AccessDenied: its task runs all the same. An
// application without a task role is taken to make no calls.
func (a *Account) CallsDenied(owner string, n Needs) bool {
	return n.HasTaskRole && a.worst(Task, owner, AllPermissions) != Whole
}
