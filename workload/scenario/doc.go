// Package scenario reads scenario files: TOML that a person writes, checked whole, into a model.Config.
//
// Reading goes in steps, each in a file of its own. source.go reads the bytes and refuses what is not text. decode.go
// decodes them twice: BurntSushi/toml gives the values, go-toml's parser the line and column of every key and value,
// and what the two disagree on is refused. merge.go lays `extends`, the files and --set over one another; every node of
// the merged tree remembers where it was written. reader.go holds the typed questions that one asks a table, and
// records every problem instead of stopping at the first. The files named after a table of the scenario (services.go,
// subnets.go …) ask those questions. What is not written is filled in as a node whose origin is "default", so that
// resolved.go can print everything with its origin. warnings.go says what cannot fit, by arithmetic alone.
//
// In flow file names; out flow a Scenario, or diagnostics. The package never simulates, never writes and never prints.
package scenario
