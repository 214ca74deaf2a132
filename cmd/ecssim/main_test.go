package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the goldens inside testdata/script")

// TestMain lets the test binary stand for the program: scripts and tests that need a process of its own run "ecssim".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ecssim": main})
}

// TestScripts plays testdata/script. Beside testscript's own commands there are
//
//	exits CODE COMMAND ARG...   runs a command and wants this exit code
//	listing DIR FILE            writes the names of all files below DIR to FILE, sorted
//	json FILE PATH VALUE        wants a value of a JSON file; a list is entered by number, or by a resource or reason
//	columns N FILE...           wants no line to be wider than N characters; stdout and stderr stand for the last output
//	conserves DIR...            recounts tasks and money of result folders
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GOMAXPROCS", "2") // the default of --jobs, shown in help
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": scriptExits, "listing": scriptListing, "json": scriptJSON, "columns": scriptColumns,
			"conserves": func(ts *testscript.TestScript, neg bool, dirs []string) {
				for _, dir := range dirs {
					if err := recount(ts.MkAbs(dir)); (err != nil) != neg {
						ts.Fatalf("%s: %v", dir, err)
					}
				}
			},
		},
	})
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func scriptListing(ts *testscript.TestScript, _ bool, args []string) {
	files, err := listFiles(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(files, "\n")+"\n"), 0o600))
}

func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for _, key := range strings.Split(args[1], "/") {
		v = enter(v, key)
	}
	got, err := json.Marshal(v)
	ts.Check(err)
	if s, ok := v.(string); ok {
		got = []byte(s)
	}
	if (string(got) == args[2]) == neg {
		ts.Fatalf("%s: %s is %s, want %s", args[0], args[1], got, args[2])
	}
}

// enter is a member of an object, or an element of a list by its number or by what it is about.
func enter(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[key]
	case []any:
		if n, err := strconv.Atoi(key); err == nil && n < len(v) {
			return v[n]
		}
		for _, e := range v {
			if m, ok := e.(map[string]any); ok && (m["resource"] == key || m["reason"] == key) {
				return e
			}
		}
		if key == "len" {
			return len(v)
		}
	}
	return nil
}

func scriptColumns(ts *testscript.TestScript, _ bool, args []string) {
	width, err := strconv.Atoi(args[0])
	ts.Check(err)
	for _, file := range args[1:] {
		for _, line := range strings.Split(ts.ReadFile(file), "\n") {
			if n := len([]rune(line)); n > width {
				ts.Fatalf("%s has a line of %d characters: %s", file, n, line)
			}
		}
	}
}

func listFiles(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files = append(files, filepath.ToSlash(name))
		return err
	})
	return files, err
}

// result is what a run left behind.
type result struct {
	folder         string
	code           int
	stdout, stderr string
	summary        summaryFile
}

// play runs a scenario's text through the front door, in this process, and recounts the result.
func play(t *testing.T, scenario string, args ...string) result {
	t.Helper()
	r := try(t, scenario, args...)
	require.Equal(t, exitOK, r.code, "%s\n%s", r.stderr, scenario)
	require.NoError(t, recount(r.folder), "scenario:\n%s", scenario)
	var err error
	r.summary, err = readSummary(r.folder)
	require.NoError(t, err)
	require.True(t, r.summary.Complete)
	return r
}

// try is play without any claim.
func try(t *testing.T, scenario string, args ...string) result {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "scenario.toml")
	require.NoError(t, os.WriteFile(file, []byte(scenario), 0o600))
	var stdout, stderr bytes.Buffer
	r := result{folder: filepath.Join(dir, "out")}
	args = append([]string{"run", file, "-o", r.folder}, args...)
	r.code = execute(context.Background(), streams{in: strings.NewReader(""), out: &stdout, err: &stderr}, args)
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return r
}

// realData is the folder of inputs that nobody of this project wrote.
func realData(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("ECSSIM_REAL_DATA")
	if root == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: the real inputs are not tested")
	}
	return filepath.Join(append([]string{root}, path...)...)
}

// lines joins the lines of a scenario.
func lines(parts ...string) string { return strings.Join(parts, "\n") + "\n" }

func quote(format string, args ...any) string { return strconv.Quote(fmt.Sprintf(format, args...)) }
