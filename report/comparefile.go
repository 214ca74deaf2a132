package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"ecssim/model/catalog"
)

// compareFile is the file by which a folder of a comparison is known.
const compareFile = "compare.json"

// JSON is compare.json.
func (c *Comparison) JSON() ([]byte, error) { return marshal(c) }

// Markdown is compare.md in GitHub's flavour: a table, and as last line the sentence of the terminal.
func (c *Comparison) Markdown() []byte {
	t := &table{columns: []column{{title: "metric"}}}
	for i, v := range c.Variants {
		title := v.Name
		if i == c.base {
			title += " (base)"
		}
		t.columns = append(t.columns, column{title: title, right: true})
	}
	for k := range c.Metrics {
		row := []string{metricLabel(c.Metrics[k].Name)}
		for i := range c.Variants {
			row = append(row, c.Metrics[k].sentence(i, i == c.base))
		}
		t.add(row...)
	}
	row := []string{"first bottleneck"}
	for i := range c.Variants {
		row = append(row, firsts(c.Variants[i].First))
	}
	t.add(row...)
	// In a table, ~ is no markup.
	blocks := []string{t.markdown(""), markdownText(strings.ReplaceAll(c.legend(), unbroken, " "))}
	if c.CommonRandom != "" {
		blocks = append(blocks, markdownText(c.CommonRandom))
	}
	for _, n := range c.Notes {
		blocks = append(blocks, "> "+markdownText(n))
	}
	if c.Verdict != "" {
		blocks = append(blocks, "**"+markdownText(c.Verdict)+"**")
	}
	return join(blocks)
}

// sentence is a cell with everything in it: "78.3, −13.8 (−15 %) [−14.9, −12.6]".
func (m *ComparedMetric) sentence(i int, base bool) string {
	cells := m.cells(i, base)
	if base {
		return strings.TrimSpace(cells[0] + " " + cells[1])
	}
	text := cells[0]
	if cells[1] != "" {
		text += ", " + cells[1]
	}
	if cells[2] != "" {
		text += " (" + cells[2] + ")"
	}
	return strings.TrimSpace(text + " " + cells[3])
}

var compareFields = []field{
	{"metric", "text", "", "name of the metric, as in summary.json's per_seed"},
	{"unit", "text", "", "unit of the metric; empty for shares"},
	{"variant", "text", "", "name of the variant"},
	{"n", "integer", "seeds", "seeds whose run has the metric"},
	{"mean", "number", "see unit", "mean over the seeds"},
	{"low", "number", "see unit", "lower end of the 95 % interval of the mean; empty with fewer than 6 seeds"},
	{"high", "number", "see unit", "upper end of it"},
	{"min", "number", "see unit", "smallest value"},
	{"max", "number", "see unit", "largest value"},
	{"difference", "number", "see unit", "mean of the differences from the base, paired by seed; empty for the base"},
	{"difference_low", "number", "see unit", "lower end of the 95 % interval of the difference"},
	{"difference_high", "number", "see unit", "upper end of it"},
	{"relative", "number", "", "difference as a share of the base's mean; empty where that is 0"},
	{"verdict", "text", "", "lower, higher, unclear (the interval contains 0), same (0 in every seed) or unknown (too few seeds)"},
	{"common_random_numbers_gain", "number", "", "how many times wider the interval would be with independent seeds"},
}

