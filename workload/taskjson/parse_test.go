package taskjson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
	"ecssim/workload/diag"
)

const oneContainer = `"containerDefinitions": [{"name": "web", "image": "nginx", "memory": 128}]`

func TestEveryFormOfAWSIsAccepted(t *testing.T) {
	bare := `{"family": "web", "revision": 7, ` + oneContainer + `}`
	for name, text := range map[string]string{
		"register form":            bare,
		"describe-task-definition": `{"taskDefinition": ` + bare + `, "tags": []}`,
		"recorded response":        `{"status_code": 200, "data": {"taskDefinition": ` + bare + `}}`,
		"byte order mark":          "\ufeff" + bare,
		"Windows line ends":        strings.ReplaceAll(bare, ", ", ",\r\n"),
		"epoch times": `{"registeredAt": 1718986512.669, "deregisteredAt": 1, "family": "web", "revision": 7, ` +
			oneContainer + `}`,
		"times as objects": `{"registeredAt": {"__class__": "datetime"}, "family": "web", "revision": 7, ` + oneContainer + `}`,
		"nulls":            `{"cpu": null, "networkMode": null, "volumes": null, "family": "web", "revision": 7, ` + oneContainer + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, found, ignored := Parse("web.json", []byte(text))
			require.Empty(t, render(found))
			require.Empty(t, ignored)
			require.Equal(t, "web", got.Family)
			require.Equal(t, 7, got.Revision)
			require.Equal(t, int64(128), got.Needs().Memory)
		})
	}
}

func TestTaskSizesMayBeNumbersOrStringsWithUnits(t *testing.T) {
	for _, size := range []string{
		`"cpu": 512, "memory": 1024`, `"cpu": "512", "memory": "1024"`,
		`"cpu": "0.5 vCPU", "memory": "1 GB"`, `"cpu": ".5vcpu", "memory": "1gb"`,
	} {
		got, found, _ := Parse("", []byte(`{"family": "web", `+size+`, `+oneContainer+`}`))
		require.Empty(t, render(found), size)
		require.Equal(t, 512, got.CPU, size)
		require.Equal(t, 1024, got.Memory, size)
	}
}

func TestAbsentEssentialMeansTrue(t *testing.T) {
	got, _, _ := Parse("", []byte(`{"family": "web", `+oneContainer+`}`))
	require.True(t, got.Containers[0].Essential)
}

func TestIgnoredKeysAreSortedAndOnce(t *testing.T) {
	_, found, ignored := Parse("", []byte(`{"family": "web", "pidMode": "task", "tags": [{"key": "a", "value": "b"}],
	  "enableFaultInjection": false, "ipcMode": "", "x-owner": "me", "status": "ACTIVE",
	  "containerDefinitions": [
	    {"name": "a", "image": "a", "memory": 9, "ulimits": [{}], "command": ["x"], "mountPoints": []},
	    {"name": "b", "image": "b", "memory": 9, "command": ["y"], "resourceRequirements": [
	      {"type": "NeuronDevice", "value": "1"}]}]}`))
	require.Empty(t, render(found))
	require.Equal(t, []string{"command", "pidMode", "resourceRequirements (NeuronDevice)", "tags", "ulimits", "x-owner"}, ignored)
}

func TestWarningsDoNotRefuse(t *testing.T) {
	got, found, _ := Parse("", []byte(`{"family": "web", "containerDefinitions": [{"name": "web", "image": "nginx",
	  "memory": 128, "portMappings": [{"containerPort": 80, "protocol": "HTTP"}]}]}`))
	require.Len(t, found, 1)
	require.Equal(t, diag.Warning, found[0].Severity)
	require.Equal(t, taskdef.Needs{Memory: 128, DynamicPorts: 1}, got.Needs())
}

func TestFargateSizesAreCheckedOnlyIfGiven(t *testing.T) {
	text := []byte(`{"family": "web", "cpu": "512", "memory": "512", "networkMode": "awsvpc",
	  "requiresCompatibilities": ["FARGATE"], ` + oneContainer + `}`)
	_, found, _ := Reader{}.Parse("", text)
	require.Empty(t, render(found))
	_, found, _ = Parse("", text)
	require.Len(t, found, 1)
	require.Equal(t, taskdef.CodeFargate, found[0].Code)
}

func TestEveryCodeHasAMeaning(t *testing.T) {
	codes := Codes()
	for code, meaning := range codes {
		require.Regexp(t, `^[EW]1\d\d$`, code)
		require.NotEmpty(t, meaning)
	}
	files, err := filepath.Glob("testdata/bad/*.golden")
	require.NoError(t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		_, rest, ok := strings.Cut(string(data), "[")
		require.True(t, ok)
		require.Contains(t, codes, rest[:4])
	}
}

