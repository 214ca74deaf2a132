package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxGroup is the longest task group, in characters.
const maxGroup = 255

// builtIns are the attributes that ECS or its agent sets, without "ecs.".
var builtIns = []string{
	"instance-type", "availability-zone", "ami-id", "os-type", "os-type-detailed", "os-family",
	"cpu-architecture", "vpc-id", "subnet-id", "awsvpc-trunk-id", "outpost-arn",
}

const builtInPrefix = "ecs."

// builtIn finds the built-in attribute that a name means: with another case,
// underscores, without its prefix or one letter off. "" if there is none.
func builtIn(name string) string {
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	short, prefixed := strings.CutPrefix(plain, builtInPrefix)
	if slices.Contains(builtIns, short) {
		return builtInPrefix + short
	}
	if short == "instancetype" || short == "availabilityzone" {
		return builtInPrefix + nearest(short, builtIns)
	}
	if strings.HasPrefix(short, "capability.") && strings.HasPrefix(plain, builtInPrefix+"capability.") {
		return plain
	}
	if found := nearest(short, builtIns); prefixed && found != "" {
		return builtInPrefix + found
	}
	return ""
}

// warnings looks at every predicate on its own.
func warnings(root *node) []string {
	var found []string
	root.each(func(p *predicate) {
		for _, text := range p.warnings() {
			found = append(found, fmt.Sprintf("column %d: %s", p.column, text))
		}
	})
	return found
}

func (p *predicate) warnings() []string {
	var found []string
	warn := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	p.warnName(warn)
	if p.op.takesRegex() {
		p.warnPattern(warn)
	}
	for _, v := range p.values {
		p.warnValue(v, warn)
	}
	switch p.subject {
	case subjectTaskGroup:
		p.warnGroup(warn)
	case subjectRunningTasksCount:
		if p.count == 0 && (p.op == opLess || p.op == opGreaterEqual) {
			warn("runningTasksCount %s 0 is %s", p.op, map[bool]string{true: "never true", false: "always true"}[p.op == opLess])
		}
	case subjectRegisteredAt:
		if p.op == opEqual || p.op == opNotEqual {
			warn("registeredAt %s compares one instant, a date alone means midnight; a day is a range with >= and <", p.op)
		}
	case subjectAttribute, subjectAgentConnected, subjectAgentVersion, subjectEC2InstanceID: // no trap that is known
	}
	return found
}

type warner func(format string, args ...any)

func (p *predicate) warnName(warn warner) {
	if p.subject != subjectAttribute {
		return
	}
	meant := builtIn(p.name)
	switch {
	case meant == p.name || strings.HasPrefix(p.name, "ecs.capability."):
	case meant != "":
		warn("attribute:%s is a custom attribute; the built-in one is attribute:%s", p.name, meant)
	case strings.HasPrefix(p.name, builtInPrefix):
		warn("attribute:%s is no built-in attribute of ECS, although its name begins with ecs.", p.name)
	}
}

// warnPattern is about globs that were written as regular expressions.
func (p *predicate) warnPattern(warn warner) {
	pattern := p.values[0]
	last := len(pattern) - 1
	switch {
	case !strings.ContainsAny(pattern, `.*+?[(|{\^$`):
		warn("%s %s has no wildcard: it is a regular expression for the whole value, the same as %s", p.op, pattern,
			map[operator]string{opMatches: "==", opNotMatches: "!="}[p.op])
	case last >= 1 && pattern[last] == '*' && isPlainBefore(pattern, last):
		warn("%s %s is a regular expression, not a glob: %s means zero or more of %s and the whole value has to match; write %s.* for a prefix",
			p.op, pattern, shown(pattern[last-1:]), shown(pattern[last-1:last]), pattern[:last])
	}
}

// isPlainBefore tells an ordinary character before the star from an escape such
// as \d.
func isPlainBefore(pattern string, star int) bool {
	c := pattern[star-1]
	escaped := star >= 2 && pattern[star-2] == '\\'
	return !escaped && (isLetter(c) || isDigit(c) || c == '-' || c == '_')
}

func (p *predicate) warnValue(value string, warn warner) {
	switch {
	case p.subject == subjectAttribute:
		p.warnAttribute(value, warn)
	case p.op.takesRegex():
	case p.subject == subjectEC2InstanceID && !strings.HasPrefix(value, "i-"):
		warn("no EC2 instance has the id %s: ids begin with i-", value)
	case p.subject == subjectTaskGroup && utf8.RuneCountInString(value) > maxGroup:
		warn("no task group has %d characters: the limit is %d", utf8.RuneCountInString(value), maxGroup)
	}
}

// knownValues are the built-in attributes with a closed set of values.
var knownValues = map[string][]string{
	"ecs.cpu-architecture": {"x86_64", "arm64"},
	"ecs.os-type":          {"linux", "windows"},
}

func (p *predicate) warnAttribute(value string, warn warner) {
	usual, known := p.usualCase(value), knownValues[p.name]
	switch {
	case usual != value:
		warn("AWS writes the values of %s as %s; the comparison with %s minds the case", p.name, usual, value)
	case p.op.takesRegex():
	case strings.ContainsAny(value, "*^$?+"):
		warn("%s compares text: %s is no pattern here; a regular expression needs =~", p.op, value)
	case !isAttributeValue(value):
		warn("no attribute has the value %s: values have 1 to 128 of A-Z a-z 0-9 - _ . @ / \\ : and blanks inside", shown(value))
	case known != nil && !slices.Contains(known, value):
		warn("%s is %s, not %s", p.name, alternatives(known), value)
	}
}

// usualCase is the value in the letter case that AWS uses for the attribute.
func (p *predicate) usualCase(value string) string {
	if p.op.takesRegex() && strings.ContainsAny(value, `\(`) {
		return value // \D, (?i) and the like have letters of their own
	}
	switch p.name {
	case "ecs.instance-type", "ecs.availability-zone", "ecs.cpu-architecture", "ecs.os-type",
		"ecs.ami-id", "ecs.vpc-id", "ecs.subnet-id":
		return strings.ToLower(value)
	case "ecs.os-family":
		return strings.ToUpper(value)
	}
	return value
}

func isAttributeValue(value string) bool {
	if len(value) > maxName || strings.TrimSpace(value) != value {
		return false
	}
	for i := 0; i < len(value); i++ {
		if !isNameByte(value[i]) && strings.IndexByte("@: ", value[i]) < 0 {
			return false
		}
	}
	return true
}

// warnGroup is about negative operators where an instance has tasks of several
// groups.
func (p *predicate) warnGroup(warn warner) {
	if p.op != opNotEqual && p.op != opNotIn && p.op != opNotMatches {
		return
	}
	positive := map[operator]operator{opNotEqual: opEqual, opNotIn: opIn, opNotMatches: opMatches}[p.op]
	warn("task:group %s is ambiguous on an instance with tasks of several groups; here it needs at least one task and none of the group, "+
		"so an empty instance never matches; anti-affinity is not(task:group %s ...)", p.op, positive)
}
