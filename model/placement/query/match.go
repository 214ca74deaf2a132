package query

import (
	"cmp"
	"slices"
	"strings"
)

func (n *node) match(i Instance) bool {
	switch n.kind {
	case nodeNot:
		return !n.kids[0].match(i)
	case nodeAnd:
		for _, k := range n.kids {
			if !k.match(i) {
				return false
			}
		}
		return true
	case nodeOr:
		for _, k := range n.kids {
			if k.match(i) {
				return true
			}
		}
		return false
	default:
		return n.pred.match(i)
	}
}

func (p *predicate) match(i Instance) bool {
	switch p.subject {
	case subjectAttribute:
		value, ok := i.Attribute(p.name)
		if p.op.takesNothing() {
			return ok == (p.op == opExists)
		}
		return ok && p.holdsForText(value)
	case subjectAgentConnected:
		if i.AgentConnected() {
			return p.holdsForText("true")
		}
		return p.holdsForText("false")
	case subjectAgentVersion:
		version := i.AgentVersion()
		return isVersion(version) && p.holdsForOrder(compareVersions(version, p.values[0]))
	case subjectEC2InstanceID:
		id := i.EC2InstanceID()
		return id != "" && p.holdsForText(id)
	case subjectRegisteredAt:
		at := i.RegisteredAt()
		return !at.IsZero() && p.holdsForOrder(at.Compare(p.instant))
	case subjectRunningTasksCount:
		return p.holdsForOrder(cmp.Compare(i.RunningTasksCount(), p.count))
	default:
		return p.matchGroups(i)
	}
}

// matchGroups asks for some task, or for at least one task and none such: a
// negative operator is false where there is nothing to look at.
func (p *predicate) matchGroups(i Instance) bool {
	switch p.op {
	case opEqual, opIn:
		return p.hostsAny(i)
	case opNotEqual, opNotIn:
		return !p.hostsAny(i) && len(i.TaskGroups()) > 0
	default:
		groups := i.TaskGroups()
		some := slices.ContainsFunc(groups, p.pattern.MatchString)
		if p.op == opMatches {
			return some
		}
		return !some && len(groups) > 0
	}
}

func (p *predicate) hostsAny(i Instance) bool {
	for _, group := range p.values {
		if i.HostsTaskOfGroup(group) {
			return true
		}
	}
	return false
}

func (p *predicate) holdsForText(value string) bool {
	switch p.op {
	case opEqual:
		return value == p.values[0]
	case opNotEqual:
		return value != p.values[0]
	case opIn:
		return slices.Contains(p.values, value)
	case opNotIn:
		return !slices.Contains(p.values, value)
	case opMatches:
		return p.pattern.MatchString(value)
	default:
		return !p.pattern.MatchString(value)
	}
}

// holdsForOrder takes the sign of "instance compared with argument".
func (p *predicate) holdsForOrder(sign int) bool {
	switch p.op {
	case opEqual:
		return sign == 0
	case opNotEqual:
		return sign != 0
	case opGreater:
		return sign > 0
	case opGreaterEqual:
		return sign >= 0
	case opLess:
		return sign < 0
	default:
		return sign <= 0
	}
}

// isVersion accepts numbers joined by dots, such as 1.14.5.
func isVersion(text string) bool {
	digits := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isDigit(c):
			digits = true
		case c == '.' && digits:
			digits = false
		default:
			return false
		}
	}
	return digits
}

// compareVersions compares two versions number by number, of any length, and
// counts missing numbers as 0: 1.9.0 < 1.14.5 and 1.14 == 1.14.0.
func compareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if sign := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); sign != 0 {
			return sign
		}
	}
	return 0
}
