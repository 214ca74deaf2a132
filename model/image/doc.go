// Package image models what stands between a task and its containers: registries, layers, the time that a pull takes,
// what an instance keeps, and how often a registry lets somebody pull.
//
// A pull asks the registry for the manifest, fetches the layers that the machine lacks, one at a time, and unpacks what
// it fetched. All pulls of one machine share its network; none shares its unpacking.
//
// In flow beginnings, cancellations and the time; out flow completions, and why a pull fails. The package draws
// nothing, schedules nothing, and decides no failure: whether a registry can be reached or a role suffices, the caller
// knows.
//
// Sources: ECS rules, services 1.2 (errors), 1.3 (timers) and 1.6 (pull behaviour, caches, Fargate).
package image
