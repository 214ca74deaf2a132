// Package load turns demand into use: a curve of requests a second, the tasks that serve them, and from both the CPU and
// memory in use, what waits, what is dropped, and an estimate of the latency.
//
// Vocabulary. A unit of load is a request, or whatever else the scenario counts; its rate is in units a second. A target
// is a task that serves. A Class is a number of targets with the same CPU at their disposal.
//
// ECS has no such model: what an application does with its CPU is not AWS's to say. The one here is a fluid, documented
// with its formulas at Bank, and meant to be simple enough to be argued with.
//
// In flow rates, spans of time and classes; out flow sums. The package reads no file, knows no clock, and draws nothing.
package load
