package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"ecssim/model/catalog"
)

// FolderOptions says how a result folder is written.
type FolderOptions struct {
	// Force writes into a folder that ecssim did not write.
	Force bool
	// NoPlots leaves the pictures out, which take most of the time of a short run.
	NoPlots bool
}

// ErrForeignFolder is the cause where a folder holds something else than results of ecssim.
var ErrForeignFolder = errors.New("ecssim did not write this folder")

// marker is the file by which ecssim knows its folders.
const marker = "run.json"

// runFile is run.json.
type runFile struct {
	Tool     string    `json:"tool"`
	Version  string    `json:"version"`
	Schema   string    `json:"schema_version"`
	Catalog  string    `json:"catalog"`
	Go       string    `json:"go"`
	Scenario string    `json:"scenario"`
	Complete bool      `json:"complete"`
	Seeds    []uint64  `json:"seeds"`
	Planned  int       `json:"replications_planned"`
	Started  time.Time `json:"started,omitzero"`
	Wall     float64   `json:"wall_time_s"`
	Workers  int       `json:"workers"`
	Command  []string  `json:"command,omitempty"`
}

// CheckFolder says whether WriteFolder may write there. A command asks before it simulates, so that nobody waits for
// a refusal.
func CheckFolder(dir string, opts FolderOptions) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("results cannot go to %s: %w", dir, err)
	}
	if opts.Force {
		return nil
	}
	var run runFile
	if text, err := os.ReadFile(filepath.Join(dir, marker)); err == nil && json.Unmarshal(text, &run) == nil && run.Tool == "ecssim" {
		return nil
	}
	return fmt.Errorf("%s is not empty: %w; choose another --out, or --force", dir, ErrForeignFolder)
}

// WriteFolder writes everything that a set has to say into a folder. What an earlier run wrote is replaced, and
// removed where this run has no such file; other files are left alone. Every file is complete or absent: it is
// written beside its place and renamed. All but run.json depend on the set's records alone.
func WriteFolder(dir string, set Set, opts FolderOptions) error {
	if err := CheckFolder(dir, opts); err != nil {
		return err
	}
	files, err := folderFiles(set, opts)
	if err != nil {
		return err
	}
	for _, sub := range []string{"data", "plots"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	return writeFiles(dir, files)
}

// folderFile is a file of the folder. One without write is removed.
type folderFile struct {
	name  string
	write func(io.Writer) error
}

// folderFiles lists what is to be written; the marker comes first, so that a folder whose writing was cut off is
// still known as ours.
func folderFiles(set Set, opts FolderOptions) ([]folderFile, error) {
	set = set.present()
	summary := Summarise(set)
	text, err := summary.JSON()
	if err != nil {
		return nil, err
	}
	run, err := marshal(describeRun(set, summary))
	if err != nil {
		return nil, err
	}
	files := []folderFile{
		{marker, content(run)}, {"summary.json", content(text)}, {"summary.md", content(summary.Markdown())},
		{"scenario.resolved.toml", content(set.Resolved)}, {"data/columns.csv", writeColumns},
	}
	files = append(files, folderFile{eventsFile, func(w io.Writer) error { return writeEvents(w, set.Records) }}, folderFile{name: decisionsFile})
	follows := len(set.Records) > 0 && scales(set.Records[0].Config)
	if follows {
		files[len(files)-1].write = func(w io.Writer) error { return writeDecisions(w, set.Records) }
	}
	for _, f := range csvFiles() {
		file := folderFile{name: "data/" + f.name}
		if follows || !f.scaling {
			file.write = func(w io.Writer) error { return f.write(w, set.Records) }
		}
		files = append(files, file)
	}
	var drawn []picture
	if len(set.Records) > 0 && !opts.NoPlots {
		if drawn, err = pictures(set.Records[0], summary); err != nil {
			return nil, err
		}
	}
	for _, name := range pictureNames {
		svg, png := folderFile{name: "plots/" + name + ".svg"}, folderFile{name: "plots/" + name + ".png"}
		if at := slices.IndexFunc(drawn, func(p picture) bool { return p.name == name }); at >= 0 {
			svg.write, png.write = drawn[at].picture.SVG, drawn[at].picture.PNG
		}
		files = append(files, svg, png)
	}
	return files, nil
}

// content writes bytes that are there already; nil for none.
func content(b []byte) func(io.Writer) error {
	if b == nil {
		return nil
	}
	return func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(b))
		return err
	}
}

func describeRun(set Set, s *Summary) runFile {
	run := runFile{
		Tool: "ecssim", Version: set.Run.Version, Schema: SchemaVersion, Catalog: catalog.Version(), Go: runtime.Version(),
		Scenario: s.Scenario.Name, Complete: s.Complete, Seeds: []uint64{}, Planned: set.planned(),
		Wall: inSeconds(set.Run.Elapsed), Workers: set.Run.Workers, Command: set.Run.Command,
	}
	if !set.Run.Started.IsZero() {
		run.Started = set.Run.Started.UTC()
	}
	for _, r := range set.Records {
		run.Seeds = append(run.Seeds, r.Seed)
	}
	return run
}

// writeFile writes beside the place and renames, so that a reader never sees half a file. Errors name the path.
func writeFile(path string, write func(io.Writer) error) (err error) {
	aside := filepath.Join(filepath.Dir(path), ".ecssim-"+filepath.Base(path)+".tmp")
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // the first error is the one to tell
			_ = os.Remove(aside)
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err = write(w); err != nil {
		return err
	}
	if err = w.Flush(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(aside, path)
}
