// Package service holds the rules by which ECS keeps a service's tasks running and replaces them: bounds and steps of a
// deployment, circuit breaker, start throttle, retries, events, scale-in, rebalancing, and shifts of traffic. All of it
// is pure: state and the instant come in, decisions go out.
//
// Sources: ECS rules, services 2.
package service
