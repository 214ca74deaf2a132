// Package placement decides on which container instance a task starts, and says why the others were not chosen.
//
// The process is the one that ECS documents (developer guide, "Task placement"): keep the instances that satisfy CPU,
// GPU, memory and port needs; keep those that satisfy the constraints; let the strategies narrow the set in order;
// pick. It stands here twice. Obvious is that process over all instances, slow and plain, with a reason for every
// instance. Index gives the same answer without looking at the fleet; a property test holds the two together, and a
// new rule is written in the obvious one first.
//
// In flow a Demand and the instances' state; out flows an Answer. The package changes no instance, schedules nothing
// and draws from no stream but the one it is handed.
package placement
