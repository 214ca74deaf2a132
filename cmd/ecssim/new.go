package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"ecssim/workload/diag"
)

//go:embed templates/*.toml
var templates embed.FS

var templateNames = []string{"minimal", "service", "mixed", "lesson"}

// plainName is what a scenario may be called: it becomes a folder.
var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (a *app) newCommand() *cobra.Command {
	var template string
	c := &cobra.Command{
		Use:   "new [NAME]",
		Short: "Write a commented scenario that runs as it is",
		Example: `  ecssim new first && ecssim run first/scenario.toml
  ecssim new shop --template mixed`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := "first"
			if len(args) > 0 {
				name = args[0]
			}
			return a.writeTemplate(name, template)
		},
	}
	c.Flags().StringVar(&template, "template", "minimal", "`TEMPLATE`: "+strings.Join(templateNames, ", "))
	return c
}

func (a *app) writeTemplate(name, template string) error {
	text, err := templates.ReadFile("templates/" + template + ".toml")
	if err != nil {
		near := ""
		if n := diag.Nearest(template, templateNames); n != "" {
			near = fmt.Sprintf(", did you mean %q?", n)
		}
		return usageError("--template is one of %s, found %q%s", strings.Join(templateNames, ", "), template, near)
	}
	if !plainName.MatchString(name) {
		return usageError("a scenario's name is made of letters, digits, '.', '_' and '-', found %q", name)
	}
	file := filepath.Join(name, "scenario.toml")
	if err := os.MkdirAll(name, 0o755); err != nil {
		return failure(err)
	}
	content := strings.NewReplacer("{{name}}", name, "{{file}}", filepath.ToSlash(file)).Replace(string(text))
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return usageError("%s is there already; choose another name", file)
	}
	if err != nil {
		return failure(err)
	}
	if _, err := f.WriteString(content); err != nil {
		_ = f.Close() // the first error is the one to tell
		return failure(err)
	}
	if err := f.Close(); err != nil {
		return failure(err)
	}
	_, err = fmt.Fprintf(a.out, "wrote %s\nnext: ecssim run %s\n", file, file)
	return err
}
