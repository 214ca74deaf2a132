package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Recorded is what a result folder says of the run that wrote it.
type Recorded struct {
	Version  string
	Schema   string
	Catalog  string
	Scenario string
	Complete bool
	Seeds    []uint64
	Planned  int
	Command  []string
	SHA256   string // of the scenario and the files that it reads
	// Resolved is scenario.resolved.toml.
	Resolved []byte
}

// ErrNotRecorded is the cause where a folder cannot be simulated again.
var ErrNotRecorded = errors.New("not a result folder of ecssim")

// ReadFolder reads what is needed to simulate the runs of a result folder again.
func ReadFolder(dir string) (*Recorded, error) {
	var run runFile
	text, err := os.ReadFile(filepath.Join(dir, marker))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is %w: it has no %s", dir, ErrNotRecorded, marker)
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(text, &run); err != nil || run.Tool != "ecssim" {
		return nil, fmt.Errorf("%s is %w: its %s is somebody else's", dir, ErrNotRecorded, marker)
	}
	r := &Recorded{
		Version: run.Version, Schema: run.Schema, Catalog: run.Catalog, Scenario: run.Scenario, Complete: run.Complete,
		Seeds: run.Seeds, Planned: run.Planned, Command: run.Command,
	}
	if r.Resolved, err = os.ReadFile(filepath.Join(dir, "scenario.resolved.toml")); err != nil {
		return nil, fmt.Errorf("%s is %w: it has no scenario.resolved.toml", dir, ErrNotRecorded)
	}
	var summary struct {
		Scenario struct {
			SHA256 string `json:"sha256"`
		} `json:"scenario"`
	}
	if text, err := os.ReadFile(filepath.Join(dir, "summary.json")); err == nil && json.Unmarshal(text, &summary) == nil {
		r.SHA256 = summary.Scenario.SHA256
	}
	return r, nil
}
