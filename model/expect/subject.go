package expect

import (
	"slices"
	"strings"
)

// subject reads the left side: a figure, or an aggregate of a metric.
func (p *parser) subject() (*Subject, *Error) {
	c := p.peek()
	from := p.pos
	name := p.word()
	if name == "" {
		e := p.unexpected("what is compared, such as cost_usd or max(CPUUtilization)")
		if isDigit(c) || c == '-' {
			e = e.helping("the number stands on the right: p95(task_wait) < 120s")
		}
		return nil, e
	}
	p.pos += len(name)
	s := &Subject{}
	var wrong *Error
	if p.peek() == '(' {
		wrong = p.aggregate(s, name, from)
	} else {
		p.pos = from + len(name)
		s.Figure, wrong = name, p.figure(name, from)
	}
	s.at, s.length = p.place(from)
	return s, wrong
}

// figure checks a name that stands alone. Whether a service of that name has it, Check says.
func (p *parser) figure(name string, from int) *Error {
	if slices.Contains(runFigures, name) || strings.HasSuffix(name, usedFraction) {
		return nil
	}
	switch kind, rest, dotted := strings.Cut(name, "."); {
	case dotted && slices.Contains([]string{"services", "jobs", "capacity_providers"}, kind) && strings.Contains(rest, "."):
		return nil
	case slices.Contains(aggregates, name):
		return p.errorAt(from, p.pos, "%s of what?", name).helping("write for example %s(RunningTaskCount, service='web')", name)
	}
	if m := metricOf(name); m != nil {
		of := aggregatesOf[m.Nature]
		return p.errorAt(from, p.pos, "%s has many values in a run", name).
			helping("write %s(%s), or another of %s", of[min(1, len(of)-1)], name, listed(spelled(of)))
	}
	known := slices.Concat(runFigures, metricNames())
	return p.errorAt(from, p.pos, "unknown figure %s", shown(name)).meaning(name, known).
		helping("figures of the whole run are %s", listed(runFigures))
}

// otherAggregates are spellings of neighbouring languages.
var otherAggregates = map[string]string{
	"avg": "mean", "average": "mean", "median": "p50", "minimum": "min", "maximum": "max", "final": "last", "end": "last",
	"p90": "p95", "p98": "p99", "p100": "max", "sum": "count",
}

// aggregate reads what stands in the parentheses.
func (p *parser) aggregate(s *Subject, name string, from int) *Error {
	open := p.pos
	at := slices.Index(aggregates, name)
	if at < 0 {
		e := p.errorAt(from, from+len(name), "unknown function %s", shown(name)).meaning(name, aggregates).
			helping("functions are %s", listed(aggregates))
		if other := otherAggregates[name]; other != "" {
			e.Nearest = other
		}
		return e
	}
	s.Of = Aggregate(at)
	p.pos++
	metric := p.word()
	if metric == "" {
		return p.unexpected("a metric, such as RunningTaskCount")
	}
	metricAt := p.pos
	p.pos += len(metric)
	if s.Metric = metricOf(metric); s.Metric == nil {
		return p.unknownMetric(metric, metricAt)
	}
	if of := aggregatesOf[s.Metric.Nature]; !slices.Contains(of, s.Of) {
		return p.errorAt(from, from+len(name), "%s has no %s", metric, name).helping("it has %s", listed(spelled(of)))
	}
	for p.accept(',') {
		if wrong := p.argument(s); wrong != nil {
			return wrong
		}
	}
	if !p.accept(')') {
		if p.pos == len(p.text) {
			return p.errorAt(open, open+1, "this parenthesis is never closed")
		}
		return p.unexpected(`"," or ")"`)
	}
	return nil
}

func spelled(all []Aggregate) []string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return words
}

func (p *parser) unknownMetric(name string, at int) *Error {
	e := p.errorAt(at, at+len(name), "unknown metric %s", shown(name))
	if slices.Contains(runFigures, name) || strings.Contains(name, ".") && p.figure(name, at) == nil {
		e.Message = name + " is one figure of the whole run"
		return e.helping("write it without the function")
	}
	return e.meaning(name, metricNames()).helping("metrics are listed under [expect] in docs/scenario.md")
}

