// Package containers models the containers of one task on their machine: the order in which they start and stop, their
// health checks, restarts and exits. It is a pure state machine that the world drives.
//
// In flow container definitions, what the programs in them do (Drawn), and instants; out flow the next instant at which
// something happens by itself, whether the task runs, is healthy, has ended, has stopped, and the exit codes. A
// container that stays healthy costs nothing: the changes of its health are computed, its probes are not stepped
// through.
//
// A container waits for its dependencies, starts, runs, has SIGTERM, and is finished. The task is RUNNING once every
// essential container has started. It ends when an essential container exits, or when a dependency cannot come true any
// more; the others then have SIGTERM at that same instant, those first on which no other depends.
//
// Sources: ECS rules, services 1.3 to 1.5; aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go; moby/moby,
// daemon/health.go.
package containers
