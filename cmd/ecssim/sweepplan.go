package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ecssim/report"
	"ecssim/workload/experiment"
)

func (a *app) sweepPlanCommand() *cobra.Command {
	var f planFlags
	var out string
	c := &cobra.Command{
		Use:   "plan FILE",
		Short: "Write all runs of a [matrix] to one plan, with their files",
		Long: `Write all runs of a [matrix] to a plan: the cells, their seeds, the number of
shards, and every file that the scenario reads. A machine that has the plan and
this version of ecssim needs nothing else.`,
		Example: `  ecssim sweep plan shop.toml -o plan.json --shards 8`,
		Args:    oneFile("plan takes one scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.sweepPlan(cmd.Context(), args[0], out, f) },
	}
	f.register(c.Flags())
	c.Flags().StringVarP(&out, "out", "o", "plan.json", "`FILE` for the plan; - is stdout")
	return c
}

func oneFile(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError("%s, found %d", what, len(args))
		}
		return nil
	}
}

func (a *app) sweepPlan(ctx context.Context, file, out string, f planFlags) error {
	p, err := a.makePlan(ctx, file, f)
	if err != nil {
		return err
	}
	text, err := p.JSON()
	if err != nil {
		return failure(err)
	}
	if out == "-" {
		_, err = a.out.Write(text)
	} else {
		err = report.WriteDurably(out, text)
	}
	if err != nil {
		return failure(err)
	}
	if a.look.quiet || out == "-" {
		return nil
	}
	fmt.Fprintf(a.err, "%s: %s in %s\n", p.Name, sizes(p), counted(p.Shards, "shard"))
	if pilot, err := a.timePilot(ctx, p); err == nil {
		fmt.Fprintf(a.err, "one run takes %s, so a shard takes about %s on one core\n", took(pilot), took(pilot*timesOf((p.Total()+p.Shards-1)/p.Shards)))
	}
	fmt.Fprintf(a.err, "next: ecssim sweep run %s -o DIR --shard N   (N from 0 to %d; all of them without --shard)\n", out, p.Shards-1)
	return nil
}

// readPlan reads plan.json, of this version of ecssim only: another might find something else.
func readPlan(file string) (*experiment.Plan, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError("the plan cannot be read: %w", err)
	}
	p, err := experiment.ReadPlan(text)
	if err != nil {
		return nil, usageError("%s: %w", file, err)
	}
	if p.Version != version() {
		return nil, usageError("%s was made by ecssim %s, and this is %s: versions may differ in their results; make the plan anew, or use that version",
			file, p.Version, version())
	}
	return p, nil
}

// shardedOf is what a merge has to know of a plan.
func shardedOf(p *experiment.Plan) report.Sharded {
	return report.Sharded{Plan: p.Checksum, Version: p.Version, Shards: p.Shards, Runs: p.Total(), Of: p.Run}
}
