package plot

import (
	"bytes"
	"testing"
)

type fataler interface {
	Helper()
	Fatal(...any)
}

var _ fataler = (*testing.T)(nil)

func pngOf(t fataler, p Picture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.PNG(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func svgOf(t fataler, p Picture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.SVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
