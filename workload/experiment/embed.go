package experiment

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"unicode/utf8"

	"ecssim/workload/scenario"
)

// File is a file inside a plan: as text where a person may want to read it, compressed where it is long or no text.
type File struct {
	Name string `json:"name"`
	Text string `json:"text,omitempty"`
	Gzip []byte `json:"gzip,omitempty"`
}

// longText is from where on a file is compressed.
const longText = 64 << 10

// mostFile bytes of one file are unpacked: far above any trace that a plan should carry.
const mostFile = 4 << 30

func newFile(name string, data []byte) (File, error) {
	if len(data) <= longText && utf8.Valid(data) {
		return File{Name: name, Text: string(data)}, nil
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return File{}, err
	}
	if _, err := w.Write(data); err != nil {
		return File{}, err
	}
	if err := w.Close(); err != nil {
		return File{}, err
	}
	return File{Name: name, Gzip: b.Bytes()}, nil
}

func (f *File) bytes() ([]byte, error) {
	if f.Gzip == nil {
		return []byte(f.Text), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(f.Gzip))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, mostFile))
}

// open is the plan's file system.
func (p *Plan) open(name string) (io.ReadCloser, error) {
	i := slices.IndexFunc(p.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	data, err := p.Files[i].bytes()
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// recorded is a file system that remembers what was read.
type recorded struct {
	under func(name string) (io.ReadCloser, error)
	lock  sync.Mutex
	files map[string][]byte
}

func (r *recorded) open(name string) (io.ReadCloser, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	data, ok := r.files[name]
	if !ok {
		f, err := r.under(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if data, err = io.ReadAll(f); err != nil {
			return nil, err
		}
		r.files[name] = data
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// record replaces the file system and the standard input of options by ones that remember.
func record(o *scenario.Options, file string) (*recorded, error) {
	r := &recorded{under: o.Open, files: map[string][]byte{}}
	if r.under == nil {
		r.under = scenario.OpenFile
	}
	o.Open = r.open
	if file == scenario.Stdin && o.Stdin != nil {
		data, err := io.ReadAll(o.Stdin)
		if err != nil {
			return nil, err
		}
		r.files[file] = data
	}
	return r, nil
}

// pack makes files of the plan, sorted by name.
func (r *recorded) pack() ([]File, error) {
	var files []File
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		f, err := newFile(name, r.files[name])
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
