package image

import "fmt"

// Failure is why a task could not get an image, as it stands in its stoppedReason.
type Failure struct {
	// Name is the agent's name of the error (aws/amazon-ecs-agent, agent/dockerclient/dockerapi/errors.go).
	Name string
	// Reason is what follows.
	Reason string
}

// String is the stoppedReason.
func (f Failure) String() string { return f.Name + ": " + f.Reason }

// Names of failures (ECS rules, services 1.2).
const (
	cannotPull     = "CannotPullContainerError"
	cannotPullECR  = "CannotPullECRContainerError"
	cannotPullAuth = "CannotPullContainerAuthError"
	dockerTimeout  = "DockerTimeoutError"
	initialization = "ResourceInitializationError"
)

// registryAuth begins every reason of a Fargate task that did not get as far as the image.
const registryAuth = "unable to pull secrets or registry auth: "

// MissingImage is an image or a tag that the registry does not have.
func MissingImage(name string, fargate bool) Failure {
	if fargate {
		return Failure{cannotPull, fmt.Sprintf(
			"pull image manifest has been retried 5 time(s): failed to resolve ref %s: not found", reference(name))}
	}
	return Failure{cannotPull, fmt.Sprintf("Error response from daemon: manifest for %s not found: manifest unknown", name)}
}

// PullLimit is a registry that has granted the client enough pulls.
func PullLimit(kind Kind) Failure {
	if kind == DockerHub {
		return Failure{cannotPull, "toomanyrequests: You have reached your pull rate limit."}
	}
	return Failure{cannotPull, "toomanyrequests: Rate exceeded"}
}

// Unreachable is a registry that does not answer: no route, a security group, or an outage. It takes UnreachableOnEC2
// or UnreachableOnFargate until it is noticed.
func Unreachable(name string, kind Kind, fargate bool) Failure {
	const canceled = "net/http: request canceled while waiting for connection"
	switch {
	case fargate && kind == ECR:
		return Failure{initialization, registryAuth + "There is a connection issue between the task and Amazon ECR. " +
			"Check your task network configuration. i/o timeout"}
	case fargate:
		return Failure{cannotPull, fmt.Sprintf("pull image manifest has been retried 5 time(s): failed to resolve ref %s: "+
			"failed to do request: Head \"https://%s/v2/\": dial tcp: i/o timeout", reference(name), endpoint(name))}
	case kind == ECR:
		return Failure{cannotPullECR, "RequestError: send request failed caused by: Post \"https://api.ecr\": " + canceled}
	default:
		return Failure{cannotPull, fmt.Sprintf("Error response from daemon: Get \"https://%s/v2/\": %s", endpoint(name), canceled)}
	}
}

// CorruptLayer is a layer whose bytes are not those of its digest.
func CorruptLayer(digest string) Failure {
	return Failure{cannotPull, "filesystem layer verification failed for digest " + digest}
}

// TimedOut is a pull that took longer than PullTimeout.
func TimedOut() Failure {
	return Failure{dockerTimeout, fmt.Sprintf("Could not transition to pulled; timed out after waiting %s", PullTimeout)}
}
