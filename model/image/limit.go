package image

import "time"

// Limits of registries, where their owners publish them.
const (
	// DockerHubLimit is what Docker Hub grants an IPv4 address without credentials in DockerHubWindow, and
	// DockerHubPersonalLimit a personal account (docs.docker.com/docker-hub/usage/pulls).
	DockerHubLimit         = 100
	DockerHubPersonalLimit = 200
	DockerHubWindow        = 6 * time.Hour

	// ECRPublicLimit is what ECR Public grants resources on ECS, Fargate and EC2 in ECRPublicWindow; elsewhere a client
	// without credentials has ECRPublicAnonymousLimit (Amazon ECR Public service quotas, "Rate of image pulls to AWS
	// resources" and "Rate of unauthenticated image pulls").
	ECRPublicLimit          = 10
	ECRPublicAnonymousLimit = 1
	ECRPublicWindow         = time.Second
)

// Defaults are the pulls that a registry of this kind grants one client in a window, 0 for no limit: the machines are
// on AWS and show no credentials. The API quotas of private ECR, thousands of requests a second, are not modelled; of a
// private or another public registry nothing is known.
func Defaults(kind Kind) (limit int, window time.Duration) {
	switch kind {
	case DockerHub:
		return DockerHubLimit, DockerHubWindow
	case ECRPublic:
		return ECRPublicLimit, ECRPublicWindow
	default:
		return 0, 0
	}
}

// Limiter counts the pulls of a registry's clients in a window that slides: a pull counts until the window has passed.
// A pull that is refused does not count.
type Limiter struct {
	limit       int
	window      time.Duration
	perInstance bool
	clients     map[string]*taken // looked up, never walked
}

// taken are the instants of one client's last pulls, at most the limit of them: a ring whose oldest is at first.
type taken struct {
	at    []time.Duration
	first int
}

// NewLimiter returns the untouched limit of a registry. A limit or a window of 0 does not bind.
func NewLimiter(r *Registry) *Limiter {
	l := &Limiter{limit: r.PullLimit, window: r.PullWindow, perInstance: r.PerInstance}
	if l.binds() {
		l.clients = map[string]*taken{}
	}
	return l
}

// Take counts a pull at now and reports whether the registry grants it. The client is the machine that pulls; unless
// the registry is PerInstance, all are behind one NAT gateway and count as one.
func (l *Limiter) Take(now time.Duration, client string) bool {
	if !l.binds() {
		return true
	}
	if l.RetryAt(now, client) > now {
		return false
	}
	client = l.address(client)
	c := l.clients[client]
	if c == nil {
		c = &taken{}
		l.clients[client] = c
	}
	if len(c.at) < l.limit {
		c.at = append(c.at, now)
		return true
	}
	c.at[c.first] = now
	c.first = (c.first + 1) % l.limit
	return true
}

// RetryAt is the first instant, not before now, at which the registry would grant the client a pull.
func (l *Limiter) RetryAt(now time.Duration, client string) time.Duration {
	if !l.binds() {
		return now
	}
	c := l.clients[l.address(client)]
	if c == nil || len(c.at) < l.limit {
		return now
	}
	return max(now, c.at[c.first]+l.window)
}

func (l *Limiter) binds() bool { return l.limit > 0 && l.window > 0 }

// address is what the registry sees of a client.
func (l *Limiter) address(client string) string {
	if l.perInstance {
		return client
	}
	return ""
}
