package image

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRegistryOfAName(t *testing.T) {
	for _, c := range []struct {
		name, registry string
		kind           Kind
		reference      string
	}{
		{"nginx", "docker.io", DockerHub, "docker.io/library/nginx"},
		{"nginx:1.25", "docker.io", DockerHub, "docker.io/library/nginx:1.25"},
		{"bitnami/redis@sha256:ab", "docker.io", DockerHub, "docker.io/bitnami/redis@sha256:ab"},
		{"docker.io/library/nginx", "docker.io", DockerHub, "docker.io/library/nginx"},
		{"index.docker.io/library/nginx", "docker.io", DockerHub, "index.docker.io/library/nginx"},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1", "123456789012.dkr.ecr.eu-west-1.amazonaws.com", ECR, ""},
		{"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", ECR, ""},
		{"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a/b:1", "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", ECR, ""},
		{"123456789012.dkr-ecr.us-east-1.on.aws/app", "123456789012.dkr-ecr.us-east-1.on.aws", ECR, ""},
		{"12345678901.dkr.ecr.eu-west-1.amazonaws.com/app", "12345678901.dkr.ecr.eu-west-1.amazonaws.com", PublicRegistry, ""},
		{"12345678901x.dkr.ecr.eu-west-1.amazonaws.com/app", "12345678901x.dkr.ecr.eu-west-1.amazonaws.com", PublicRegistry, ""},
		{"123456789012.dkr.ecr..amazonaws.com/app", "123456789012.dkr.ecr..amazonaws.com", PublicRegistry, ""},
		{"public.ecr.aws/nginx/nginx:latest", "public.ecr.aws", ECRPublic, ""},
		{"Public.ECR.aws/nginx/nginx", "public.ecr.aws", ECRPublic, ""},
		{"ghcr.io/o/app", "ghcr.io", PublicRegistry, ""},
		{"quay.io/o/app", "quay.io", PublicRegistry, ""},
		{"localhost/app", "localhost", PublicRegistry, ""},
		{"registry:5000/app", "registry:5000", PublicRegistry, ""},
		{"", "docker.io", DockerHub, "docker.io/library/"},
	} {
		registry, kind := Parse(c.name)
		require.Equal(t, c.registry, registry, c.name)
		require.Equal(t, c.kind, kind, c.name)
		if c.reference == "" {
			c.reference = c.name
		}
		require.Equal(t, c.reference, reference(c.name))
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"nginx:1.25", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1", "public.ecr.aws/x", "/", "."} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		registry, kind := Parse(name)
		if registry != strings.ToLower(registry) {
			t.Errorf("%q: registry %q is not in lower case", name, registry)
		}
		if kind == PrivateRegistry || (kind == DockerHub) != (registry == dockerHub) {
			t.Errorf("%q: registry %q cannot be of kind %d", name, registry, kind)
		}
		// A name in full is in the same registry.
		if again, same := Parse(reference(name)); again != registry || same != kind {
			t.Errorf("%q: in full %q is in %q", name, reference(name), again)
		}
	})
}
