// Command ecssim simulates Amazon ECS: it replays a scenario and shows what ran where, what could not be placed and
// why, which limit bound first, and what it cost.
//
// The package is wiring: one file a command, each a few lines of flags. Rules of ECS live in model, the reading of
// scenarios in workload, and everything that is shown in report.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt kills
	os.Exit(execute(ctx, streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, os.Args[1:]))
}
