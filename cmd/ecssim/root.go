package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ecssim/workload/diag"
)

// app is what all commands share.
type app struct {
	streams
	look look
}

// execute runs one command line and returns the exit code. It never panics: an uncaught panic would exit with 2,
// which means bad input.
func execute(ctx context.Context, s streams, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			reportBug(s.err, "", r, debug.Stack())
			code = exitInternal
		}
	}()
	a := &app{streams: s}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	cmd, err := root.ExecuteContextC(ctx)
	code = exitCode(err)
	var e *exitError
	if err != nil && !(errors.As(err, &e) && e.silent) {
		fmt.Fprintf(s.err, "ecssim: %v\n", err)
		if code == exitUsage {
			fmt.Fprintf(s.err, "see: %s --help\n", cmd.CommandPath())
		}
	}
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "ecssim",
		Short: "Simulate Amazon ECS: what runs where, what does not fit and why, what it costs",
		Example: `  ecssim new first && ecssim run first/scenario.toml
  ecssim run shop.toml --runs 20 -j 2 --set services.web.desired_count=12
  ecssim validate shop.toml
  ecssim catalog m5.large`,
		SilenceErrors: true, SilenceUsage: true,
		SuggestionsMinimumDistance: 2,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := flagsFromEnvironment(cmd.Root().PersistentFlags()); err != nil {
				return err
			}
			return a.look.check()
		},
		Version: version(),
		Args:    noCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.look.register(root.PersistentFlags())
	root.SetUsageTemplate(usageTemplate(root))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError("%s%s", err, nearestFlag(cmd, err))
	})
	root.AddGroup(&cobra.Group{ID: "main", Title: "Commands:"}, &cobra.Group{ID: "more", Title: "More commands:"})
	for _, c := range []*cobra.Command{a.newCommand(), a.runCommand(), a.compareCommand(), a.sweepCommand(), a.sizeCommand(), a.explainCommand(), a.validateCommand()} {
		c.GroupID = "main"
		root.AddCommand(c)
	}
	for _, c := range []*cobra.Command{a.catalogCommand(), a.versionCommand()} {
		c.GroupID = "more"
		root.AddCommand(c)
	}
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	root.InitDefaultCompletionCmd("completion")
	return root
}

// nearestFlag is ", did you mean --seed?" for a mistyped flag: cobra suggests commands only.
func nearestFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := diag.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return ", did you mean --" + near + "?"
	}
	return ""
}

// flagsFromEnvironment lets ECSSIM_COLOR=never stand for --color never, for every global flag that was not given.
// Flags of commands have no variables: what a scenario gives must not depend on the machine.
// --color and --no-color are one choice: either of them beats both variables.
func flagsFromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	colorGiven := flags.Changed("color") || flags.Changed("no-color")
	flags.VisitAll(func(f *pflag.Flag) {
		name := "ECSSIM_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || failed != nil || colorGiven && (f.Name == "color" || f.Name == "no-color") {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = usageError("the environment variable %s: %v", name, err)
		}
	})
	return failed
}
