package query_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/placement/query"
)

// An opinion is an expression together with its meaning, built at once: the
// naive evaluator that knows nothing of the parser.
type opinion struct {
	text string
	is   func(host) bool
}

var (
	names     = []string{"stack", "ecs.instance-type", "a/b", `w\x`}
	values    = []string{"prod", "t2.small", "and", "NOT", "a b", "it's", "x@y:z", "t3.*", "i-1", "true"}
	groups    = []string{"g", "service:web", "family:db", "two words"}
	versions  = []string{"1", "1.9.0", "1.14.5", "1.14", "1.14.0", "2.0.1", "01.9"}
	times     = []string{"2018-02-13", "2018-02-13T00:00:00", "2018-02-13T01:00:00+01:00", "2019-01-01T10:00:00Z"}
	patterns  = []string{`t2.*`, `(prod|dev)`, `g`, `[a-z]+:.*`, `i-\d`, `.*e`}
	negations = []string{"not(", "NOT (", "!(", "! (\t"}
)

func quote(t *rapid.T, value string) string {
	bare := regexp.MustCompile(`^[-A-Za-z0-9_.:/*@\\+^$?]+$`).MatchString(value) &&
		!slices.Contains([]string{"and", "or", "not", "NOT"}, value)
	switch {
	case bare && rapid.Bool().Draw(t, "bare"):
		return value
	case strings.Contains(value, "'"):
		return `"` + value + `"`
	default:
		return "'" + value + "'"
	}
}

func gap(t *rapid.T) string { return rapid.SampledFrom([]string{" ", "  ", "\n\t "}).Draw(t, "gap") }

func drawOpinion(t *rapid.T, depth int) opinion {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	switch {
	case depth == 0 || kind <= 1:
		return drawPredicate(t)
	case kind == 2:
		inner := drawOpinion(t, depth-1)
		open := rapid.SampledFrom(negations).Draw(t, "not")
		return opinion{open + inner.text + ")", func(h host) bool { return !inner.is(h) }}
	case kind == 3:
		inner := drawOpinion(t, depth-1)
		return opinion{"(" + gap(t) + inner.text + ")", inner.is}
	default:
		a, b := drawOpinion(t, depth-1), drawOpinion(t, depth-1)
		left, right := "("+a.text+")", "("+b.text+")"
		if kind == 4 {
			word := rapid.SampledFrom([]string{"and", "AND", "&&"}).Draw(t, "and")
			return opinion{left + word + right, func(h host) bool { return a.is(h) && b.is(h) }}
		}
		word := rapid.SampledFrom([]string{" or ", " OR ", "||"}).Draw(t, "or")
		return opinion{a.text + word + b.text, func(h host) bool { return a.is(h) || b.is(h) }}
	}
}

func drawPredicate(t *rapid.T) opinion {
	switch rapid.IntRange(0, 7).Draw(t, "subject") {
	case 0:
		return drawExists(t)
	case 1:
		version := rapid.SampledFrom(versions).Draw(t, "version")
		return drawOrder(t, "agentVersion", version, func(h host) (int, bool) { return slowVersions(h.version, version), h.version != "" })
	case 2:
		at := rapid.SampledFrom(times).Draw(t, "time")
		return drawOrder(t, "registeredAt", at, func(h host) (int, bool) { return h.registered.Compare(slowTime(at)), !h.registered.IsZero() })
	case 3:
		n := rapid.IntRange(0, 3).Draw(t, "count")
		return drawOrder(t, "runningTasksCount", strconv.Itoa(n), func(h host) (int, bool) { return len(h.groups) - n, true })
	case 4:
		return drawText(t, "agentConnected", []string{"true", "false"}, func(h host) []string { return []string{strconv.FormatBool(!h.agentDown)} })
	case 5:
		return drawText(t, "task:group", groups, func(h host) []string { return h.groups })
	case 6:
		return drawText(t, "ec2InstanceId", values, func(h host) []string {
			return slices.DeleteFunc([]string{h.id}, func(s string) bool { return s == "" })
		})
	}
	name := rapid.SampledFrom(names).Draw(t, "name")
	return drawText(t, "attribute:"+name, values, func(h host) []string {
		if v, ok := h.attributes[name]; ok {
			return []string{v}
		}
		return nil
	})
}

func drawExists(t *rapid.T) opinion {
	name := rapid.SampledFrom(names).Draw(t, "name")
	op := rapid.SampledFrom([]string{"exists", "EXISTS", "!exists", "not_exists"}).Draw(t, "op")
	positive := op == "exists" || op == "EXISTS"
	return opinion{"attribute:" + name + gap(t) + op, func(h host) bool { _, ok := h.attributes[name]; return ok == positive }}
}

func drawOrder(t *rapid.T, subject, value string, compare func(host) (int, bool)) opinion {
	signs := map[string][]int{"==": {0}, "equals": {0}, "!=": {-1, 1}, "not_equals": {-1, 1}, "<": {-1}, "less_than": {-1},
		"<=": {-1, 0}, "less_than_equal": {-1, 0}, ">": {1}, "greater_than": {1}, ">=": {0, 1}, "greater_than_equal": {0, 1}}
	ops := make([]string, 0, len(signs))
	for op := range signs {
		ops = append(ops, op)
	}
	slices.Sort(ops)
	op := rapid.SampledFrom(ops).Draw(t, "op")
	return opinion{subject + gap(t) + op + gap(t) + quote(t, value), func(h host) bool {
		sign, ok := compare(h)
		return ok && slices.Contains(signs[op], max(-1, min(1, sign)))
	}}
}

