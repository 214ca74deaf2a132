package main

import (
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the width that help is written for: the terminal that everybody has at least.
const helpWidth = 80

// addTemplateFuncs tells cobra of flagTable, once: its table of functions is shared by all commands.
var addTemplateFuncs = sync.OnceFunc(func() { cobra.AddTemplateFunc("flagTable", flagTable) })

// usageTemplate is cobra's, with our table of flags.
func usageTemplate(root *cobra.Command) string {
	addTemplateFuncs()
	return strings.NewReplacer(
		".LocalFlags.FlagUsages", "flagTable .LocalFlags", ".InheritedFlags.FlagUsages", "flagTable .InheritedFlags",
	).Replace(root.UsageTemplate())
}

// flagTable describes flags within helpWidth. Switches read "--force", where pflag would write "--force[=true|false]".
func flagTable(flags *pflag.FlagSet) string {
	shown := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.VisitAll(func(f *pflag.Flag) {
		f = &pflag.Flag{
			Name: f.Name, Shorthand: f.Shorthand, Usage: f.Usage, Value: f.Value, DefValue: f.DefValue,
			NoOptDefVal: f.NoOptDefVal, Hidden: f.Hidden, Deprecated: f.Deprecated,
		}
		if f.Value.Type() == "bool" {
			f.Value = onOff{f.Value}
		}
		shown.AddFlag(f)
	})
	return shown.FlagUsagesWrapped(helpWidth)
}

// onOff is a switch as pflag describes it without a value.
type onOff struct{ pflag.Value }

func (onOff) Type() string { return "boolfunc" }

// noCommand refuses words that are no command, with the nearest one: cobra suggests only where Args is not set.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := ""
	if n := root.SuggestionsFor(args[0]); len(n) > 0 {
		near = fmt.Sprintf(", did you mean %q?", n[0])
	}
	return usageError("unknown command %q%s", args[0], near)
}
