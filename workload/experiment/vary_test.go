package experiment

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestVary(t *testing.T) {
	for _, c := range []struct{ text, path, values string }{
		{"services.web.desired_count=4,8,12", "services.web.desired_count", "4 8 12"},
		{"a.b = x , y", "a.b", "x y"},
		{"instances.main.count=2..5", "instances.main.count", "2 3 4 5"},
		{"instances.main.count=2..9/3", "instances.main.count", "2 5 8"},
		{"a=-1..1", "a", "-1 0 1"},
		{"a=0.1..0.3/0.1", "a", "0.1 0.2 0.3"},
		{"a=1..2/0.25", "a", "1.00 1.25 1.50 1.75 2.00"},
		{"a=5..5", "a", "5"},
		{"a=1..x", "a", "1..x"},
		{"a=10m..20m", "a", "10m..20m"},
		{`catalog.types."m5.large".price_per_hour=0.05,0.1`, `catalog.types."m5.large".price_per_hour`, "0.05 0.1"},
		{`a."b=c"=1,2`, `a."b=c"`, "1 2"},
		{`a=["x","y"],["z"]`, "a", `["x","y"] ["z"]`},
		{`a={p=1,q=2},"b,c"`, "a", `{p=1,q=2} "b,c"`},
		{`a="say \"1,2\"",3`, "a", `"say \"1,2\"" 3`},
	} {
		a, err := ParseVary(c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.path, a.Path)
		require.Equal(t, c.values, strings.Join(a.Values, " "), c.text)
	}
}

func TestVarySaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"desired_count": "is not PATH=VALUES", "": "is not PATH=VALUES", "=1,2": "no path", "a..b=1": "no path", "a=": "no values", "a=  ": "no values",
		"a=1,,2": "number 2 is empty", "a=1,": "number 2 is empty", "a=x,x": "x is there twice",
		"a=9..2": "goes down", "a=1..9/0": "step above 0", "a=1..9/-1": "step above 0",
		"a=0..1000000000": "more than 100000 values", "a=[1,2": "']' is missing", "a=1]": "closes what was not opened", `a="x`: "is not closed",
	} {
		_, err := ParseVary(text)
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "\n")
	}
}

func FuzzParseVary(f *testing.F) {
	for _, s := range []string{"a=1,2", "a.b=1..5", "a=0.1..1/0.3", `a."b"=[1,{c=2}],x`, "=", "a=1..", "a=..", "a=1_0..2_0", "a=-..-", "a=--1..2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseVary(text)
		if err != nil {
			return
		}
		if a.Path == "" || len(a.Values) == 0 || slices.Contains(a.Values, "") {
			t.Fatalf("%q gives %+v", text, a)
		}
		if variants := Product([]Axis{a}); len(variants) != len(a.Values) {
			t.Fatalf("%d variants of %d values", len(variants), len(a.Values))
		}
	})
}

func TestProductVariesTheLastAxisFastest(t *testing.T) {
	all := Product([]Axis{
		{Path: "instances.main.type", Values: []string{`"m5.large"`, `"c5.large"`}},
		{Path: "services.web.desired_count", Values: []string{"4", "8", "12"}},
	})
	var names []string
	for _, v := range all {
		names = append(names, v.Name)
	}
	require.Equal(t, []string{
		"type=m5.large desired_count=4", "type=m5.large desired_count=8", "type=m5.large desired_count=12",
		"type=c5.large desired_count=4", "type=c5.large desired_count=8", "type=c5.large desired_count=12",
	}, names)
	require.Equal(t, []string{`instances.main.type="c5.large"`, "services.web.desired_count=8"}, all[4].Sets())
	require.Equal(t, "c005-", all[4].ID[:5])
}

func TestWithoutAnAxisTheScenarioItselfIsTheVariant(t *testing.T) {
	all := Product(nil)
	require.Len(t, all, 1)
	require.Equal(t, "base", all[0].Name)
	require.Empty(t, all[0].Sets())
}

func TestNamesAreAsShortAsTheyTellApart(t *testing.T) {
	require.Equal(t, []string{"web.count", "api.count", "type"}, ShortPaths([]string{"services.web.count", "services.api.count", "instances.main.type"}))
	require.Equal(t, []string{"count", "a.count"}, ShortPaths([]string{"count", "a.count"}))
	require.Equal(t, []string{`"m5.large".price`, `"c5.large".price`}, ShortPaths([]string{`t."m5.large".price`, `t."c5.large".price`}))
}

func TestLongValuesThatLookAlikeStayApart(t *testing.T) {
	long := strings.Repeat("x", 50)
	all := Product([]Axis{{Path: "a", Values: []string{long + "1", long + "2"}}})
	require.NotEqual(t, all[0].Name, all[1].Name)
}

// TestVariantsHaveIDsOfTheirOwn: an ID names a file, is never given twice, and survives other cells.
func TestVariantsHaveIDsOfTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{1,3}`)
		axes := make([]Axis, rapid.IntRange(0, 3).Draw(t, "axes"))
		want := 1
		for i := range axes {
			axes[i] = Axis{Path: strings.Repeat("k.", i) + "k", Values: rapid.SliceOfNDistinct(word, 1, 5, rapid.ID[string]).Draw(t, "values")}
			want *= len(axes[i].Values)
		}
		all := Product(axes)
		if len(all) != want {
			t.Fatalf("%d variants, want %d", len(all), want)
		}
		ids, names := map[string]bool{}, map[string]bool{}
		for _, v := range all {
			if ids[v.ID] || names[v.Name] || strings.Trim(v.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
				t.Fatalf("id %q, name %q", v.ID, v.Name)
			}
			ids[v.ID], names[v.Name] = true, true
		}
	})
}
