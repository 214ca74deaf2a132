package house

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write into README.md what the program prints now")

// readmeFiles are those that the tour writes by itself.
var readmeFiles = map[string]string{
	"shop.toml": `schema = 1
duration = "1h"
[instances.main]
type = "m5.large"
count = 2
[services.web]
task_definition = "scenarios/taskdefs/web.json"
desired_count = 14
`,
	"broken.toml": `schema = 1
duration = "1h"
[instances.main]
type = "m5.larg"
count = 2
[services.web]
task = { cpu = 256, memory = 4096, network_mode = "awsvpc" }
desiredCount = 12
launch_type = "FARGATE"
`,
}

// session is a code block that opens with a command.
var session = regexp.MustCompile("(?ms)^```\n(\\$ .*?)^```$")

// wallTime is the one thing on the screen that no two runs share.
var wallTime = regexp.MustCompile(`(?m) +\d+\.\d\ds$`)

// TestReadmeShowsWhatTheProgramPrints runs every command of README.md, at 80 columns, and compares.
func TestReadmeShowsWhatTheProgramPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	readme := read(t, "README.md")
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "scenarios"), os.DirFS(filepath.Join(root, "scenarios"))))
	for name, text := range readmeFiles {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bin", "ecssim"), "./cmd/ecssim")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	printed := session.ReplaceAllStringFunc(readme, func(block string) string {
		var b strings.Builder
		b.WriteString("```\n")
		for line := range strings.Lines(block) {
			command, ok := strings.CutPrefix(line, "$ ")
			if !ok {
				continue
			}
			b.WriteString(line)
			// Commands that show a mistake end with an exit code of their own.
			run := exec.Command("sh", "-c", command)
			run.Dir = dir
			run.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "COLUMNS=80", "NO_COLOR=1", "LC_ALL=C")
			out, _ := run.CombinedOutput()
			b.Write(out)
		}
		return b.String() + "```"
	})
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join(root, "README.md"), []byte(printed), 0o644))
		return
	}
	require.Equal(t, wallTime.ReplaceAllString(printed, ""), wallTime.ReplaceAllString(readme, ""),
		"README.md shows something else than the program; `go test ./internal/house -update` writes it anew")
}