// A long file on one line with everything in it wrong: the work grows with the file, not with its square.
func TestManyProblemsOnOneLine(t *testing.T) {
	for name, text := range map[string]func(repeat func(string) string) string{
		"not containers": func(r func(string) string) string {
			return `{"family": "a", "containerDefinitions": [` + r("5,") + `5]}`
		},
		"duplicates": func(r func(string) string) string { return `{"family": "a", ` + r(`"cpu": 7,`) + `"memory": 1}` },
		"empty objects": func(r func(string) string) string {
			return `{"family": "a", "containerDefinitions": [` + r("{},") + `{}]}`
		},
		"wide characters": func(r func(string) string) string { return `{"family": "` + r("日") + `", "cpu": {}}` },
	} {
		allocated := func(size int) float64 {
			data := []byte(text(func(part string) string { return strings.Repeat(part, size/len(part)) }))
			return testing.AllocsPerRun(1, func() {
				_, found, _ := Parse("", data)
				require.NotEmpty(t, found, name)
			})
		}
		half, whole := allocated(50_000), allocated(100_000)
		require.Less(t, whole, 2.5*half, name)
	}
}

func TestDeepAndLongFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nesting":  `{"family": ` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
		"too long": strings.Repeat(" ", maxFile+1),
	} {
		_, found, _ := Parse("", []byte(text))
		require.NotEmpty(t, found, name)
	}
}

// A place far to the right costs no more than one near: at most one block is counted for it.
func TestPlacesAreCountedFromTheBlockBefore(t *testing.T) {
	text := strings.Repeat("日x", 3*block)
	l := newLines("", []byte(text))
	require.Len(t, l.runes, len(text)/block+1)
	for offset := 0; offset <= len(text); offset += 13 {
		require.Equal(t, countRunes([]byte(text[:offset])), l.runesBefore(offset))
		require.Equal(t, countRunes([]byte(text[:offset/block*block])), l.runes[offset/block])
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.json", filepath.Join(os.Getenv("ECSSIM_REAL_DATA"), "taskdefs", "*.json")} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkParse(t, data) })
}

// checkParse parses what may be anything and checks what holds of every answer.
func checkParse(t require.TestingT, data []byte) {
	got, found, _ := Parse("f", data)
	errors := 0
	codes := Codes()
	for _, d := range found {
		if d.Severity == diag.Error {
			errors++
		}
		require.Contains(t, codes, d.Code)
		require.NotEmpty(t, d.Message)
		require.NotContains(t, d.Message, "\n")
		require.GreaterOrEqual(t, d.At.Length, 0)
		if d.At.Line != 0 {
			require.Positive(t, d.At.Column)
			require.LessOrEqual(t, d.At.Line, strings.Count(string(data), "\n")+1)
		}
	}
	require.Equal(t, errors == 0, got != nil)
	if got == nil {
		return
	}
	n := got.Needs()
	require.False(t, n.CPU < 0 || n.Memory < 0 || n.GPUs < 0 || n.DynamicPorts < 0)
}

// TestMutatedKeysNeverPanic puts wrong values below real keys, which blind fuzzing rarely reaches.
func TestMutatedKeysNeverPanic(t *testing.T) {
	values := []string{
		`null`, `true`, `-1`, `0`, `7`, `1.5`, `99999999999`, `""`, `"awsvpc"`, `"1 GB"`, `"8000-8010"`, `"65535-1"`, `[]`, `{}`,
		`[null]`, `[{}]`, `["FARGATE"]`, `[{"containerPort": 80}, {"containerPort": 80, "hostPort": 1}]`,
		`[{"type": "GPU", "value": 1}]`, `[{"name": "a", "image": "b", "portMappings": [null, {"containerPortRange": "1-9"}]}]`,
	}
	top, inner := definition.keys(), container.keys()
	rapid.Check(t, func(t *rapid.T) {
		object := func(keys []string) string {
			n := rapid.IntRange(0, 6).Draw(t, "n")
			parts := make([]string, n)
			for i := range parts {
				parts[i] = `"` + rapid.SampledFrom(keys).Draw(t, "key") + `": ` + rapid.SampledFrom(values).Draw(t, "value")
			}
			return strings.Join(parts, ",")
		}
		text := `{"family": "a", "containerDefinitions": [{"name": "a", ` + strings.TrimSuffix(object(inner)+`,`, ",") + `}], ` + object(top) + `}`
		text = strings.ReplaceAll(strings.ReplaceAll(text, ", }", "}"), ",}", "}")
		checkParse(t, []byte(text))
	})
}
