// Package balance models load balancers as ECS tasks meet them: target groups, health checks, draining, limits, and
// service discovery.
//
// Sources: ECS rules, services 5.
package balance
