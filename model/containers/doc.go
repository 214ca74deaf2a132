// Package containers models the containers of one task on their machine: the order in which they start and stop, their
// health checks, restarts and exits. It is a pure state machine that the world drives.
//
// Sources: ECS rules, services 1.3 to 1.5.
package containers
