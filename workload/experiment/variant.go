package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Setting is one value laid over a scenario, as after --set PATH=TEXT.
type Setting struct {
	Path string `json:"path"`
	Text string `json:"text"` // TOML, or else a string as it stands
}

// String is what follows --set.
func (s Setting) String() string { return s.Path + "=" + s.Text }

// Variant is a scenario with settings laid over it. Its ID can name a file and stays the same as long as its place
// and its settings do; its Name is for people.
type Variant struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Settings []Setting `json:"settings"`
}

// Sets are the settings as scenario.Options wants them.
func (v Variant) Sets() []string {
	sets := make([]string, len(v.Settings))
	for i, s := range v.Settings {
		sets[i] = s.String()
	}
	return sets
}

// Axis is one path of a scenario with the values that it takes, in their order.
type Axis struct {
	Path   string
	Values []string
}

// Product crosses the axes: the last one varies fastest. Without an axis there is one variant, the scenario itself.
func Product(axes []Axis) []Variant {
	choices := [][]Setting{nil}
	for _, a := range axes {
		next := make([][]Setting, 0, len(choices)*len(a.Values))
		for _, c := range choices {
			for _, v := range a.Values {
				next = append(next, append(slices.Clip(c), Setting{Path: a.Path, Text: v}))
			}
		}
		choices = next
	}
	return variants(choices)
}

// variants gives choices of settings their IDs and names.
func variants(choices [][]Setting) []Variant {
	width := max(3, len(fmt.Sprint(len(choices))))
	names := shortNames(choices)
	seen := map[string]int{}
	all := make([]Variant, len(choices))
	for i, settings := range choices {
		v := Variant{ID: fmt.Sprintf("c%0*d-%s", width, i+1, digest(settings)), Name: name(settings, names), Settings: settings}
		if seen[v.Name]++; seen[v.Name] > 1 {
			v.Name = fmt.Sprintf("%s #%d", v.Name, seen[v.Name])
		}
		all[i] = v
	}
	return all
}

// digest tells settings apart, whatever their order.
func digest(settings []Setting) string {
	sets := Variant{Settings: settings}.Sets()
	slices.Sort(sets)
	sum := sha256.Sum256([]byte(strings.Join(sets, "\n")))
	return hex.EncodeToString(sum[:4])
}

// name is the value where only one thing varies, else short=value for each.
func name(settings []Setting, names map[string]string) string {
	switch len(settings) {
	case 0:
		return "base"
	case 1:
		return plain(settings[0].Text)
	}
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = names[s.Path] + "=" + plain(s.Text)
	}
	return strings.Join(parts, " ")
}

// mostName is how many characters of a value a name shows: lists and tables are long.
const mostName = 32

// plain is a value as a person says it: without quotes, cut where it is long.
func plain(text string) string {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] && !strings.ContainsRune(text[1:n-1], rune(text[0])) {
		text = text[1 : n-1]
	}
	if utf8.RuneCountInString(text) > mostName {
		text = string([]rune(text)[:mostName-1]) + "…"
	}
	return text
}

// shortNames are the paths of all settings, each as short as it stays unambiguous.
func shortNames(choices [][]Setting) map[string]string {
	var paths []string
	for _, settings := range choices {
		for _, s := range settings {
			if !slices.Contains(paths, s.Path) {
				paths = append(paths, s.Path)
			}
		}
	}
	names := map[string]string{}
	for i, short := range ShortPaths(paths) {
		names[paths[i]] = short
	}
	return names
}

// ShortPaths are the last keys of paths, as many as tell the paths apart: `type` for instances.main.type.
func ShortPaths(paths []string) []string {
	short := make([]string, len(paths))
	for i, p := range paths {
		keys := Keys(p)
		for n := 1; n <= len(keys); n++ {
			short[i] = strings.Join(keys[len(keys)-n:], ".")
			if !slices.ContainsFunc(paths, func(q string) bool { return q != p && endsWith(Keys(q), keys[len(keys)-n:]) }) {
				break
			}
		}
	}
	return short
}

func endsWith(keys, end []string) bool {
	return len(keys) >= len(end) && slices.Equal(keys[len(keys)-len(end):], end)
}

// Keys splits a path at its dots outside of quotes; the quotes stay.
func Keys(path string) []string {
	var keys []string
	from, quote := 0, byte(0)
	for i := range len(path) {
		switch c := path[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '.':
			keys = append(keys, strings.TrimSpace(path[from:i]))
			from = i + 1
		}
	}
	return append(keys, strings.TrimSpace(path[from:]))
}
