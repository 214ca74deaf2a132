// Package report watches a run and shows it: the recorder, the summary, tables, pictures and the result folder.
//
// Vocabulary. A Recorder observes one replication and makes one Record of it. A Set is the records of all
// replications of a scenario with what the command knows besides. Everything that is shown anywhere is read from the
// Set, so no two outputs can disagree. A track is one step function over time; a pool is something that can run out,
// with a track of what is used and one of what there is; an owner is a service or a job. A task waits until it is placed,
// starts until it is RUNNING, and leaves from when its desired status is STOPPED until it has stopped. A service is at its
// strength while as many of its tasks are RUNNING and healthy as before a fault, or as it wants if that is less.
//
// In flow calls of model.Observer; out flow a terminal text, summary.json, summary.md and a folder of files. The same
// input gives the same bytes, whatever the machine, the number of workers, the folder, the time zone or the locale;
// only run.json may differ.
//
// Statistics leave the warm-up out: they begin at model.Config.Warmup and see only tasks that were created, and
// placement attempts that were made, at or after it. Totals and money cover the whole run, since bookkeeping has to
// add up; what is there at the end (running, never placed) is counted whatever its age.
//
// The package never simulates, never reads the wall clock, and never prints: it returns text and writes files.
package report
