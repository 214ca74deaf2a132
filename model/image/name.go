package image

import "strings"

// dockerHub is the registry of names that give none.
const dockerHub = "docker.io"

// Parse finds the registry in the name of an image, as Docker does: what stands before the first slash is a host if it
// holds a dot or a colon or is "localhost"; without a host the image is Docker Hub's. A name does not say that a
// registry wants credentials, so no name is of a PrivateRegistry.
func Parse(name string) (registry string, kind Kind) {
	host, _, found := strings.Cut(name, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return dockerHub, DockerHub
	}
	host = strings.ToLower(host)
	switch {
	case host == dockerHub || strings.HasSuffix(host, "."+dockerHub):
		return dockerHub, DockerHub
	case host == "public.ecr.aws" || host == "ecr-public.aws.com":
		return host, ECRPublic
	case isECR(host):
		return host, ECR
	default:
		return host, PublicRegistry
	}
}

// isECR reports whether the host is an account's private registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com, with
// .cn behind it in China, ecr-fips for FIPS, or 123456789012.dkr-ecr.eu-west-1.on.aws for IPv4 and IPv6.
func isECR(host string) bool {
	account, rest, found := strings.Cut(host, ".")
	if !found || len(account) != 12 || strings.Trim(account, "0123456789") != "" {
		return false
	}
	rest = strings.TrimSuffix(rest, ".cn")
	for _, form := range [...]struct{ front, back string }{
		{"dkr.ecr.", ".amazonaws.com"},
		{"dkr.ecr-fips.", ".amazonaws.com"},
		{"dkr-ecr.", ".on.aws"},
		{"dkr-ecr-fips.", ".on.aws"},
	} {
		if region, ok := strings.CutPrefix(rest, form.front); ok && len(region) > len(form.back) && strings.HasSuffix(region, form.back) {
			return true
		}
	}
	return false
}

// reference is the name in full, as containerd writes it in errors: docker.io/library/nginx:1.25 for nginx:1.25.
func reference(name string) string {
	host, _, found := strings.Cut(name, "/")
	switch {
	case !found:
		return dockerHub + "/library/" + name
	case !strings.ContainsAny(host, ".:") && host != "localhost":
		return dockerHub + "/" + name
	default:
		return name
	}
}

// endpoint is the host that answers for a registry.
func endpoint(name string) string {
	registry, _ := Parse(name)
	if registry == dockerHub {
		return "registry-1.docker.io"
	}
	return registry
}
