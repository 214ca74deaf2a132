// Package model is what ECS does. World owns the state of one replication, wires the parts in the folders below to
// the engine, and is the only place that schedules events: the parts decide, World does.
//
// In flow a Config and a seed; out flow calls of an Observer. The package knows no TOML, no CSV, no plots, no wall
// clock and no file system.
package model
