package query_test

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model/placement/query"
)

var update = flag.Bool("update", false, "write the messages of this run into testdata")

// testdata/malformed.txt holds an expression, a line that marks the characters
// concerned, and the message; then a blank line.
func TestMessagesForMalformedExpressions(t *testing.T) {
	const path = "testdata/malformed.txt"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	cases := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "\t") {
			continue
		}
		cases++
		_, err := query.Parse(line)
		var mistake *query.SyntaxError
		if !assert.True(t, errors.As(err, &mistake), "%s is accepted", line) {
			continue
		}
		assert.Equal(t, line, mistake.Text)
		marks := strings.Repeat(" ", mistake.Column-1) + strings.Repeat("^", max(1, mistake.Length))
		out.WriteString(line + "\n\t" + strings.Join([]string{"|" + line, "|" + marks, mistake.Error()}, "\n\t") + "\n\n")
		first := mistake.Message[:1]
		assert.Equal(t, strings.ToLower(first), first, "message begins in lower case")
	}
	require.GreaterOrEqual(t, cases, 25)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o644))
		return
	}
	require.Equal(t, string(text), out.String(), "run with -update and read the difference")
}

func TestLimits(t *testing.T) {
	longest := "attribute:x == '" + strings.Repeat("é", query.MaxLength-17) + "'"
	require.Equal(t, query.MaxLength, utf8.RuneCountInString(longest))
	parsed(t, longest)
	nested := func(n int) string {
		return strings.Repeat("(", n) + "attribute:x exists" + strings.Repeat(")", n)
	}
	parsed(t, nested(query.MaxDepth))
	for text, want := range map[string]string{
		longest + " ":              "column 2001: the expression has 2001 characters, the limit is 2000",
		nested(query.MaxDepth + 1): "column 65: parentheses and not nest deeper than 64 levels",
		"":                         "column 1: the expression is empty: expected an expression such as attribute:ecs.instance-type == t2.small",
		" \t\n":                    "column 1: the expression is empty: expected an expression such as attribute:ecs.instance-type == t2.small",
		"attribute:x == 'é\xff'":   "column 18: the text is not valid UTF-8 here",
		"attribute:x == 'a\nb'":    "column 18: found a control character in a quoted value",
		"attribute:" + strings.Repeat("n", 129) + " exists": "column 11: the name of the attribute has 129 characters, the limit is 128",
	} {
		_, err := query.Parse(text)
		require.EqualError(t, err, want)
	}
	parsed(t, "attribute:"+strings.Repeat("n", 128)+" exists")
}

func TestWarnings(t *testing.T) {
	for text, want := range map[string][]string{
		`attribute:stack == prod and attribute:ecs.instance-type =~ t2.*`: nil,
		`attribute:stack == a or task:group != g`: {
			"column 25: task:group != is ambiguous on an instance with tasks of several groups; here it needs at least one task and none of the group, " +
				"so an empty instance never matches; anti-affinity is not(task:group == ...)"},
		`attribute:ecs.availability-zone =~ us-east-1*`: {
			`column 1: =~ us-east-1* is a regular expression, not a glob: "1*" means zero or more of "1" and the whole value has to match; write us-east-1.* for a prefix`},
		`attribute:availability-zone == a`:           {"column 1: attribute:availability-zone is a custom attribute; the built-in one is attribute:ecs.availability-zone"},
		`attribute:ecs.instance_type == t2.small`:    {"column 1: attribute:ecs.instance_type is a custom attribute; the built-in one is attribute:ecs.instance-type"},
		`attribute:ecs.colour == x`:                  {"column 1: attribute:ecs.colour is no built-in attribute of ECS, although its name begins with ecs."},
		`attribute:ecs.capability.task-eni exists`:   nil,
		`attribute:color =~ green`:                   {"column 1: =~ green has no wildcard: it is a regular expression for the whole value, the same as =="},
		`attribute:ecs.instance-type == t2.*`:        {"column 1: == compares text: t2.* is no pattern here; a regular expression needs =~"},
		`attribute:ecs.instance-type == Inf1.xlarge`: {"column 1: AWS writes the values of ecs.instance-type as inf1.xlarge; the comparison with Inf1.xlarge minds the case"},
		`attribute:ecs.os-family == linux`:           {"column 1: AWS writes the values of ecs.os-family as LINUX; the comparison with linux minds the case"},
		`attribute:ecs.cpu-architecture in [amd64]`:  {"column 1: ecs.cpu-architecture is x86_64 or arm64, not amd64"},
		`attribute:ecs.os-type == macos`:             {"column 1: ecs.os-type is linux or windows, not macos"},
		`attribute:stack == 'ü'`:                     {`column 1: no attribute has the value "ü": values have 1 to 128 of A-Z a-z 0-9 - _ . @ / \ : and blanks inside`},
		`ec2InstanceId == abcd`:                      {"column 1: no EC2 instance has the id abcd: ids begin with i-"},
		`registeredAt == 2018-01-01`:                 {"column 1: registeredAt == compares one instant, a date alone means midnight; a day is a range with >= and <"},
		`runningTasksCount < 0`:                      {"column 1: runningTasksCount < 0 is never true"},
		`runningTasksCount >= 0`:                     {"column 1: runningTasksCount >= 0 is always true"},
		`task:group == ` + strings.Repeat("g", 256):  {"column 1: no task group has 256 characters: the limit is 255"},
	} {
		assert.Equal(t, want, parsed(t, text).Warnings(), text)
	}
}
