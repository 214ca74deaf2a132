package scenario

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/workload/diag"
)

// matrixFleet is a scenario that a matrix is put under.
const matrixFleet = `schema = 1
duration = "1h"
[instances.main]
type = "m5.large"
count = 3
[services.web]
task = { cpu = 256, memory = 512 }
desired_count = 2
`

func loadWith(t require.TestingT, text string, o Options) *Scenario {
	o.Open = memory{"s.toml": text}.open
	s, ds := Load([]string{"s.toml"}, o)
	require.False(t, diag.HasErrors(ds), "%v\n%s", ds, text)
	return s
}

func TestAMatrixCrossesItsAxesInTheOrderOfTheFile(t *testing.T) {
	m := loadWith(t, matrixFleet+`[matrix]
"services.web.desired_count" = [2, 4]
"instances.main.type" = ["m5.large", "c5.large"]
[matrix.instances.main]
count = [3, 5, 7]
[matrix_options]
exclude = [{ "instances.main.type" = "c5.large", instances.main.count = 7 }]
baseline = { "services.web.desired_count" = 4 }
`, Options{}).Matrix
	var paths []string
	for _, a := range m.Axes {
		paths = append(paths, a.Path)
	}
	require.Equal(t, []string{"services.web.desired_count", "instances.main.type", "instances.main.count"}, paths)
	cells := m.Cells()
	require.Equal(t, "[[0 0 0] [0 0 1] [0 0 2] [0 1 0] [0 1 1] [1 0 0] [1 0 1] [1 0 2] [1 1 0] [1 1 1]]", fmt.Sprint(cells))
	require.Equal(t, 5, m.Base(cells))
}

func TestZippedAxesMoveTogether(t *testing.T) {
	m := loadWith(t, matrixFleet+`[matrix]
"instances.main.type" = ["m5.large", "c5.large"]
"services.web.desired_count" = [2, 4]
"instances.main.count" = [3, 5]
[matrix_options]
zip = [["instances.main.count", "instances.main.type"]]
`, Options{}).Matrix
	require.Equal(t, "[[0 0 0] [0 1 0] [1 0 1] [1 1 1]]", fmt.Sprint(m.Cells()))
}

func TestAValueCanBeAnythingThatTOMLHas(t *testing.T) {
	m := loadWith(t, matrixFleet+`[matrix]
"services.web.placement_strategy" = ["random", [{ type = "spread", field = "instanceId" }, { type = "binpack", field = "memory" }]]
"services.web.task" = [{ cpu = 256, memory = 512 }, { cpu = 512, memory = 1024 }]
"start" = [2026-11-27T00:00:00Z]
"account.settings.awsvpcTrunking" = ["enabled"]
`, Options{}).Matrix
	var texts []string
	for _, a := range m.Axes {
		for _, v := range a.Values {
			texts = append(texts, v.Text)
		}
	}
	require.Equal(t, []string{
		`"random"`, `[{ field = "instanceId", type = "spread" }, { field = "memory", type = "binpack" }]`,
		`{ cpu = 256, memory = 512 }`, `{ cpu = 512, memory = 1024 }`, `2026-11-27T00:00:00Z`, `"enabled"`,
	}, texts)
}

// TestTheMatrixIsNoPartOfTheWorld: another axis changes neither the hash of the scenario nor that of its cells.
func TestTheMatrixIsNoPartOfTheWorld(t *testing.T) {
	bare := loadWith(t, matrixFleet, Options{})
	with := loadWith(t, matrixFleet+"[matrix]\n\"services.web.desired_count\" = [2, 4]\n", Options{})
	require.Nil(t, bare.Matrix)
	require.Equal(t, bare.SHA256, with.SHA256)
	require.Equal(t, string(bare.Resolved), string(with.Resolved))
}

// TestACellIsTheSettingOfTheCommandLine: what a cell lays over the scenario is what --set would, but for where messages
// and the resolved scenario say it comes from.
func TestACellIsTheSettingOfTheCommandLine(t *testing.T) {
	text := matrixFleet + "[matrix]\n\"services.web.task\" = [{ cpu = 512, memory = 1024 }]\n\"instances.main.count\" = [4]\n"
	m := loadWith(t, text, Options{}).Matrix
	cell := loadWith(t, text, Options{Cell: []Placed{m.Axes[0].Setting(0), m.Axes[1].Setting(0)}})
	set := loadWith(t, text, Options{Sets: []string{"services.web.task={ cpu = 512, memory = 1024 }", "instances.main.count=4"}})
	require.Equal(t, set.SHA256, cell.SHA256)
	require.Contains(t, string(cell.Resolved), "# s.toml:11")
	require.Contains(t, string(set.Resolved), "# command line")
}

