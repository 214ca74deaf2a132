// Package service holds the rules by which ECS keeps a service's tasks running and replaces them: bounds and steps of a
// deployment, circuit breaker, start throttle, retries, events, scale-in, rebalancing, and shifts of traffic. All of it
// is pure: state and the instant come in, decisions go out. It schedules nothing, starts nothing and draws nothing by
// itself; whoever calls it carries the decisions out and comes back when something has changed.
//
// A deployment brings the tasks of one revision of the service; the newest replaces the older ones. A task is live as
// long as its desired status is RUNNING, and healthy if it counts towards minimumHealthyPercent.
//
// Sources: ECS rules, services 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.8, 2.9 and 2.10; ECS rules, placement 1.4, 2.4, 2.5, 2.6,
// 2.7 and 6.2.
package service
