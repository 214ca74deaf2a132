package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// PlanSchema is the version of plan.json: another minor number adds, another major one breaks.
const PlanSchema = "1.0"

// planTool marks a plan of ours.
const planTool = "ecssim sweep plan"

// Plan is all runs of a matrix, cut into shards, with every file that they need: whoever has the plan and the same
// version of ecssim can play any shard, on any machine, and gets the same results.
//
// Runs are numbered from 0, cell by cell and within a cell seed by seed. Run k belongs to shard k mod Shards, so that
// shards have as many runs as one another, one at most apart, and about as much work.
type Plan struct {
	Tool     string `json:"tool"`
	Schema   string `json:"schema_version"`
	Version  string `json:"version"`  // of ecssim
	Checksum string `json:"checksum"` // of the plan with this field empty
	Name     string `json:"name"`
	About    string `json:"about,omitempty"`
	// Seed is the first seed of every cell, and Runs how many follow each other.
	Seed   uint64 `json:"seed"`
	Runs   int    `json:"runs"`
	Shards int    `json:"shards"`
	// Axes are the paths that vary, and Base is the number of the cell that the others are compared with.
	Axes  []string `json:"axes"`
	Base  int      `json:"base"`
	Cells []Cell   `json:"cells"`
	// File is the scenario, with the settings of the command line; Files holds it, and whatever it reads.
	File  string   `json:"file"`
	Sets  []string `json:"sets,omitempty"`
	Files []File   `json:"files"`

	opening sync.Mutex
	matrix  *scenario.Matrix
	cells   [][]int
}

// Cell is a variant of a matrix: one setting an axis.
type Cell struct {
	Variant
	SHA256 string `json:"sha256"` // of the resolved scenario
}

// Total is how many runs there are.
func (p *Plan) Total() int { return len(p.Cells) * p.Runs }

// Run is the cell and the seed of a run.
func (p *Plan) Run(k int) (cell int, seed uint64) {
	return k / p.Runs, p.Seed + uint64(k%p.Runs)
}

// Shard lists the runs of a shard.
func (p *Plan) Shard(n int) []int {
	var runs []int
	for k := n; k < p.Total(); k += p.Shards {
		runs = append(runs, k)
	}
	return runs
}

// options are those with which the scenario was read, with the plan's own files.
func (p *Plan) options() (scenario.Options, error) {
	o := scenario.Options{Sets: p.Sets, Open: p.open}
	for i := range p.Files {
		f := &p.Files[i]
		if f.Name != scenario.Stdin {
			continue
		}
		data, err := f.bytes()
		if err != nil {
			return o, fmt.Errorf("the plan's copy of the scenario is damaged: %w", err)
		}
		o.Stdin = bytes.NewReader(data)
	}
	return o, nil
}

// Open reads the scenario of a cell from the plan alone. It may be called by several goroutines.
func (p *Plan) Open(cell int) (*scenario.Scenario, error) {
	if err := p.prepare(); err != nil {
		return nil, err
	}
	o, err := p.options()
	if err != nil {
		return nil, err
	}
	o.Cell = placed(p.matrix, p.cells[cell])
	s, diags := scenario.Load([]string{p.File}, o)
	switch {
	case diag.HasErrors(diags):
		return nil, fmt.Errorf("the scenario of cell %s is refused: %s", p.Cells[cell].ID, diags[0].Message)
	case s.SHA256 != p.Cells[cell].SHA256:
		return nil, fmt.Errorf("cell %s of the plan reads differently here (%.12s, planned %.12s): this is another ecssim than the one that planned, or the plan was changed",
			p.Cells[cell].ID, s.SHA256, p.Cells[cell].SHA256)
	}
	return s, nil
}

// prepare reads the matrix again, once.
func (p *Plan) prepare() error {
	p.opening.Lock()
	defer p.opening.Unlock()
	if p.matrix != nil {
		return nil
	}
	o, err := p.options()
	if err != nil {
		return err
	}
	s, _ := scenario.Load([]string{p.File}, o)
	if s.Matrix == nil || len(s.Matrix.Cells()) != len(p.Cells) {
		return errors.New("the scenario in the plan has not the cells that the plan lists; make the plan anew")
	}
	p.matrix, p.cells = s.Matrix, s.Matrix.Cells()
	return nil
}

// JSON writes the plan with its checksum.
func (p *Plan) JSON() ([]byte, error) {
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	p.Checksum = sum
	return p.text()
}

func (p *Plan) text() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(p)
	return b.Bytes(), err
}

// Identity is the checksum of what is planned, whatever the number of shards.
func (p *Plan) Identity() (string, error) {
	shards := p.Shards
	p.Shards = 0
	defer func() { p.Shards = shards }()
	return p.sum()
}

// sum is the checksum of everything but the checksum.
func (p *Plan) sum() (string, error) {
	kept := p.Checksum
	p.Checksum = ""
	text, err := p.text()
	p.Checksum = kept
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// ReadPlan reads plan.json. Its errors do not name the file.
func ReadPlan(text []byte) (*Plan, error) {
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("this is not a plan: %w; `ecssim sweep plan FILE -o plan.json` makes one", err)
	}
	major, _, _ := strings.Cut(p.Schema, ".")
	ours, _, _ := strings.Cut(PlanSchema, ".")
	switch {
	case p.Tool != planTool:
		return nil, errors.New("this is not a plan; `ecssim sweep plan FILE -o plan.json` makes one")
	case major != ours:
		return nil, fmt.Errorf("the plan has schema %q, and this ecssim reads %s; make it anew", p.Schema, PlanSchema)
	}
	sum, err := p.sum()
	if err != nil {
		return nil, err
	}
	if sum != p.Checksum {
		return nil, errors.New("the plan was changed after it was made, or is damaged: its checksum does not fit; make it anew with `ecssim sweep plan`")
	}
	if p.Runs < 1 || p.Shards < 1 || len(p.Cells) == 0 || p.Base < 0 || p.Base >= len(p.Cells) || p.Shards > p.Total() {
		return nil, errors.New("the plan contradicts itself; make it anew with `ecssim sweep plan`")
	}
	return p, nil
}
