package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const shop = `schema = 1
[instances.main]
type = "m5.large"
count = 3
# …

[services.web]
desiredCount = 12
	tabbed	= "日本語 wide"
`

func sources(file string) []byte {
	switch file {
	case "shop.toml":
		return []byte(shop)
	case "web.json":
		return []byte("{\n  \"cpu\": \"256\",\n  \"memory\": \"4096\"\n}\n")
	case "long.toml":
		return []byte("x = [" + strings.Repeat("1, ", 100) + "\"here\", " + strings.Repeat("2, ", 100) + "]\r\n")
	case "control.toml":
		return []byte("name = \"\x1b[31mred\x07\u202e\"\n\xff\n")
	}
	return nil
}

func text(t *testing.T, o Options, ds ...Diagnostic) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Render(&b, ds, sources, o))
	return b.String()
}

func require1(t *testing.T, want, got string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestRenderReadsLikeACompiler(t *testing.T) {
	require1(t, `error[E021]: unknown key `+"`desiredCount`"+`
 --> shop.toml:8:1
  |
7 | [services.web]
8 | desiredCount = 12
  | ^^^^^^^^^^^^ did you mean `+"`desired_count`?"+`
  = note: keys are the ECS API names in snake_case; values are spelled as ECS spells them
  = help: rename it

error[E114]: Fargate has no size with cpu 256 and memory 4096
 --> web.json:3:13   (referenced from shop.toml:42)
  |
3 |   "memory": "4096"
  |             ^^^^^^
  = help: with cpu 256 the memory can be 512, 1024 or 2048

2 errors · nothing was simulated (exit 2)
`, text(t, Options{},
		Diagnostic{Code: "E114", Message: "Fargate has no size with cpu 256 and memory 4096", Via: "referenced from shop.toml:42",
			At: Position{"web.json", 3, 13, 6}, Help: []string{"with cpu 256 the memory can be 512, 1024 or 2048"}},
		Diagnostic{Code: "E021", Message: "unknown key `desiredCount`", At: Position{"shop.toml", 8, 1, 12}, Label: "did you mean `desired_count`?",
			Notes: []string{"keys are the ECS API names in snake_case; values are spelled as ECS spells them"}, Help: []string{"rename it"}},
	))
}

func TestCaretsStandUnderWideCharactersAndTabs(t *testing.T) {
	require1(t, `warning[W1]: m
 --> shop.toml:9:12
  |
7 | [services.web]
...
9 |     tabbed    = "日本語 wide"
  |                  ^^^^^^ three

1 warning
`, text(t, Options{}, Diagnostic{Severity: Warning, Code: "W1", Message: "m", At: Position{"shop.toml", 9, 12, 3}, Label: "three"}))
}

func TestLongLinesAreCutAroundTheCaret(t *testing.T) {
	got := text(t, Options{}, Diagnostic{Code: "E1", Message: "m", At: Position{"long.toml", 1, 306, 6}})
	lines := strings.Split(got, "\n")
	source, carets := lines[3], lines[4]
	require.LessOrEqual(t, len([]rune(source)), 120)
	column := len([]rune(carets[:strings.Index(carets, "^")]))
	require.Equal(t, `"here"`, string([]rune(source)[column:column+6]))
	require.True(t, strings.HasSuffix(source, "…"))
}

func TestNothingFromAFileReachesTheTerminalRaw(t *testing.T) {
	d := Diagnostic{Code: "E1", Message: "found \x1b[31m", Label: "\x07", Notes: []string{"\u202ea\nb\x00"}, At: Position{"control.toml", 1, 9, 3}}
	got := text(t, Options{}, d, Diagnostic{Code: "E1", Message: "m", At: Position{"control.toml", 2, 1, 1}})
	require.False(t, strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && unsafeToPrint(r) }), "%q", got)
	require.True(t, strings.Contains(got, "\uFFFD"))
}

func TestPlacesThatDoNotExistAreNoPanic(t *testing.T) {
	for _, at := range []Position{{}, {File: "shop.toml"}, {"shop.toml", 99, 1, 1}, {"shop.toml", 8, 999, 5}, {"none", 1, 1, 1}, {"shop.toml", 8, 0, 0}, {"shop.toml", -1, -1, -1}} {
		require.Contains(t, text(t, Options{}, Diagnostic{Code: "E1", Message: "m", At: at}), "error[E1]: m\n")
	}
}

func TestProblemsAreSortedToldOnceAndCounted(t *testing.T) {
	var ds []Diagnostic
	for i := range 60 {
		ds = append(ds, Diagnostic{Code: "E1", Message: fmt.Sprint(i % 57), At: Position{File: "a", Line: 57 - i%57}})
	}
	ds = append(ds, Diagnostic{Severity: Warning, Code: "W1", Message: "w", At: Position{File: "b"}})
	got := text(t, Options{}, ds...)
	require.Contains(t, got, "… and 8 more problems\n\n57 errors, 1 warning · nothing was simulated (exit 2)\n")
	require.Equal(t, 50, strings.Count(got, "error["))
	require.Less(t, strings.Index(got, "a:1\n"), strings.Index(got, "a:2\n"))
	require.Empty(t, text(t, Options{}))
}

func TestColourChangesNothingButColour(t *testing.T) {
	d := Diagnostic{Code: "E1", Message: "m", At: Position{"shop.toml", 8, 1, 12}, Notes: []string{"n"}}
	coloured := text(t, Options{Color: true}, d)
	require.Contains(t, coloured, "\x1b[1;31merror[E1]\x1b[0m")
	plain := coloured
	for _, style := range []string{red, yellow, blue, cyan, bold, "0"} {
		plain = strings.ReplaceAll(plain, "\x1b["+style+"m", "")
	}
	require.Equal(t, text(t, Options{}, d), plain)
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, RenderJSON(&b, []Diagnostic{{Code: "E021", Message: "unknown <key>", At: Position{"shop.toml", 8, 1, 12}}}, sources))
	require.Contains(t, b.String(), "unknown <key>")
	var got struct {
		SchemaVersion string `json:"schema_version"`
		Errors        int
		Diagnostics   []map[string]any
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Equal(t, "1.0", got.SchemaVersion)
	require.Equal(t, 1, got.Errors)
	require.Equal(t, map[string]any{
		"severity": "error", "code": "E021", "message": "unknown <key>", "file": "shop.toml", "line": 8.0, "column": 1.0, "length": 12.0,
		"snippet": "desiredCount = 12",
	}, got.Diagnostics[0])
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, RenderGitHub(&b, []Diagnostic{
		{Code: "E021", Message: "100% wrong", Label: "did you mean `x`?", Help: []string{"do:\nthis"}, At: Position{"a,b:c.toml", 8, 1, 12}},
		{Severity: Warning, Code: "W204", Message: "w", At: Position{File: "d.toml"}},
	}))
	require.Equal(t, "::error file=a%2Cb%3Ac.toml,line=8,col=1,endColumn=13,title=E021::100%25 wrong (did you mean `x`?)%0Ado:%0Athis\n"+
		"::warning file=d.toml,title=W204::w\n", b.String())
}

func TestCodesAreOneLineEach(t *testing.T) {
	for code, meaning := range Codes() {
		require.Regexp(t, `^[EW]\d{3}$`, code)
		require.NotEmpty(t, meaning)
		require.NotContains(t, meaning, "\n")
		require.False(t, strings.HasSuffix(meaning, "."))
	}
}
