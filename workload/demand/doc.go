// Package demand says how much load there is and when: shapes with a law (constant, step, ramp, spike, daily, weekly), with
// noise if wanted, and recorded curves, which come from CSV files or from lists of numbers.
//
// Vocabulary. A Demand is what a scenario describes; it never changes, so all replications share it. Open starts it anew
// for one replication and gives a load.Curve: steps, each with the rate in units a second from its instant on. A cell is a
// stretch of time of the length of a shape's resolution; smooth shapes are cut into cells, since what they feed is
// metrics with a period of a minute.
//
// The chance in a demand is its noise, and it comes from the named stream that Open is handed, by convention
// "load/SERVICE"; further shapes of a list take "load/SERVICE/1" and so on. The factor of a cell depends on its number
// alone, so two variants with other rates see the same noise.
//
// A recorded curve is a list of steps that ends. What is counted in a file stays: the sum of rate × time over the curve is
// that of the file, also after resampling, except where a gap was to be held or interpolated. A file is either read whole
// or refused whole; what is wrong with it is told as diagnostics with file, line and column.
//
// The package opens files only through the function that it is handed, never reads the wall clock, starts no goroutine
// and prints nothing.
package demand