// argument reads service='web' or after='00:15'.
func (p *parser) argument(s *Subject) *Error {
	key := p.word()
	keyAt := p.pos
	if p.peek(); key == "" {
		return p.unexpected("a label such as service='web', after= or before=")
	}
	p.pos += len(key)
	if key == "after" || key == "before" {
		return p.bound(s, key, keyAt)
	}
	if !slices.Contains(labelKeys, key) {
		return p.errorAt(keyAt, p.pos, "unknown label %s", shown(key)).
			meaning(key, slices.Concat(labelKeys, []string{"after", "before"})).helping("%s", s.Metric.takes())
	}
	if !slices.Contains(s.Metric.Per, key) {
		return p.errorAt(keyAt, p.pos, "%s has no label %s", s.Metric.Name, key).helping("%s", s.Metric.takes())
	}
	if len(s.Labels) > 0 {
		return p.errorAt(keyAt, p.pos, "%s is of one %s only", s.Metric.Name, strings.Join(s.Metric.Per, " or "))
	}
	if wrong := p.equals(); wrong != nil {
		return wrong
	}
	value, at, wrong := p.name("a name in quotes")
	if wrong != nil {
		return wrong
	}
	l := Label{Key: key, Value: value}
	l.at, l.length = p.place(at)
	s.Labels = append(s.Labels, l)
	return nil
}

// takes tells which labels a metric has.
func (m *Metric) takes() string {
	keys := make([]string, 0, len(m.Per)+2)
	for _, k := range m.Per {
		keys = append(keys, k+"=")
	}
	if !m.Whole {
		keys = append(keys, "after=", "before=")
	}
	return m.Name + " takes " + listed(keys)
}

func (p *parser) equals() *Error {
	if p.accept('=') && p.peek() != '=' {
		return nil
	}
	if p.pos > 0 && p.text[p.pos-1] == '=' {
		p.pos--
	}
	e := p.unexpected(`"="`)
	if p.run(isOperatorByte) == "==" {
		e.Nearest = "="
	}
	return e
}

// name reads a text in quotes behind blanks, and says where it is.
func (p *parser) name(wanted string) (text string, at int, wrong *Error) {
	c := p.peek()
	at = p.pos
	if c != '\'' && c != '"' {
		e := p.unexpected(wanted)
		if w := p.run(isNameByte); w != "" {
			e.Nearest = "'" + w + "'"
		}
		return "", at, e
	}
	text, wrong = p.quote()
	return text, at, wrong
}

const momentExamples = "write after='00:15' for a time of day, after='15m' for a time after the start"

// bound reads after= and before=.
func (p *parser) bound(s *Subject, key string, keyAt int) *Error {
	if s.Metric.Whole {
		return p.errorAt(keyAt, p.pos, "%s has no %s=: it is known of the whole run only", s.Metric.Name, key).helping("%s", s.Metric.takes())
	}
	place := &s.After
	if key == "before" {
		place = &s.Before
	}
	if *place != nil {
		return p.errorAt(keyAt, p.pos, "%s= stands twice", key)
	}
	if wrong := p.equals(); wrong != nil {
		return wrong
	}
	text, at, wrong := p.moment()
	if wrong != nil {
		return wrong
	}
	m, problem := readMoment(text)
	if problem != "" {
		return p.errorAt(at, p.pos, "%s %s", shown(text), problem).helping(momentExamples)
	}
	*place = m
	if s.After != nil && s.Before != nil && !s.After.Clock && !s.Before.Clock && s.After.Since >= s.Before.Since {
		return p.errorAt(at, p.pos, "after= is not before before=: nothing is left")
	}
	return nil
}

// moment takes what stands for a moment: in quotes, or a bare 15m.
func (p *parser) moment() (text string, at int, wrong *Error) {
	if isDigit(p.peek()) {
		at = p.pos
		text = p.run(func(c byte) bool { return isDigit(c) || isLetter(c) || c == '.' || c == ':' })
		p.pos += len(text)
		return text, at, nil
	}
	if text, at, wrong = p.name("a moment"); wrong != nil {
		wrong.Nearest = ""
		return "", at, wrong.helping(momentExamples)
	}
	return text, at, nil
}

// readMoment reads a time of day or a time since the start. The problem is empty if it could be read.
func readMoment(text string) (m *Moment, problem string) {
	m = &Moment{Clock: strings.Contains(text, ":")}
	switch {
	case text == "":
		return nil, "is no moment"
	case m.Clock:
		var ok bool
		if m.Since, ok = readClock(text); !ok {
			return nil, "is not a time of day"
		}
		return m, ""
	}
	m.Since, problem = readSpan(text)
	return m, problem
}
