package image

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, services 1.2 and placement 9: the names of the errors and the words by which people know them.
func TestFailuresAreWordedAsECSDoes(t *testing.T) {
	const app = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
	for _, c := range []struct {
		failure    Failure
		name, says string
	}{
		{MissingImage("nginx:no", false), "CannotPullContainerError", "manifest for nginx:no not found: manifest unknown"},
		{MissingImage("nginx:no", true), "CannotPullContainerError", "failed to resolve ref docker.io/library/nginx:no: not found"},
		{PullLimit(DockerHub), "CannotPullContainerError", "toomanyrequests: You have reached your pull rate limit."},
		{PullLimit(ECRPublic), "CannotPullContainerError", "toomanyrequests: Rate exceeded"},
		{Unreachable("nginx", DockerHub, false), "CannotPullContainerError", `Get "https://registry-1.docker.io/v2/": net/http: request canceled`},
		{Unreachable(app, ECR, false), "CannotPullECRContainerError", "request canceled while waiting for connection"},
		{Unreachable(app, ECR, true), "ResourceInitializationError", "There is a connection issue between the task and Amazon ECR."},
		{Unreachable("ghcr.io/o/a", PublicRegistry, true), "CannotPullContainerError", `Head "https://ghcr.io/v2/": dial tcp: i/o timeout`},
		{CorruptLayer("sha256:2b96f"), "CannotPullContainerError", "filesystem layer verification failed for digest sha256:2b96f"},
		{TimedOut(), "DockerTimeoutError", "timed out after waiting 2h0m0s"},
	} {
		require.Equal(t, c.name, c.failure.Name)
		require.Contains(t, c.failure.Reason, c.says)
		require.Equal(t, c.name+": "+c.failure.Reason, c.failure.String())
	}
}
