package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ShardSchema is the version of shard files: another minor number adds, another major one breaks.
const ShardSchema = "1.0"

// Shard is what a shard file says of itself in its first line. The rows follow, one a line.
type Shard struct {
	Type    string `json:"type"` // "shard"; "journal" for one that is still being made
	Schema  string `json:"schema_version"`
	Plan    string `json:"plan"` // checksum of the plan
	Shard   int    `json:"shard"`
	Shards  int    `json:"shards"`
	Version string `json:"version"` // of ecssim
	Rows    int    `json:"rows"`
	SHA256  string `json:"sha256"` // of the lines below
}

// ShardFile and journalFile are the names of a shard's files.
func ShardFile(n int) string   { return fmt.Sprintf("shard-%05d.ndjson", n) }
func journalFile(n int) string { return fmt.Sprintf("shard-%05d.journal", n) }

// rowLine is a row in a shard file.
type rowLine struct {
	Run        int             `json:"run"`
	Cell       int             `json:"cell"`
	Seed       uint64          `json:"seed"`
	Complete   bool            `json:"complete"`
	Duration   float64         `json:"duration_s"`
	Bottleneck string          `json:"first_bottleneck,omitempty"`
	Expect     int             `json:"expect,omitempty"`
	Failed     []string        `json:"expect_failed,omitempty"`
	Figures    json.RawMessage `json:"figures"` // in their order
}

// line is the row as JSON, with its end of line.
func (r *CellRow) line() ([]byte, error) {
	figures := []byte{'{'}
	for i, name := range r.Names {
		if i > 0 {
			figures = append(figures, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(r.Values[i])
		if err != nil {
			return nil, fmt.Errorf("figure %s: %w", name, err)
		}
		figures = append(append(append(figures, key...), ':'), value...)
	}
	text, err := json.Marshal(rowLine{
		Run: r.Run, Cell: r.Cell, Seed: r.Seed, Complete: r.Complete, Duration: r.Duration,
		Bottleneck: r.Bottleneck, Expect: r.Expect, Failed: r.Failed, Figures: append(figures, '}'),
	})
	return append(text, '\n'), err
}

// readRow reads a line of a shard file.
func readRow(text []byte) (CellRow, error) {
	var l rowLine
	if err := json.Unmarshal(text, &l); err != nil {
		return CellRow{}, err
	}
	row := CellRow{
		Run: l.Run, Cell: l.Cell, Seed: l.Seed, Complete: l.Complete, Duration: l.Duration,
		Bottleneck: l.Bottleneck, Expect: l.Expect, Failed: l.Failed,
	}
	d := json.NewDecoder(bytes.NewReader(l.Figures))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return row, errors.New("a row has no figures")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return row, err
		}
		var value float64
		if err := d.Decode(&value); err != nil {
			return row, err
		}
		name, _ := key.(string) // a key of an object
		row.Names, row.Values = append(row.Names, name), append(row.Values, value)
	}
	return row, nil
}

// WriteShard writes the file of a shard. It is there whole or not at all, even where the power fails.
func WriteShard(dir string, h Shard, rows []CellRow) error {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b CellRow) int { return a.Run - b.Run })
	var body bytes.Buffer
	for i := range rows {
		text, err := rows[i].line()
		if err != nil {
			return err
		}
		body.Write(text)
	}
	sum := sha256.Sum256(body.Bytes())
	h.Type, h.Schema, h.Rows, h.SHA256 = "shard", ShardSchema, len(rows), hex.EncodeToString(sum[:])
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return WriteDurably(filepath.Join(dir, ShardFile(h.Shard)), slices.Concat(head, []byte{'\n'}, body.Bytes()))
}