func TestTheCommandLineBeatsTheCell(t *testing.T) {
	text := matrixFleet + "[matrix]\n\"services.web.desired_count\" = [9]\n"
	m := loadWith(t, text, Options{}).Matrix
	s := loadWith(t, text, Options{Cell: []Placed{m.Axes[0].Setting(0)}, Sets: []string{"services.web.desired_count=5"}})
	require.Contains(t, string(s.Resolved), "desired_count = 5")
}

func TestAMistakeInACellIsToldInTheMatrix(t *testing.T) {
	text := matrixFleet + "[matrix]\n\"instances.main.type\" = [\"m5.large\", \"m5.larg\"]\n\"services.web.desired_cout\" = [4]\n\"duration.x\" = [1]\n"
	m := loadWith(t, text, Options{}).Matrix
	_, ds := Load([]string{"s.toml"}, Options{
		Open: memory{"s.toml": text}.open,
		Cell: []Placed{m.Axes[0].Setting(1), m.Axes[1].Setting(0), m.Axes[2].Setting(0)},
	})
	var places []string
	for _, d := range ds {
		places = append(places, fmt.Sprintf("%s:%d:%d", d.At.File, d.At.Line, d.At.Column))
	}
	require.Equal(t, "s.toml:10:38 s.toml:11:1 s.toml:12:1", strings.Join(places, " "), "%v", ds)
}

func TestAFileOfAMatrixIsFoundFromTheFileThatNamesIt(t *testing.T) {
	files := memory{
		"base/fleet.toml":  matrixFleet,
		"base/sweep.toml":  "extends = \"fleet.toml\"\n[matrix]\n\"services.web.task_definition\" = [\"defs/a.json\"]\n",
		"base/defs/a.json": `{"family": "a", "containerDefinitions": [{"name": "a", "image": "a", "cpu": 64, "memory": 64}]}`,
	}
	s, ds := Load([]string{"base/sweep.toml"}, Options{Open: files.open})
	require.Empty(t, ds)
	_, ds = Load([]string{"base/sweep.toml"}, Options{Open: files.open, Cell: []Placed{s.Matrix.Axes[0].Setting(0)}})
	require.Empty(t, ds)
}

// TestCellsAreTheProductWithoutWhatIsExcluded counts them another way.
func TestCellsAreTheProductWithoutWhatIsExcluded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &Matrix{}
		for i := range rapid.IntRange(1, 4).Draw(t, "axes") {
			a := MatrixAxis{Path: fmt.Sprint("a", i)}
			for v := range rapid.IntRange(1, 4).Draw(t, "values") {
				a.Values = append(a.Values, MatrixValue{Text: fmt.Sprint(v)})
			}
			m.Axes = append(m.Axes, a)
		}
		choice := func() MatrixChoice {
			c := make(MatrixChoice, len(m.Axes))
			for i := range c {
				c[i] = rapid.IntRange(-1, len(m.Axes[i].Values)-1).Draw(t, "value")
			}
			return c
		}
		for range rapid.IntRange(0, 3).Draw(t, "excluded") {
			m.Exclude = append(m.Exclude, choice())
		}
		want := map[string]bool{}
		var walk func(cell []int)
		walk = func(cell []int) {
			if len(cell) < len(m.Axes) {
				for v := range m.Axes[len(cell)].Values {
					walk(append(cell[:len(cell):len(cell)], v))
				}
				return
			}
			for _, e := range m.Exclude {
				if e.Agrees(cell) {
					return
				}
			}
			want[fmt.Sprint(cell)] = true
		}
		walk(nil)
		got := m.Cells()
		if len(got) != len(want) {
			t.Fatalf("%d cells, want %d", len(got), len(want))
		}
		last := ""
		for _, c := range got {
			text := fmt.Sprint(c)
			if !want[text] || text <= last {
				t.Fatalf("cell %s after %s", text, last)
			}
			last = text
		}
	})
}

func TestAResolvedScenarioHasNoMatrix(t *testing.T) {
	s, ds := Load([]string{"testdata/good/matrix.toml"}, Options{})
	require.Empty(t, ds)
	require.Len(t, s.Matrix.Cells(), 3)
	golden(t, "testdata/good/matrix.resolved", string(s.Resolved))
}
