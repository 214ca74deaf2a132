package iam

// Stage is where a task fails for want of a role.
type Stage uint8

// The stages, in their order.
const (
	Launch Stage = iota
	Secrets
	Image
	Logs
)

// Failure is what ECS says when a role is not what it should be.
type Failure struct {
	Stage Stage
	// Name is the error: of a stopped task the first word of stoppedReason, of a launch that of the API. Reason is the
	// whole sentence.
	Name, Reason string
}

// The names of failures.
const (
	ClientException             = "ClientException"
	InvalidParameterException   = "InvalidParameterException"
	ResourceInitializationError = "ResourceInitializationError"
	CannotPullECRContainerError = "CannotPullECRContainerError"
	CannotPullContainerError    = "CannotPullContainerError"
	CannotStartContainerError   = "CannotStartContainerError"
)

const (
	actionToken  = "ecr:GetAuthorizationToken"
	actionStream = "logs:CreateLogStream"
	actionSecret = "secretsmanager:GetSecretValue"

	noServiceLinkedRole = "Unable to assume the service linked role. Please verify that the ECS service linked role exists."
	misconfigured       = "IAM permissions policies have been misconfigured or changed, and ECS can no longer maintain your service."
)

// LaunchFailure returns why a task cannot be launched, or nil: the service-linked role is not there for the interface or
// the targets, or ECS cannot assume a role of the task. A lacking permission of the task's roles does not show here.
func (a *Account) LaunchFailure(owner string, n Needs) *Failure {
	if len(a.gaps) == 0 {
		return nil
	}
	if n.Awsvpc || n.Targets || n.Fargate {
		switch a.anywhere(ServiceLinked) {
		case Whole:
		case NoPermission:
			return &Failure{Launch, InvalidParameterException, misconfigured}
		default:
			return &Failure{Launch, InvalidParameterException, noServiceLinkedRole}
		}
	}
	if n.executionRole() && a.worst(TaskExecution, owner, AllPermissions) > NoPermission {
		return cannotAssume(n.arn(TaskExecution))
	}
	if n.HasTaskRole && a.worst(Task, owner, AllPermissions) > NoPermission {
		return cannotAssume(n.arn(Task))
	}
	return nil
}

func cannotAssume(role string) *Failure {
	return &Failure{Launch, ClientException, "ECS was unable to assume the role '" + role + "' that was provided for this " +
		"task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM " +
		"user has permissions to pass this role."}
}

// StartFailure returns why a task stops before its containers start, or nil. What is needed is asked for in this order:
// secrets, images, log streams.
func (a *Account) StartFailure(owner string, n Needs) *Failure {
	if len(a.gaps) == 0 {
		return nil
	}
	if n.Secrets && a.worst(TaskExecution, owner, SecretsPermission) != Whole {
		return &Failure{Secrets, ResourceInitializationError, pullSecrets +
			"unable to retrieve secret from asm: service call has been retried 1 time(s): " + n.denied(TaskExecution, actionSecret)}
	}
	if f := a.imageFailure(owner, &n); f != nil {
		return f
	}
	return a.logFailure(owner, &n)
}

const pullSecrets = ResourceInitializationError + ": unable to pull secrets or registry auth: " +
	"execution resource retrieval failed: "

func (a *Account) imageFailure(owner string, n *Needs) *Failure {
	if role := n.agentRole(); n.ECRImage {
		switch g := a.worst(role, owner, ECRPermission); {
		case g == Whole:
		case n.Fargate:
			return &Failure{Image, ResourceInitializationError, pullSecrets +
				"unable to retrieve ecr registry auth: service call has been retried 1 time(s): " + n.denied(role, actionToken)}
		default:
			return &Failure{Image, CannotPullECRContainerError, CannotPullECRContainerError + ": " + n.refused(role, g, actionToken)}
		}
	}
	// The secret of a private registry is always read with the task execution role.
	if n.PrivateRegistry && a.worst(TaskExecution, owner, SecretsPermission) != Whole {
		if n.Fargate {
			return &Failure{Image, ResourceInitializationError, pullSecrets +
				"unable to get registry auth from asm: service call has been retried 1 time(s): " + n.denied(TaskExecution, actionSecret)}
		}
		return &Failure{Image, CannotPullContainerError, CannotPullContainerError + ": " + n.denied(TaskExecution, actionSecret)}
	}
	return nil
}

func (a *Account) logFailure(owner string, n *Needs) *Failure {
	if !n.AwslogsDriver {
		return nil
	}
	role := n.agentRole()
	switch g := a.worst(role, owner, LogsPermission); {
	case g == Whole:
		return nil
	case n.Fargate:
		return &Failure{Logs, ResourceInitializationError, ResourceInitializationError +
			": failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: " +
			n.denied(role, actionStream) + " : exit status 1"}
	case g > NoPermission && role == ContainerInstance:
		return &Failure{Logs, CannotStartContainerError, startContainer + noCredentials}
	default:
		return &Failure{Logs, CannotStartContainerError, startContainer +
			"failed to create Cloudwatch log stream: " + n.denied(role, actionStream)}
	}
}

const (
	startContainer = CannotStartContainerError + ": Error response from daemon: failed to initialize logging driver: "
	noCredentials  = "NoCredentialProviders: no valid providers in chain"
)

// executionRole reports whether the agent works with the task execution role. Fargate has no other: a definition without
// one, which ECS would not register for what needs it, is taken to have it.
func (n *Needs) executionRole() bool { return n.Fargate || n.HasExecutionRole }

// agentRole is the role with which images are pulled from ECR and log streams created: on EC2 the instance's, unless the
// task definition names a task execution role.
func (n *Needs) agentRole() Role {
	if n.executionRole() {
		return TaskExecution
	}
	return ContainerInstance
}

// arn names a role as well as is known.
func (n *Needs) arn(r Role) string {
	switch {
	case r == TaskExecution && n.ExecutionRoleARN != "":
		return n.ExecutionRoleARN
	case r == Task && n.TaskRoleARN != "":
		return n.TaskRoleARN
	}
	return table[r].Name
}

// denied is what AWS answers to a call that a role does not allow.
func (n *Needs) denied(r Role, action string) string {
	return "AccessDeniedException: User: " + n.arn(r) + " is not authorized to perform: " + action +
		" because no identity-based policy allows the " + action + " action"
}

// refused is how a call with a role fails that may not even be there.
func (n *Needs) refused(r Role, g Gap, action string) string {
	if g > NoPermission && r == ContainerInstance {
		return noCredentials
	}
	return n.denied(r, action)
}
