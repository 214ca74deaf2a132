package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ecssim/workload/diag"
	"ecssim/workload/experiment"
	"ecssim/workload/scenario"
)

func (a *app) validateCommand() *cobra.Command {
	var sets []string
	var format string
	var resolved bool
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check scenarios and whether tasks can fit, without simulating",
		Example: `  ecssim validate shop.toml
  ecssim validate shop.toml --resolved     # every value with its origin
  ecssim validate *.toml --format github   # annotations for a workflow`,
		Args: atLeastOneFile,
		RunE: func(_ *cobra.Command, files []string) error {
			switch format {
			case "table", "json", "github":
			default:
				return usageError("--format is table, json or github, found %q", format)
			}
			return a.validate(files, sets, format, resolved)
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "`PATH=VALUE` laid over the file; repeatable")
	c.Flags().StringVar(&format, "format", "table", "`FORMAT` of problems: table, json or github")
	c.Flags().BoolVar(&resolved, "resolved", false, "print the scenario with every value and its origin")
	return c
}

// validate checks each file. Problems are what it was asked for, so they go to stdout; with --resolved the scenario
// is, and they go to stderr.
func (a *app) validate(files, sets []string, format string, resolved bool) error {
	var all []diag.Diagnostic
	sources := map[string][]byte{}
	var scenarios []*scenario.Scenario
	for _, file := range files {
		s, diags, err := a.check(file, sets)
		if err != nil {
			return err
		}
		all = append(all, diags...)
		for name, data := range s.Sources {
			sources[name] = data
		}
		scenarios = append(scenarios, s)
	}
	w := a.out
	if resolved {
		w = a.err
	}
	source := func(file string) []byte { return sources[file] }
	var err error
	switch format {
	case "json":
		err = diag.RenderJSON(w, all, source)
	case "github":
		err = diag.RenderGitHub(w, all)
	default:
		err = diag.Render(w, all, source, diag.Options{Color: a.look.colored(w)})
	}
	if err != nil {
		return failure(err)
	}
	if diag.HasErrors(all) {
		return told(exitUsage, "scenario refused")
	}
	for n, s := range scenarios {
		switch {
		case resolved:
			_, err = a.out.Write(s.Resolved)
		case format == "table" && !a.look.quiet:
			_, err = fmt.Fprintf(a.out, "%s: ok\n", files[n])
		}
		if err != nil {
			return failure(err)
		}
	}
	return nil
}

// check reads a scenario and, if it has a matrix, all of its cells: what is wrong with one of them would stop a sweep.
func (a *app) check(file string, sets []string) (*scenario.Scenario, []diag.Diagnostic, error) {
	var text []byte
	if file == scenario.Stdin { // it is read twice
		var err error
		if text, err = io.ReadAll(a.in); err != nil {
			return nil, nil, failure(err)
		}
	}
	options := func() scenario.Options { return scenario.Options{Sets: sets, Stdin: bytes.NewReader(text)} }
	s, diags := scenario.Load([]string{file}, options())
	if s.Matrix == nil {
		return s, diags, nil
	}
	x, err := experiment.Expand(context.Background(), file, options(), 1)
	if err != nil {
		return nil, nil, usageError("%w", err)
	}
	return s, x.Diags, nil
}
