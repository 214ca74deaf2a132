package scenario

import (
	"io"
	"slices"

	"ecssim/model"
	"ecssim/workload/diag"
)

// Options are what the command line adds to the files.
type Options struct {
	// Cell holds the settings of one cell of the matrix, laid over the files before Sets.
	Cell []Placed
	// Sets are PATH=VALUE settings, laid over the files in order.
	Sets []string
	// Seed, Runs and Until override `seed`, `runs` and `duration` where they are not empty: they are --set under
	// another name, and values are written as in the file.
	Seed, Runs, Until string
	// Stdin is read for the file "-".
	Stdin io.Reader
	// Open replaces the file system; nil reads from disk. It must say fs.ErrNotExist for what is not there.
	Open func(file string) (io.ReadCloser, error)
}

// Scenario is a scenario that was accepted whole.
type Scenario struct {
	// Config is the world to simulate. It is shared by all replications.
	Config *model.Config
	Name   string
	About  string
	Seed   uint64
	Runs   int
	// ExpectAt is where each of Config.Expect stands.
	ExpectAt []diag.Position
	// Matrix is what a sweep varies; nil without one. It is there too where something else is wrong, since its cells may
	// give what the scenario lacks by itself.
	Matrix *Matrix
	// SHA256 of the resolved scenario without the comments on its origin, and of every file that it reads.
	SHA256 string
	// Resolved is the scenario as TOML with every value, each with a comment on where it comes from.
	Resolved []byte
	// Ignored lists the AWS fields of task definitions that this version does not use, sorted.
	Ignored []string
	// Sources are the files that diagnostics may point into.
	Sources map[string][]byte
}

// Source is the function that diag.Render asks for excerpts.
func (s *Scenario) Source(file string) []byte { return s.Sources[file] }

// Load reads scenario files, the later ones laid over the earlier, and checks everything. Where a diagnostic is an
// error the Config is nil, and nothing may be simulated; Sources is there all the same. Diagnostics are sorted.
func Load(files []string, options Options) (*Scenario, []diag.Diagnostic) {
	l := &loader{options: options, sources: map[string][]byte{}}
	s := &Scenario{Sources: l.sources}
	root := l.merged(files)
	if root == nil || slices.ContainsFunc(l.diags, func(d diag.Diagnostic) bool { return d.Code != "E010" }) {
		return s, diag.Sorted(l.diags)
	}
	r := &reader{load: l, root: root, digests: map[string]string{}}
	s.Matrix = r.takeMatrix(root)
	b := &builder{reader: r, scenario: s, config: &model.Config{}}
	b.build()
	diags := diag.Sorted(slices.Concat(l.diags, r.diags))
	slices.Sort(r.ignored)
	s.Ignored = slices.Compact(r.ignored)
	if diag.HasErrors(diags) {
		return s, diags
	}
	s.Config = b.config
	s.Resolved, s.SHA256 = resolve(root, r.digests, baseFolder(files))
	return s, diags
}

// merged lays all files and settings over one another.
func (l *loader) merged(files []string) *node {
	var root *node
	for _, f := range files {
		n := l.file(f, diag.Position{})
		if n == nil {
			continue
		}
		if root == nil {
			root = n
			continue
		}
		overlay(root, n)
		root.at = n.at
	}
	if root == nil {
		return nil
	}
	l.applyCell(root)
	l.applySets(root)
	dropRemoved(root)
	return root
}
