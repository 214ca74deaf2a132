package service_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/model/placement"
	"ecssim/model/service"
)

var (
	named     = regexp.MustCompile(`^\(service ([^)]+)\) `)
	taskNamed = regexp.MustCompile(`\(task ([^)]+)\)`)
	deployed  = regexp.MustCompile(`\(deployment ([^)]+)\)`)
)

// TestSentencesAreThoseOfECS holds the sentences against service events that ECS wrote.
func TestSentencesAreThoseOfECS(t *testing.T) {
	root := os.Getenv("ECSSIM_REAL_DATA")
	if root == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: no recorded answers of AWS")
	}
	checked := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "aws-cli"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var document any
		if json.Unmarshal(data, &document) != nil {
			return nil
		}
		for _, message := range messages(document) {
			name := named.FindStringSubmatch(message)
			if name == nil {
				continue
			}
			require.Contains(t, sentences(name[1], message), message, path)
			checked++
		}
		return nil
	}))
	require.GreaterOrEqual(t, checked, 8)
}

// sentences are those that could be meant, with the names that the message has.
func sentences(name, message string) (all []string) {
	var tasks []string
	for _, m := range taskNamed.FindAllStringSubmatch(message, -1) {
		tasks = append(tasks, m[1])
	}
	deployment := ""
	if m := deployed.FindStringSubmatch(message); m != nil {
		deployment = m[1]
	}
	for _, e := range []service.Event{
		service.SteadyState(name), service.NotPlaced(name, "", placement.NoInstances), service.TasksStarted(name, tasks, 0),
		service.TasksStopped(name, tasks), service.DeploymentCompleted(name, deployment),
	} {
		all = append(all, e.Message)
	}
	return all
}

// messages collects what stands under "message", wherever it is.
func messages(x any) (list []string) {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			if text, ok := v.(string); ok && k == "message" {
				list = append(list, text)
				continue
			}
			list = append(list, messages(v)...)
		}
	case []any:
		for _, v := range x {
			list = append(list, messages(v)...)
		}
	}
	return list
}
