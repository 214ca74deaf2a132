// Package sim is the kernel of a discrete-event simulation: simulated time, the event queue, named random
// streams, distributions, time-weighted statistics, and many replications in parallel.
//
// It knows nothing of containers; it would serve a simulator of elevators as well.
//
// Vocabulary. An event is something that happens at one instant to one entity. A replication is one run of a
// world with one seed. A stream is a random generator with a name of its own, so that two variants of a world
// that use the same seed see the same arrivals (common random numbers).
//
// In flow a seed and events; out flow statistics. The package never reads the wall clock, never prints, and never
// starts a goroutine inside a replication: a run is a function of its input and its seed.
package sim
