package report

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sharded is what a merge has to know of a plan.
type Sharded struct {
	Plan, Version string // checksum, and ecssim's
	Shards, Runs  int
	// Of is the cell and the seed of a run.
	Of func(run int) (cell int, seed uint64)
}

// MissingShards is the error of a merge that lacks shards.
type MissingShards struct {
	Missing []int // ascending
	Shards  int
	Begun   []int // those of Missing that have a journal
}

func (e *MissingShards) Error() string {
	what := "shard " + Ranges(e.Missing) + " is"
	if len(e.Missing) > 1 {
		what = fmt.Sprintf("%d shards (%s) are", len(e.Missing), Ranges(e.Missing))
	}
	begun := ""
	if len(e.Begun) > 0 {
		begun = "; begun and not finished: " + Ranges(e.Begun)
	}
	return fmt.Sprintf("%s missing of %d%s", what, e.Shards, begun)
}

// Ranges writes ascending numbers as 0-3,5,7-8: as Slurm's --array wants them.
func Ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		part := strconv.Itoa(numbers[i])
		if k > i {
			part += "-" + strconv.Itoa(numbers[k])
		}
		parts = append(parts, part)
		i = k + 1
	}
	return strings.Join(parts, ",")
}

// ErrBadShards is the cause where shards are there and cannot be merged.
var ErrBadShards = errors.New("nothing was merged")

// MergeShards reads all shards of a folder, checks every one, and returns their rows in order. Notes tell of files that
// it left alone.
func MergeShards(dir string, p Sharded) (rows []CellRow, notes []string, err error) {
	shared := names{}
	missing := &MissingShards{Shards: p.Shards}
	var wrong []error
	rows = make([]CellRow, p.Runs)
	there := make([]bool, p.Runs)
	for n := range p.Shards {
		path := filepath.Join(dir, ShardFile(n))
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			missing.Missing = append(missing.Missing, n)
			if _, err := os.Stat(filepath.Join(dir, journalFile(n))); err == nil {
				missing.Begun = append(missing.Begun, n)
			}
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		h, read, err := readShard(text, shared)
		if err == nil {
			err = p.check(n, h, read)
		}
		for i := range read {
			if err == nil {
				rows[read[i].Run], there[read[i].Run] = read[i], true
			}
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", path, err))
		}
	}
	switch {
	case len(wrong) > 0:
		return nil, nil, fmt.Errorf("%w: %w", ErrBadShards, errors.Join(wrong...))
	case len(missing.Missing) > 0:
		return nil, nil, missing
	case slices.Contains(there, false):
		return nil, nil, fmt.Errorf("%w: run %d is in no shard", ErrBadShards, slices.Index(there, false))
	}
	notes, err = strangers(dir, p.Shards)
	return rows, notes, err
}

// CheckShard says whether a shard's file is whole and belongs to a plan, and returns its rows. A missing one is
// fs.ErrNotExist.
func CheckShard(dir string, n int, p Sharded) ([]CellRow, error) {
	h, rows, err := ReadShard(filepath.Join(dir, ShardFile(n)))
	if err != nil {
		return nil, err
	}
	return rows, p.check(n, h, rows)
}

// ClearSweep removes shards and journals, and says how many there were.
func ClearSweep(dir string) (gone int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, "shard-") || !ours.MatchString(name) || strings.HasSuffix(name, ".lock") {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// check holds a shard against the plan.
func (p *Sharded) check(n int, h Shard, rows []CellRow) error {
	major, _, _ := strings.Cut(h.Schema, ".")
	ours, _, _ := strings.Cut(ShardSchema, ".")
	switch {
	case major != ours:
		return fmt.Errorf("it has schema %q, and this ecssim reads %s", h.Schema, ShardSchema)
	case h.Plan != p.Plan || h.Shards != p.Shards:
		return fmt.Errorf("it belongs to another plan (%.12s, not %.12s)", h.Plan, p.Plan)
	case h.Version != p.Version:
		return fmt.Errorf("it was simulated by ecssim %s, and the plan is of %s: versions may differ in their results", h.Version, p.Version)
	case h.Shard != n:
		return fmt.Errorf("it holds shard %d under the name of shard %d: a copy", h.Shard, n)
	case len(rows) != (p.Runs-n+p.Shards-1)/p.Shards:
		return fmt.Errorf("%w: it has %d runs, and the plan has %d in this shard", ErrDamaged, len(rows), (p.Runs-n+p.Shards-1)/p.Shards)
	}
	for i := range rows {
		r, run := &rows[i], n+i*p.Shards
		if r.Run != run {
			return fmt.Errorf("%w: run %d stands where run %d belongs", ErrDamaged, r.Run, run)
		}
		if cell, seed := p.Of(run); r.Cell != cell || r.Seed != seed {
			return fmt.Errorf("%w: run %d has cell %d and seed %d, and the plan has cell %d and seed %d", ErrDamaged, run, r.Cell, r.Seed, cell, seed)
		}
	}
	return nil
}

// ours are the files of a sweep's folder.
var ours = regexp.MustCompile(`^(plan\.json|cells\.csv|cells\.parquet|columns\.csv|sweep\.json|sweep\.md|plots|logs|job\.(json|yaml)|job-definition\.json|shard-\d{5}\.(ndjson|journal|lock)|sweep\.lock|merge\.lock)$`)

// strangers are files that are neither a sweep's nor shards of this plan.
func strangers(dir string, shards int) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		name := e.Name()
		number, isShard := strings.CutPrefix(name, "shard-")
		n, err := strconv.Atoi(strings.TrimSuffix(number, ".ndjson"))
		beyond := isShard && err == nil && n >= shards
		if beyond || !ours.MatchString(name) && !strings.HasPrefix(name, ".ecssim-") {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	const shown = 5
	slices.SortFunc(found, cmp.Compare)
	more := ""
	if len(found) > shown {
		more = fmt.Sprintf(" and %d more", len(found)-shown)
		found = found[:shown]
	}
	return []string{"not of this sweep, and left alone: " + strings.Join(found, ", ") + more}, nil
}
