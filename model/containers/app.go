package containers

import "ecssim/sim"

// App is what the program in a container does, which no task definition says.
type App struct {
	// ReadyAfter is the time from the container's start until it answers health checks; nil is at once.
	ReadyAfter sim.Dist
	// NeverReady: it never answers health checks.
	NeverReady bool
	// FailsAfter is the time from the container's start until it stops answering health checks; nil is never.
	FailsAfter sim.Dist
	// ExitsAfter is the time from the container's start until it exits, with ExitCode; nil is never.
	ExitsAfter sim.Dist
	ExitCode   int
	// ShutdownTime is what it takes to exit after SIGTERM; nil is the scenario's container_stop.
	ShutdownTime sim.Dist
}
