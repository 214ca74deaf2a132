// Package experiment turns one scenario into many runs: variants of it, times seeds, in an order that never changes.
//
// A setting is what follows --set on the command line. A variant is a scenario with settings laid over it; an axis is
// one path with the values that it takes, and variants are the product of axes. A cell is a variant that belongs to a
// matrix, and a plan is all runs of a matrix (cells × seeds) cut into shards, with everything that is needed to play
// them on another machine.
//
// Paths, ranges and plans flow in; variants, scenarios and plans flow out. The package never simulates anything,
// never looks at the clock, and never starts a goroutine.
package experiment
