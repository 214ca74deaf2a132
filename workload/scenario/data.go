package scenario

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"strconv"

	"ecssim/workload/diag"
)

// mostExcerpt is the largest data file that is kept for excerpts.
const mostExcerpt = 64 << 20

// all reads a whole file of limited size.
func (l *loader) all(name string) ([]byte, error) {
	f, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, mostBytes+1))
}

func (r *reader) digest(name string, data []byte) {
	sum := sha256.Sum256(data)
	r.digests[name] = hex.EncodeToString(sum[:])
}

// openData opens a data file such that its digest is noted when it is closed.
func (r *reader) openData(name string) (io.ReadCloser, error) {
	f, err := r.load.open(name)
	if err != nil {
		return nil, err
	}
	return &hashing{file: f, sum: sha256.New(), done: func(digest string) { r.digests[name] = digest }}, nil
}

// readable reports a data file that cannot be opened, at the place that names it.
func (r *reader) readable(name string, from *node) bool {
	f, err := r.load.open(name)
	if err != nil {
		r.add(fromWhere(*unreadable(name, err), from.at))
		return false
	}
	defer f.Close()
	return true
}

// hashing hashes what is read through it.
type hashing struct {
	file io.ReadCloser
	sum  hash.Hash
	done func(digest string)
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	h.sum.Write(p[:n])
	return n, err
}

// Close reads what is left, so that the digest is that of the file.
func (h *hashing) Close() error {
	if _, err := io.Copy(h.sum, h.file); err == nil {
		h.done(hex.EncodeToString(h.sum.Sum(nil)))
	}
	return h.file.Close()
}

// addFrom takes over the diagnostics of a data file that is named at from. Those without a file concern what the
// scenario says about it, at spec.
func (r *reader) addFrom(ds []diag.Diagnostic, file string, from, spec diag.Position) {
	excerpt := false
	for _, d := range ds {
		switch {
		case d.At.File == "":
			d.At = spec
		case d.At.Line == 0:
			d = fromWhere(d, from)
		default:
			d.Via, excerpt = referenced(from), true
		}
		r.add(d)
	}
	if _, there := r.load.sources[file]; excerpt && !there {
		if f, err := r.load.open(file); err == nil {
			defer f.Close()
			if data, err := io.ReadAll(io.LimitReader(f, mostExcerpt)); err == nil && !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
				r.load.sources[file] = data
			}
		}
	}
}

// jsonPlace finds the value at a path such as containerDefinitions[0].cpu in a task definition file. Where it is not
// written it is the nearest value above, at last the file as a whole.
func jsonPlace(file string, data []byte, jsonPath string) diag.Position {
	f := &jsonFinder{file: file, data: data, parts: splitJSONPath(jsonPath), decoder: json.NewDecoder(bytes.NewReader(data))}
	f.best = diag.Position{File: file}
	f.value(0, true)
	return f.best
}

// written is the text at a position.
func written(data []byte, at diag.Position) string {
	line := []rune(lineOf(data, at.Line))
	from := min(max(0, at.Column-1), len(line))
	return string(line[from:min(len(line), from+at.Length)])
}

// jsonFinder walks a JSON document once and remembers the deepest place on the path.
type jsonFinder struct {
	file    string
	data    []byte
	parts   []string
	decoder *json.Decoder
	best    diag.Position
	depth   int
}

// value walks one value; on tells whether it lies on the path, depth parts deep. It reports false at the end or at an
// error.
func (f *jsonFinder) value(depth int, on bool) bool {
	token, err := f.decoder.Token()
	if err != nil {
		return false
	}
	delimiter, composed := token.(json.Delim)
	if on && depth > f.depth {
		end := int(f.decoder.InputOffset())
		start := f.start(end, token)
		f.depth, f.best = depth, position(f.file, f.data, start, end)
	}
	if !composed {
		return true
	}
	for i := 0; f.decoder.More(); i++ {
		name := strconv.Itoa(i)
		if delimiter == '{' {
			key, err := f.decoder.Token()
			if err != nil {
				return false
			}
			name, _ = key.(string)
		}
		wrapper := depth == 0 && (name == "taskDefinition" || name == "data")
		next := depth + 1
		if wrapper {
			next = depth
		}
		if !f.value(next, on && (wrapper || f.leads(depth, name))) {
			return false
		}
	}
	_, err = f.decoder.Token()
	return err == nil
}

// leads reports whether a key, or the index of an element, is the next part of the path.
func (f *jsonFinder) leads(depth int, name string) bool {
	return depth < len(f.parts) && f.parts[depth] == name
}

// start is where a token that ends at an offset begins.
func (f *jsonFinder) start(end int, token json.Token) int {
	switch t := token.(type) {
	case json.Delim:
		return end - 1
	case string:
		// Escapes make a string longer than what it means: look for its opening quote.
		for k := end - 2; k >= 0; k-- {
			if f.data[k] == '"' && (k == 0 || f.data[k-1] != '\\') {
				return k
			}
		}
	case float64:
		k := end
		for k > 0 && bytes.IndexByte([]byte("+-.0123456789eE"), f.data[k-1]) >= 0 {
			k--
		}
		return k
	case bool:
		if t {
			return end - 4
		}
		return end - 5
	case nil:
		return end - 4
	}
	return max(0, end-1)
}
