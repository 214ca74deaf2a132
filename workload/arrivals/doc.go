// Package arrivals says when standalone tasks come: processes with a law (Poisson, fixed, burst, Markov-modulated
// Poisson, renewal) and traces, which are rows of a CSV file.
//
// Vocabulary. A Process is what a scenario describes; it never changes, so all replications share it. Open starts it
// anew for one replication and gives a model.Arrivals, which yields tasks in order of time. The chance of a process
// comes from the named stream that Open is handed, by convention "arrivals/JOB"; a Markov-modulated process takes
// its changes of state from a second stream, so that two variants with different rates see the same states.
//
// Run times of tasks are not drawn here: a process leaves them negative, and the world draws them from a stream of
// its own. Only a trace brings them along.
//
// Time is kept in whole nanoseconds. The gap between arrivals is drawn in float64 seconds; what rounding to a
// nanosecond takes from one gap is added to the next, so rounding never adds up. A process that would never let time
// pass is refused when it is made.
//
// Numbers of a trace are read as exact decimals, never as floating point, and what a task asks for is rounded up to
// whole units, so that no task gets less than its row says. A file is either read whole or refused whole; what is
// wrong with it is told as diagnostics with file, line and column.
//
// The package opens files only through the function that it is handed, never reads the wall clock, starts no
// goroutine and prints nothing.
package arrivals
