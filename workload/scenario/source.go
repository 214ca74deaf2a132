package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"ecssim/workload/diag"
)

// Stdin is the file name that stands for standard input, and stdinName how it is called in messages.
const (
	Stdin     = "-"
	stdinName = "<stdin>"
)

// mostBytes of a scenario file. A scenario of that size was not written by a person.
const mostBytes = 16 << 20

// read returns the bytes of a scenario file, remembered in Sources under the name that messages use.
func (l *loader) read(file string) (name string, data []byte, problem *diag.Diagnostic) {
	name, data, err := l.bytes(file)
	if err != nil {
		return name, nil, unreadable(name, err)
	}
	l.sources[name] = data
	if d := notText(name, data); d != nil {
		return name, nil, d
	}
	return name, bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

func (l *loader) bytes(file string) (name string, data []byte, err error) {
	if file == Stdin {
		if l.options.Stdin == nil {
			return stdinName, nil, errors.New("there is no standard input")
		}
		data, err = io.ReadAll(io.LimitReader(l.options.Stdin, mostBytes+1))
		return stdinName, data, err
	}
	f, err := l.open(file)
	if err != nil {
		return file, nil, err
	}
	defer f.Close()
	data, err = io.ReadAll(io.LimitReader(f, mostBytes+1))
	return file, data, err
}

// open opens a file for reading and refuses a directory by name.
func (l *loader) open(file string) (io.ReadCloser, error) {
	if l.options.Open != nil {
		return l.options.Open(file)
	}
	return OpenFile(file)
}

// OpenFile is the file system that Options.Open stands in for.
func OpenFile(file string) (io.ReadCloser, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errDirectory
	}
	return os.Open(file)
}

var errDirectory = errors.New("is a directory")

// unreadable says why a file could not be read, without the operating system's own sentence around it.
func unreadable(file string, err error) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: "E001", At: diag.Position{File: file}}
	var pathError *fs.PathError
	switch {
	case errors.Is(err, errDirectory):
		d.Code = "E002"
		d.Message = fmt.Sprintf("`%s` is a directory, not a file", file)
		d.Help = []string{"name a file in it"}
	case errors.Is(err, fs.ErrNotExist):
		d.Message = fmt.Sprintf("there is no file `%s`", file)
	case errors.Is(err, fs.ErrPermission):
		d.Message = fmt.Sprintf("`%s` may not be read: permission denied", file)
		d.Help = []string{"check the permissions of the file and of its folder"}
	case errors.As(err, &pathError):
		d.Message = fmt.Sprintf("`%s` cannot be read: %v", file, pathError.Err)
	default:
		d.Message = fmt.Sprintf("`%s` cannot be read: %v", file, err)
	}
	return d
}

// notText refuses what no TOML parser should see.
func notText(file string, data []byte) *diag.Diagnostic {
	at := diag.Position{File: file}
	switch {
	case len(data) > mostBytes:
		return &diag.Diagnostic{
			Code: "E003", At: at, Message: fmt.Sprintf("the file is larger than %d MiB", mostBytes>>20),
			Help: []string{"a scenario is a small text; give large data as CSV: trace = { csv = \"tasks.csv\", … }"},
		}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return &diag.Diagnostic{
			Code: "E004", At: at, Message: "the file is UTF-16, not UTF-8",
			Help: []string{"save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)"},
		}
	case len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))) == 0:
		return &diag.Diagnostic{
			Code: "E003", At: at, Message: "the file is empty",
			Help: []string{"`ecssim new NAME` writes a scenario that runs as it is"},
		}
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return &diag.Diagnostic{
			Code: "E004", At: at, Message: "the file is compressed with gzip",
			Help: []string{"unpack it: only traces (CSV) are read as gzip"},
		}
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return &diag.Diagnostic{
				Code: "E004", At: position(file, data, at, at+1), Message: "the file is not UTF-8 text",
				Label: fmt.Sprintf("byte 0x%02x", data[at]),
				Help:  []string{"save it as UTF-8"},
			}
		}
		at += size
	}
	return nil
}
