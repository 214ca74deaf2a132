// Package image models what stands between a task and its containers: registries, layers, the time that a pull takes,
// what an instance keeps, and how often a registry lets somebody pull.
//
// Sources: ECS rules, services 1.6 (pull behaviour, caches, Fargate) and 1.2 (errors).
package image
