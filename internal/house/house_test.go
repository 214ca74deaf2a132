// Package house holds the rules of the house as tests: who may import whom, what every package and file has to have,
// and that the scenarios of the repository run. It has no code of its own.
package house

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "ecssim"

	maxLines = 500
)

// source is one parsed Go file of the repository.
type source struct {
	path    string // from the root, with slashes
	folder  string
	test    bool
	imports []string
	file    *ast.File
	lines   int
}

// files walks the repository and leaves out what is not part of it.
func files(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if entry.IsDir() {
			if slices.Contains([]string{".git", "out", "bin", "vendor"}, rel) {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.Type().IsRegular() {
			visit(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func goFiles(t *testing.T) []source {
	t.Helper()
	var all []source
	files(t, func(path string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		text := read(t, path)
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s := source{
			path: path, folder: strings.TrimSuffix(path[:strings.LastIndex(path, "/")+1], "/"),
			test: strings.HasSuffix(path, "_test.go"), file: file, lines: strings.Count(text, "\n"),
		}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			s.imports = append(s.imports, name)
		}
		all = append(all, s)
	})
	if len(all) < 50 {
		t.Fatalf("only %d Go files found: is %s still the root?", len(all), root)
	}
	return all
}

// within reports whether a slashed path is a folder, or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// forbidden says what a room must not import. Tests keep to it as well, but for the entries of notInTests.
var forbidden = map[string][]string{
	"sim":      {module, "os", "encoding", "github.com/BurntSushi/toml", "gonum.org/v1/plot", "log"},
	"model":    {module + "/workload", module + "/report", module + "/cmd", "github.com/BurntSushi/toml", "github.com/pelletier/go-toml", "gonum.org/v1/plot", "encoding/csv", "os", "log"},
	"workload": {module + "/report", module + "/cmd", "gonum.org/v1/plot"},
	"report":   {module + "/workload", module + "/cmd", "github.com/BurntSushi/toml", "github.com/pelletier/go-toml"},
	"cmd":      {module + "/cmd"},
	"internal": {module + "/cmd"},
}

var (
	// own is what a room may import of the module although the module is forbidden: itself.
	own = map[string]string{"sim": module + "/sim"}
	// allowed lists single exceptions: the tables of the catalog are CSV, embedded in it.
	allowed = map[string]string{"model/catalog": "encoding/csv"}
	// notInTests are free in tests, which read data and print.
	notInTests = []string{"os", "encoding", "encoding/csv", "log"}
)

func TestImportDirection(t *testing.T) {
	for _, s := range goFiles(t) {
		room, _, _ := strings.Cut(s.folder, "/")
		if _, known := forbidden[room]; !known {
			t.Errorf("%s: the folder %q is no room of the house: say in this test what it may import", s.path, room)
			continue
		}
		for _, name := range s.imports {
			if o := own[room]; o != "" && within(name, o) || name == allowed[s.folder] {
				continue
			}
			for _, no := range forbidden[room] {
				if within(name, no) && !(s.test && slices.Contains(notInTests, no)) {
					t.Errorf("%s imports %s: %s must not know %s", s.path, name, room, no)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	said := map[string]bool{}
	for _, s := range goFiles(t) {
		if s.test && s.folder != "internal/house" {
			continue
		}
		said[s.folder] = said[s.folder] || s.file.Doc != nil && strings.TrimSpace(s.file.Doc.Text()) != ""
	}
	for _, folder := range slices.Sorted(maps.Keys(said)) {
		if !said[folder] {
			t.Errorf("package %s has no doc comment", folder)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, s := range goFiles(t) {
		if s.lines > maxLines {
			t.Errorf("%s has %d lines, more than %d: split it where there is a second reason to change", s.path, s.lines, maxLines)
		}
	}
}

// strangers are words that tie the repository to one machine or to the way in which it was written. They are put
// together here so that this file does not hold them.
var strangers = []string{"/wo" + "rk/", "/ro" + "ot/", "shared" + "/data", "this sess" + "ion", "anthro" + "pic", "cla" + "ude", "language mo" + "del", "GOPR" + "OXY"}

func TestTheProjectSpeaksOfItself(t *testing.T) {
	text := []string{".go", ".md", ".toml", ".json", ".csv", ".txt", ".yml", ".awk", ".txtar", ".mod", ""}
	files(t, func(path string) {
		// .ci/run says where it looks for the recorded data.
		if !slices.Contains(text, filepath.Ext(filepath.Base(path))) || path == ".ci/run" {
			return
		}
		content := strings.ToLower(read(t, path))
		for _, word := range strangers {
			if strings.Contains(content, strings.ToLower(word)) {
				t.Errorf("%s holds %q", path, word)
			}
		}
	})
}

// TestLinksLead checks the relative links of Markdown files.
func TestLinksLead(t *testing.T) {
	files(t, func(path string) {
		if !strings.HasSuffix(path, ".md") || strings.Contains(path, "/testdata/") {
			return
		}
		parts := strings.Split(read(t, path), "](")
		for _, part := range parts[1:] {
			target, _, _ := strings.Cut(part, ")")
			target, _, _ = strings.Cut(target, "#")
			if target == "" || strings.Contains(target, "://") || strings.ContainsAny(target, " \n") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(path), target)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", path, cmp.Or(target, "?"))
			}
		}
	})
}
