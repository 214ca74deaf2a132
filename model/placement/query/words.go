package query

import "strings"

// subject is what a predicate asks about.
type subject uint8

const (
	subjectAttribute subject = iota
	subjectAgentConnected
	subjectAgentVersion
	subjectEC2InstanceID
	subjectRegisteredAt
	subjectRunningTasksCount
	subjectTaskGroup
)

const attributePrefix = "attribute:"

// operator is a comparison; the synonyms of one operator share a value.
type operator uint8

const (
	opEqual operator = iota
	opNotEqual
	opGreater
	opGreaterEqual
	opLess
	opLessEqual
	opExists
	opNotExists
	opIn
	opNotIn
	opMatches
	opNotMatches
)

// operatorNames gives the canonical symbol and the word of each operator.
var operatorNames = [...]struct{ symbol, word string }{
	opEqual:        {"==", "equals"},
	opNotEqual:     {"!=", "not_equals"},
	opGreater:      {">", "greater_than"},
	opGreaterEqual: {">=", "greater_than_equal"},
	opLess:         {"<", "less_than"},
	opLessEqual:    {"<=", "less_than_equal"},
	opExists:       {"exists", "exists"},
	opNotExists:    {"!exists", "not_exists"},
	opIn:           {"in", "in"},
	opNotIn:        {"!in", "not_in"},
	opMatches:      {"=~", "matches"},
	opNotMatches:   {"!~", "not_matches"},
}

func (o operator) String() string { return operatorNames[o].symbol }

func (o operator) takesList() bool  { return o == opIn || o == opNotIn }
func (o operator) takesRegex() bool { return o == opMatches || o == opNotMatches }
func (o operator) takesNothing() bool {
	return o == opExists || o == opNotExists
}

var (
	textOperators  = []operator{opEqual, opNotEqual, opIn, opNotIn, opMatches, opNotMatches}
	orderOperators = []operator{opEqual, opNotEqual, opGreater, opGreaterEqual, opLess, opLessEqual}
	allOnAttribute = append([]operator{opExists, opNotExists}, textOperators...)
)

// subjects gives the name and the operators of each subject, as in the table of
// the developer guide (cluster-query-language).
var subjects = [...]struct {
	name    string
	allowed []operator
}{
	subjectAttribute:         {"attribute:NAME", allOnAttribute},
	subjectAgentConnected:    {"agentConnected", textOperators},
	subjectAgentVersion:      {"agentVersion", orderOperators},
	subjectEC2InstanceID:     {"ec2InstanceId", textOperators},
	subjectRegisteredAt:      {"registeredAt", orderOperators},
	subjectRunningTasksCount: {"runningTasksCount", orderOperators},
	subjectTaskGroup:         {"task:group", textOperators},
}

func (s subject) String() string { return subjects[s].name }

func subjectNames() []string {
	names := make([]string, len(subjects))
	for i, s := range subjects {
		names[i] = s.name
	}
	return names
}

func symbols(ops []operator) []string {
	names := make([]string, len(ops))
	for i, o := range ops {
		names[i] = o.String()
	}
	return names
}

// operatorOf finds an operator by symbol or word. Words may be all upper case.
func operatorOf(text string) (operator, bool) {
	for o, n := range operatorNames {
		if text == n.symbol || isWord(text, n.word) || isWord(text, n.symbol) {
			return operator(o), true
		}
	}
	return 0, false
}

// isWord accepts the lower-case word and, as an extension, the upper-case one.
func isWord(text, word string) bool {
	return text == word || (len(text) == len(word) && text == strings.ToUpper(word))
}

// reserved words cannot be values without quotes.
func isReserved(text string) bool {
	return isWord(text, "and") || isWord(text, "or") || isWord(text, "not")
}

// otherSpellings are operators of neighbouring languages.
var otherSpellings = map[string]string{
	"=": "==", "===": "==", "eq": "==", "is": "==",
	"<>": "!=", "!==": "!=", "=!": "!=", "ne": "!=", "neq": "!=",
	"=>": ">=", "ge": ">=", "gte": ">=", "gt": ">",
	"=<": "<=", "le": "<=", "lte": "<=", "lt": "<",
	"~": "=~", "~=": "=~", "==~": "=~", "like": "=~", "regex": "=~",
	"!=~": "!~", "~!": "!~",
	"has": "exists", "any": "in", "contains": "in", "nin": "!in",
}

// nearest gives the candidate with the fewest edits, if there are few enough.
// Equal distances keep the earlier candidate.
func nearest(text string, candidates []string) string {
	lower, best, found := strings.ToLower(text), 1+min(3, 1+len(text)/4), ""
	for _, c := range candidates {
		if abs(len(c)-len(text)) >= best {
			continue
		}
		if d := edits(lower, strings.ToLower(c)); d < best && d < len(c) {
			best, found = d, c
		}
	}
	return found
}

// edits is the number of insertions, deletions, replacements and exchanges of
// neighbours that lead from a to b.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