// CSV has one row a metric and variant.
func (c *Comparison) CSV(w io.Writer) error {
	var l csvLine
	l.begin()
	for _, f := range compareFields {
		l.text(f.name)
	}
	if err := l.end(w); err != nil {
		return err
	}
	for _, m := range c.Metrics {
		for _, v := range m.Values {
			l.begin()
			l.texts(m.Name, m.Unit, v.Variant)
			l.integer(int64(v.N))
			l.numbers(v.Mean, v.Low, v.High, v.Min, v.Max)
			if d := v.Difference; d != nil {
				l.numbers(&d.Mean, d.Low, d.High, d.Relative)
				l.text(d.Verdict)
				l.numbers(d.Gain)
			} else {
				l.texts("", "", "", "", "", "")
			}
			if err := l.end(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// numbers adds numbers, and an empty cell for each that is not known.
func (l *csvLine) numbers(xs ...*float64) {
	for _, x := range xs {
		if x == nil {
			l.text("")
			continue
		}
		l.decimal(*x, 6)
	}
}

// runRows has one row a run: what was compared, so that others can compare it otherwise.
func (c *Comparison) runRows(w io.Writer) error {
	names := c.columns()
	var l csvLine
	l.begin()
	l.texts("cell", "seed", "complete", "duration_s", "first_bottleneck")
	l.texts(names...)
	if err := l.end(w); err != nil {
		return err
	}
	for _, v := range c.sources {
		for _, row := range v.Rows {
			l.begin()
			l.text(v.Name)
			l.text(fmt.Sprint(row.Seed))
			l.text(fmt.Sprint(row.Complete))
			l.decimal(row.Duration, 6)
			if row.Bottleneck != nil {
				l.text(*row.Bottleneck)
			} else {
				l.text("")
			}
			for _, name := range names {
				if x, ok := row.Metrics[name]; ok {
					l.decimal(x, 6)
				} else {
					l.text("")
				}
			}
			if err := l.end(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// columns are all metrics: in the order of a run where one is known, else by name.
func (c *Comparison) columns() []string {
	var names []string
	seen := map[string]bool{}
	add := func(list []string) {
		for _, name := range list {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	for _, v := range c.sources {
		add(v.Columns)
	}
	add(metricNames(c.sources))
	return names
}

// CheckCompareFolder says whether WriteComparison may write there: not over the results of a run.
func CheckCompareFolder(dir string, opts FolderOptions) error {
	if err := CheckFolder(dir, opts); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil || opts.Force {
		return nil // a folder that is not there may be written
	}
	if _, err := os.Stat(filepath.Join(dir, compareFile)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds results that are no comparison: %w; choose another --out, or --force", dir, ErrForeignFolder)
	}
	return nil
}

// WriteComparison writes a comparison into a folder; all but run.json depend on the runs alone.
func WriteComparison(dir string, c *Comparison, run RunInfo, opts FolderOptions) error {
	if err := CheckCompareFolder(dir, opts); err != nil {
		return err
	}
	text, err := c.JSON()
	if err != nil {
		return err
	}
	about, err := marshal(runFile{
		Tool: "ecssim", Version: run.Version, Schema: CompareSchema, Catalog: catalog.Version(), Go: runtime.Version(),
		Scenario: "comparison", Complete: c.Complete, Seeds: c.Seeds, Planned: len(c.Seeds) * len(c.Variants),
		Started: run.Started.UTC(), Wall: inSeconds(run.Elapsed), Workers: run.Workers, Command: run.Command,
	})
	if err != nil {
		return err
	}
	files := []folderFile{
		{marker, content(about)}, {compareFile, content(text)}, {"compare.md", content(c.Markdown())},
		{"compare.csv", c.CSV}, {"cells.csv", c.runRows},
	}
	drawn, err := c.pictures()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "plots"), 0o755); err != nil {
		return err
	}
	return writeFiles(dir, append(files, drawn...))
}

// writeFiles writes files into a folder whose directories are there, and removes those that have nothing to write.
func writeFiles(dir string, files []folderFile) error {
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		if f.write == nil {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if err := writeFile(path, f.write); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoFit is the cause where a result folder cannot be compared.
var ErrNoFit = errors.New("cannot be compared")

// ReadVariant reads what a comparison needs of a result folder: the per_seed rows of its summary.json. It refuses
// results that are not complete, since half a run costs half as much.
func ReadVariant(dir string) (Variant, error) {
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return Variant{}, fmt.Errorf("%s %w: it has no summary.json; give a scenario, or a folder that `ecssim run` wrote", dir, ErrNoFit)
	}
	if err != nil {
		return Variant{}, err
	}
	return parseVariant(dir, text)
}

func parseVariant(dir string, text []byte) (Variant, error) {
	refuse := func(format string, args ...any) (Variant, error) {
		return Variant{}, fmt.Errorf("%s %w: %s", dir, ErrNoFit, fmt.Sprintf(format, args...))
	}
	var s Summary
	if err := json.Unmarshal(text, &s); err != nil {
		return refuse("its summary.json is damaged: %v", err)
	}
	own, _, _ := strings.Cut(SchemaVersion, ".")
	switch major, _, _ := strings.Cut(s.SchemaVersion, "."); {
	case major != own:
		return refuse("its summary.json has schema version %q, this ecssim reads %s.x", s.SchemaVersion, own)
	case !s.Complete:
		return refuse("its runs are not complete (\"complete\": false); run it again to the end")
	case len(s.PerSeed) == 0:
		return refuse("it holds a single run; run it with several seeds: ecssim run FILE --runs 20")
	}
	v := Variant{Name: s.Scenario.Name, Source: dir, Rows: s.PerSeed}
	for _, row := range v.Rows {
		if !row.Complete {
			return refuse("its run with seed %d is not complete", row.Seed)
		}
	}
	return v, nil
}
