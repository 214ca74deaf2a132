package house

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"ecssim/model"
	"ecssim/workload/scenario"
)

const (
	scenarioDoc   = "docs/scenario.md"
	goodScenarios = "workload/scenario/testdata/good"
)

// wholeScenarios are those that use every key between them.
var wholeScenarios = []string{"capacity.toml", "everything.toml", "infrastructure.toml", "pricing.toml", "scaling.toml", "services.toml"}

// chosen are the tables whose keys are names of somebody's own; * stands for one name.
var chosen = []string{
	"catalog.types", "cluster", "vpc.subnets", "vpc.security_groups", "registries", "images", "images.*.layers",
	"load_balancers", "load_balancers.*.target_groups", "alarms", "instances", "instances.*.attributes", "faults",
	"capacity_providers", "capacity_providers.*.attributes",
	"expect", "matrix", "matrix_options.exclude", "matrix_options.baseline", "pricing.services", "services", "services.*.app.containers", "services.*.task.containers.depends_on", "jobs", "jobs.*.task.containers.depends_on",
}

// keysOf adds every key of a tree that nobody chose, with the path at which it was first seen. Elements of a list have
// the path of the list.
func keysOf(tree any, path, pattern []string, keys map[string]string) {
	switch v := tree.(type) {
	case map[string]any:
		own := slices.Contains(chosen, strings.Join(pattern, "."))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at, as := append(slices.Clip(path), key), append(slices.Clip(pattern), key)
			if own {
				as[len(as)-1] = "*"
			} else if _, known := keys[key]; !known {
				keys[key] = strings.Join(at, ".")
			}
			keysOf(v[key], at, as, keys)
		}
	case []map[string]any:
		for _, element := range v {
			keysOf(element, path, pattern, keys)
		}
	case []any:
		for _, element := range v {
			keysOf(element, path, pattern, keys)
		}
	}
}

var (
	// fenced is a block of code; its first group is what it is written in, the second the text.
	fenced = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	// spanned is code inside a line.
	spanned = regexp.MustCompile("`([^`\n]+)`")
	word    = regexp.MustCompile(`[A-Za-z0-9_]+`)
)

// TestEveryKeyIsDocumented holds docs/scenario.md against the scenarios that use every key: each stands there in
// backquotes, outside of the examples.
func TestEveryKeyIsDocumented(t *testing.T) {
	mentioned := map[string]bool{}
	for _, span := range spanned.FindAllStringSubmatch(fenced.ReplaceAllString(read(t, scenarioDoc), ""), -1) {
		for _, w := range word.FindAllString(span[1], -1) {
			mentioned[w] = true
		}
	}
	list, err := filepath.Glob(filepath.Join(root, goodScenarios, "*.toml"))
	require.NoError(t, err)
	var names []string
	keys := map[string]string{}
	for _, file := range list {
		name := filepath.Base(file)
		names = append(names, name)
		var tree map[string]any
		_, err := toml.Decode(read(t, goodScenarios+"/"+name), &tree)
		require.NoError(t, err, name)
		found := map[string]string{}
		keysOf(tree, nil, nil, found)
		for key, at := range found {
			keys[key] = name + ": " + at
		}
	}
	require.Subset(t, names, wholeScenarios)
	require.Greater(t, len(keys), 200, "are the keys of %s still found?", goodScenarios)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !mentioned[key] {
			t.Errorf("%s does not mention `%s` (%s)", scenarioDoc, key, keys[key])
		}
	}
}

// TestKeysLeaveOutChosenNames checks the walk itself.
func TestKeysLeaveOutChosenNames(t *testing.T) {
	var tree map[string]any
	_, err := toml.Decode(`
services.mine.rollouts = [{ at = "1h" }]
images."nginx:1".layers = { base = "1 MB" }
load_balancers.mine.target_groups.yours = { target_type = "ip" }
[[services.mine.task.containers]]
depends_on = { db = "HEALTHY" }
`, &tree)
	require.NoError(t, err)
	keys := map[string]string{}
	keysOf(tree, nil, nil, keys)
	require.Equal(t, []string{
		"at", "containers", "depends_on", "images", "layers", "load_balancers", "rollouts", "services", "target_groups",
		"target_type", "task",
	}, slices.Sorted(maps.Keys(keys)))
	require.Equal(t, "services.mine.rollouts.at", keys["at"])
}

// TestExamplesOfTheFormatRun plays every whole scenario of docs/scenario.md, as somebody does who pipes it into the
// program at the root. None of them has even a warning.
func TestExamplesOfTheFormatRun(t *testing.T) {
	examples := 0
	for _, block := range fenced.FindAllStringSubmatch(read(t, scenarioDoc), -1) {
		if block[1] != "toml" || !strings.HasPrefix(block[2], "schema = 1\n") {
			continue
		}
		examples++
		t.Run(fmt.Sprintf("example %d", examples), func(t *testing.T) { runs(t, block[2]) })
	}
	require.GreaterOrEqual(t, examples, 20)
}

// runs plays one scenario to its end. The world checks its books by itself.
func runs(t *testing.T, text string) {
	t.Helper()
	s, diags := scenario.Load([]string{scenario.Stdin}, scenario.Options{
		Stdin: strings.NewReader(text),
		Open:  func(file string) (io.ReadCloser, error) { return os.Open(filepath.Join(root, file)) },
	})
	require.Empty(t, diags, "%s", text)
	require.NotNil(t, s.Config)
	model.NewWorld(s.Config, s.Seed, model.Unheard{}).Run(context.Background())
}
