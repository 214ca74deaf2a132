// Package load turns demand into use: a curve of requests a second, the tasks that serve them, and from both the CPU and
// memory in use, what waits, what is dropped, and an estimate of the latency.
//
// Vocabulary. A unit of load is a request, or whatever else the scenario counts; its rate is in units a second. A target
// is a task that serves. A Class is a number of targets with the same CPU at their disposal. A Bank is a pool of traffic
// over all targets of a service.
//
// ECS has no such model: what an application does with its CPU is not AWS's to say. The one here is a fluid, meant to be
// simple enough to be argued with:
//
//	capacity of a target     c = max(0, (CPU - CPUBase) / CPUPerUnit)    units a second; without limit if CPUPerUnit is 0
//	rate of a target         round robin: a = rate / targets; least outstanding: a = rate × c / Σc
//	served                   s = c while anything waits, else min(a, c)
//	waiting                  dq/dt = a - s, within 0 ≤ q ≤ c × Timeout
//	dropped                  a - s while q is at its limit: it would wait longer than Timeout
//	CPU in use               min(CPUBase, CPU) + CPUPerUnit × s          never more than CPU
//	memory in use            MemoryBase + MemoryPerUnit × s
//	latency                  ServiceTime / (1 - min(s/c, 0.95)) + q / c
//
// With no targets everything is dropped, as an Application Load Balancer answers 503, and what waited is lost. The first
// term of the latency is the mean sojourn time of an M/G/1 queue with processor sharing: exact for Poisson arrivals,
// whatever the distribution of the work, on a task that shares its CPU evenly among requests. It grows without limit near
// saturation, where there is no steady state to speak of; it is cut at 20 times the service time, and what waits beyond
// that is in the second term. Requests that are dropped have no latency here.
//
// With round robin each class has a queue of its own, and so overloads on its own, as a small task among large ones does;
// with least outstanding requests all have one queue and the same utilisation. Targets that come or go find what waits
// shared anew: a queue belongs to its class, not to a target, and what waited for the last target of a class goes to the
// other classes by their number of targets. A real target that ends loses or finishes what it holds; a real target that
// comes begins with an empty queue while its neighbours' are full. A fluid that averages over them does neither.
//
// Nothing is approximated in time: within a span of constant rate and targets all of these are linear, and a queue fills
// or empties at an instant that is computed.
//
// Use may be above what a task reserves: Class.CPU is what a task can use, and on an idle instance that is more than its
// reservation (ECS rules, services 4.5). Memory has no such limit, and no task is killed for lack of it.
//
// In flow rates, spans of time and classes; out flow sums. The package reads no file, knows no clock, and draws nothing.
package load
