// Package balance models load balancers as ECS tasks meet them: target groups, health checks, draining, limits, and
// service discovery.
//
// A balancer has groups, a group has targets, a target is one registration of a task. In flow registrations, answers
// of the application and deregistrations; out flow states and the instants at which they change. The package
// schedules nothing, draws nothing and prints nothing: the phase of a target's probes is handed in.
//
// A load balancer probes from each of its nodes. Here one sequence of probes stands for all of them, since the nodes
// see the same application over the same path.
//
// Sources: ECS rules, services 5.1, 5.2, 5.3, 5.4 and 5.5.
package balance
