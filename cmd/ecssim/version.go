package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ecssim/model/catalog"
	"ecssim/report"
)

// release is the version of the source; a build from a checkout adds the revision.
const release = "0.1.0"

// version is the release with the revision that Go recorded, if it did.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = "+" + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ".dirty"
		}
	}
	return release + revision + dirty
}

func (a *app) versionCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "version", Short: "Print the versions of ecssim, its catalog and its formats", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version string `json:"version"`
				Catalog string `json:"catalog"`
				Schema  string `json:"schema_version"`
				Go      string `json:"go"`
			}{version(), catalog.Version(), report.SchemaVersion, runtime.Version()}
			switch format {
			case "table":
				_, err := fmt.Fprintf(a.out, "ecssim %s\ncatalog %s\nresult schema %s\n%s %s/%s\n",
					v.Version, v.Catalog, v.Schema, v.Go, runtime.GOOS, runtime.GOARCH)
				return err
			case "json":
				e := json.NewEncoder(a.out)
				e.SetIndent("", "  ")
				return e.Encode(v)
			}
			return usageError("--format is table or json, found %q", format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "`FORMAT`: table or json")
	return c
}