// drawText is about any number of values: positive operators want one of them,
// negative ones want at least one and none that fits.
func drawText(t *rapid.T, subject string, arguments []string, of func(host) []string) opinion {
	form := rapid.SampledFrom([]string{"== != equals not_equals", "in !in IN not_in", "=~ !~ matches not_matches"}).Draw(t, "form")
	op := rapid.IntRange(0, 3).Draw(t, "op")
	var argument string
	var fits func(string) bool
	switch {
	case strings.HasPrefix(form, "in"):
		list := rapid.SliceOfN(rapid.SampledFrom(arguments), 1, 3).Draw(t, "list")
		quoted := make([]string, len(list))
		for i, v := range list {
			quoted[i] = quote(t, v)
		}
		argument, fits = "["+strings.Join(quoted, ","+gap(t))+"]", func(s string) bool { return slices.Contains(list, s) }
	case strings.HasPrefix(form, "=="):
		value := rapid.SampledFrom(arguments).Draw(t, "value")
		argument, fits = quote(t, value), func(s string) bool { return s == value }
	default:
		pattern := rapid.SampledFrom(patterns).Draw(t, "pattern")
		argument, fits = quote(t, pattern), func(s string) bool {
			at := regexp.MustCompile(pattern)
			at.Longest()
			return at.FindString(s) == s
		}
	}
	return opinion{subject + gap(t) + strings.Fields(form)[op] + gap(t) + argument, func(h host) bool {
		some := slices.ContainsFunc(of(h), fits)
		return len(of(h)) > 0 && some == (op%2 == 0)
	}}
}

func slowVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		var m, n int
		if i < len(x) {
			m, _ = strconv.Atoi(x[i])
		}
		if i < len(y) {
			n, _ = strconv.Atoi(y[i])
		}
		if m != n {
			return m - n
		}
	}
	return 0
}

func slowTime(text string) time.Time {
	switch {
	case len(text) == 10:
		return instant(text + "T00:00:00Z")
	case len(text) == 19:
		return instant(text + "Z")
	}
	return instant(text)
}

func drawHost(t *rapid.T) host {
	h := host{attributes: map[string]string{}}
	for _, name := range names {
		if rapid.Bool().Draw(t, "has "+name) {
			h.attributes[name] = rapid.SampledFrom(values).Draw(t, "value of "+name)
		}
	}
	h.agentDown = rapid.Bool().Draw(t, "down")
	h.version = rapid.SampledFrom(append([]string{""}, versions...)).Draw(t, "version")
	h.id = rapid.SampledFrom([]string{"", "i-1", "i-2"}).Draw(t, "id")
	if rapid.Bool().Draw(t, "registered") {
		h.registered = slowTime(rapid.SampledFrom(times).Draw(t, "at"))
	}
	h.groups = rapid.SliceOfN(rapid.SampledFrom(groups), 0, 3).Draw(t, "groups")
	return h
}

func TestMatchAgreesWithANaiveEvaluatorAndSurvivesPrinting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawOpinion(t, 4)
		e, err := query.Parse(want.text)
		if utf8.RuneCountInString(want.text) > query.MaxLength {
			require.ErrorContains(t, err, "the limit is 2000")
			return
		}
		require.NoError(t, err, want.text)
		again, err := query.Parse(e.String())
		require.NoError(t, err, e.String())
		require.Equal(t, e.String(), again.String())
		require.Equal(t, e.Static(), again.Static())
		require.Equal(t, e.Groups(), again.Groups())
		for range 4 {
			h := drawHost(t)
			require.Equal(t, want.is(h), e.Match(h), "%s on %+v", want.text, h)
			require.Equal(t, want.is(h), again.Match(h), "%s on %+v", e, h)
		}
	})
}

// The usual text of a long expression may be longer than the limit; String then
// takes the compact one, which always parses again.
func TestLongExpressionsPrintSoThatTheyParse(t *testing.T) {
	for _, unit := range []string{"!attribute:x exists&&", "(agentConnected==true||!(agentConnected=='true'))&&", "agentVersion!=1||", "attribute:a in['and',b,c]&&"} {
		text := strings.Repeat(unit, (query.MaxLength-22)/len(unit)) + "runningTasksCount==0"
		e := parsed(t, text)
		again := parsed(t, e.String())
		require.Equal(t, e.String(), again.String())
		require.Equal(t, e.Match(host{}), again.Match(host{}))
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range corpus {
		f.Add(d.text)
	}
	for _, text := range []string{`attribute:x =~ '(a|b){2,3}[^]c]\Qd'`, `!(runningTasksCount>=2&&!agentConnected!=true)||attribute:a!exists`,
		`registeredAt<=2018-06-18T22:28:28+00:00`, `agentVersion not_equals 1.2 AND ec2InstanceId NOT_IN ['i-1',"i'2"]`} {
		f.Add(text)
	}
	h := host{attributes: map[string]string{"x": "aab", "ecs.instance-type": "t2.small"}, version: "1.2", id: "i-1",
		registered: instant("2018-06-18T22:28:28Z"), groups: []string{"web"}}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := query.Parse(text)
		if err != nil {
			mistake := err.(*query.SyntaxError)
			length := utf8.RuneCountInString(text)
			require.True(t, mistake.Column >= 1 && mistake.Length >= 0 && mistake.Column+mistake.Length <= length+1, "%q: %+v", text, mistake)
			require.NotEmpty(t, mistake.Message)
			return
		}
		again, err := query.Parse(e.String())
		require.NoError(t, err, "%q printed as %q", text, e.String())
		require.Equal(t, e.String(), again.String())
		require.Equal(t, e.Match(h), again.Match(h))
		require.Equal(t, e.Static(), again.Static())
		require.Equal(t, e.Groups(), again.Groups())
	})
}
