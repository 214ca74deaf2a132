package scenario

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/BurntSushi/toml"
	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"

	"ecssim/workload/diag"
)

// FuzzLoad: no text makes the reader panic; what it accepts, both TOML parsers read alike; what it refuses, it can
// show; and an accepted scenario resolves to one that is accepted too, with the same hash.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.toml", "testdata/good/*.toml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil {
				f.Add(data)
			}
		}
	}
	f.Add([]byte(minimal))
	nothing := memory{}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		s, ds := Load([]string{Stdin}, Options{Stdin: bytes.NewReader(data), Open: nothing.open})
		var b bytes.Buffer
		require.NoError(t, diag.Render(&b, ds, s.Source, diag.Options{}))
		require.NoError(t, diag.RenderJSON(&b, ds, s.Source))
		if s.Config == nil {
			require.True(t, diag.HasErrors(ds), "nothing is refused without a word")
			return
		}
		text := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		var one, other map[string]any
		_, err := toml.Decode(string(text), &one)
		require.NoError(t, err)
		require.NoError(t, gotoml.Unmarshal(text, &other))
		require.True(t, sameValue(one, other))
		placesAgree(t, "fuzz", text, one)
		again, ds := Load([]string{Stdin}, Options{Stdin: bytes.NewReader(s.Resolved), Open: nothing.open})
		require.False(t, diag.HasErrors(ds), "%s\n%v", s.Resolved, ds)
		require.Equal(t, s.SHA256, again.SHA256)
	})
}