// WriteDurably writes a file whole or not at all, for what must outlive the machine.
func WriteDurably(path string, text []byte) error {
	if err := writeFile(path, content(text)); err != nil {
		return err
	}
	for _, name := range []string{path, filepath.Dir(path)} {
		if err := syncFile(name); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	return nil
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// ErrDamaged is the cause where a shard file is not what was written.
var ErrDamaged = errors.New("it is damaged")

// ReadShard reads the file of a shard and checks it against its own header. Errors do not name the file.
func ReadShard(path string) (Shard, []CellRow, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Shard{}, nil, err
	}
	return readShard(text, names{})
}

func readShard(text []byte, shared names) (Shard, []CellRow, error) {
	var h Shard
	head, body, ok := bytes.Cut(text, []byte{'\n'})
	if !ok || json.Unmarshal(head, &h) != nil || h.Type != "shard" {
		return h, nil, fmt.Errorf("%w: its first line is not that of a shard", ErrDamaged)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != h.SHA256 {
		return h, nil, fmt.Errorf("%w: its rows are not those that were written (cut off, or changed)", ErrDamaged)
	}
	var rows []CellRow
	for line := range bytes.Lines(body) {
		row, err := readRow(line)
		if err != nil {
			return h, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		shared.share(&row)
		rows = append(rows, row)
	}
	if len(rows) != h.Rows {
		return h, nil, fmt.Errorf("%w: it has %d rows and says %d", ErrDamaged, len(rows), h.Rows)
	}
	return h, rows, nil
}

// Journal keeps the runs of a shard that is being made, so that an interrupted one goes on where it stopped. Every line
// has a checksum of its own: what was cut off in the middle of a line is not taken for a row.
type Journal struct {
	file *os.File
	path string
}

// journalSum is how many characters of a line's hash stand before it.
const journalSum = 16

// OpenJournal opens or creates the journal of a shard and returns the rows that it holds. A journal of another plan or
// another version is begun anew.
func OpenJournal(dir string, h Shard) (*Journal, []CellRow, error) {
	j := &Journal{path: filepath.Join(dir, journalFile(h.Shard))}
	head, err := h.journalHead()
	if err != nil {
		return nil, nil, err
	}
	if j.file, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o666); err != nil {
		return nil, nil, fmt.Errorf("writing %s: %w", j.path, err)
	}
	rows, good, err := journalled(j.file, head)
	if err == nil {
		if err = j.file.Truncate(good); err == nil {
			_, err = j.file.Seek(good, io.SeekStart)
		}
	}
	if err == nil && good == 0 {
		err = j.write(head)
	}
	if err != nil {
		_ = j.file.Close() // the first error is the one to tell
		return nil, nil, fmt.Errorf("writing %s: %w", j.path, err)
	}
	return j, rows, nil
}

func (h Shard) journalHead() ([]byte, error) {
	h.Type, h.Schema = "journal", ShardSchema
	return json.Marshal(h)
}

// journalled reads whole lines up to the first that is not, and says how far they reach.
func journalled(r io.Reader, head []byte) (rows []CellRow, good int64, err error) {
	shared, seen := names{}, map[int]bool{}
	b := bufio.NewReader(r)
	for {
		line, err := b.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		text, whole := unsealed(line)
		if !whole || good == 0 && !bytes.Equal(text, head) {
			return rows, good, nil
		}
		if good > 0 {
			row, err := readRow(text)
			if err != nil {
				return rows, good, nil
			}
			if shared.share(&row); !seen[row.Run] {
				seen[row.Run], rows = true, append(rows, row)
			}
		}
		good += int64(len(line))
	}
}

func sealed(text []byte) []byte {
	sum := sha256.Sum256(text)
	return slices.Concat([]byte(hex.EncodeToString(sum[:])[:journalSum]), []byte{' '}, text, []byte{'\n'})
}

func unsealed(line []byte) (text []byte, ok bool) {
	if len(line) < journalSum+2 || line[len(line)-1] != '\n' {
		return nil, false
	}
	text = line[journalSum+1 : len(line)-1]
	return text, bytes.Equal(sealed(text), line)
}

func (j *Journal) write(text []byte) error {
	if _, err := j.file.Write(sealed(text)); err != nil {
		return fmt.Errorf("writing %s: %w", j.path, err)
	}
	return nil
}

// Add keeps a run.
func (j *Journal) Add(row CellRow) error {
	text, err := row.line()
	if err != nil {
		return err
	}
	return j.write(bytes.TrimSuffix(text, []byte{'\n'}))
}

// Close keeps the journal, for another time.
func (j *Journal) Close() error { return j.file.Close() }

// Journalled returns the rows of a shard's journal, if it has one, and leaves it as it is.
func Journalled(dir string, h Shard) ([]CellRow, error) {
	head, err := h.journalHead()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, journalFile(h.Shard)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, _, err := journalled(f, head)
	return rows, err
}

// RemoveJournal takes a shard's journal away: the shard is written.
func RemoveJournal(dir string, n int) error {
	if err := os.Remove(filepath.Join(dir, journalFile(n))); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
