package query_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model/placement/query"
)

// host is an instance written by hand. Its zero value has a connected agent and
// nothing else.
type host struct {
	attributes map[string]string
	agentDown  bool
	version    string
	id         string
	registered time.Time
	groups     []string // one entry per running task
}

func (h host) Attribute(name string) (string, bool) { v, ok := h.attributes[name]; return v, ok }
func (h host) AgentConnected() bool                 { return !h.agentDown }
func (h host) AgentVersion() string                 { return h.version }
func (h host) EC2InstanceID() string                { return h.id }
func (h host) RegisteredAt() time.Time              { return h.registered }
func (h host) RunningTasksCount() int               { return len(h.groups) }
func (h host) TaskGroups() []string                 { return h.groups }
func (h host) HostsTaskOfGroup(group string) bool {
	for _, g := range h.groups {
		if g == group {
			return true
		}
	}
	return false
}

func with(pairs ...string) host {
	h := host{attributes: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		h.attributes[pairs[i]] = pairs[i+1]
	}
	return h
}

func typed(name string) host      { return with("ecs.instance-type", name) }
func zoned(name string) host      { return with("ecs.availability-zone", name) }
func tasks(groups ...string) host { return host{groups: groups} }
func agent(version string) host   { return host{version: version} }
func named(id string) host        { return host{id: id} }
func registered(at string) host   { return host{registered: instant(at)} }
func typedIn(name, zone string) host {
	return with("ecs.instance-type", name, "ecs.availability-zone", zone)
}
func disconnected(h host) host  { h.agentDown = true; return h }
func hosts(list ...host) []host { return list }
func parsed(t testing.TB, s string) *query.Expr {
	t.Helper()
	e, err := query.Parse(s)
	require.NoError(t, err, s)
	return e
}

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return at
}

// rule is an expression with instances on both sides of it.
type rule struct {
	text    string
	yes, no []host
}

func (r rule) check(t *testing.T) {
	t.Helper()
	e := parsed(t, r.text)
	for _, h := range r.yes {
		assert.True(t, e.Match(h), "%s must match %+v", r.text, h)
	}
	for _, h := range r.no {
		assert.False(t, e.Match(h), "%s must not match %+v", r.text, h)
	}
}

// ECS rules, placement 3.6: the documented examples.
func TestDocumentedExamples(t *testing.T) {
	for _, r := range []rule{
		{`attribute:ecs.instance-type == t2.small`, hosts(typed("t2.small")), hosts(typed("t2.smalls"), typed("T2.small"), host{})},
		{`attribute:ecs.availability-zone in [us-east-1a, us-east-1b]`, hosts(zoned("us-east-1a"), zoned("us-east-1b")), hosts(zoned("us-east-1c"), host{})},
		{`attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d`,
			hosts(typedIn("g2.2xlarge", "us-east-1a")), hosts(typedIn("g2.2xlarge", "us-east-1d"), typedIn("g3.4xlarge", "us-east-1a"), typed("g2.2xlarge"))},
		{`task:group == service:production`, hosts(tasks("x", "service:production")), hosts(tasks("x"), host{})},
		{`not(task:group == database)`, hosts(host{}, tasks("x")), hosts(tasks("database"), tasks("x", "database"))},
		{`runningTasksCount == 1`, hosts(tasks("x")), hosts(host{}, tasks("x", "x"))},
		{`agentVersion < 1.14.5`, hosts(agent("1.9.0"), agent("1.14.4.9")), hosts(agent("1.14.5"), agent("1.80.0"), host{})},
		{`registeredAt < 2018-02-13`, hosts(registered("2018-02-12T23:59:59Z")), hosts(registered("2018-02-13T00:00:00Z"), host{})},
		{`ec2InstanceId in ['i-a','i-b']`, hosts(named("i-a"), named("i-b")), hosts(named("i-c"), host{})},
		{`(attribute:a == 1 or attribute:b == 2) and agentConnected == true`,
			hosts(with("a", "1"), with("b", "2")), hosts(with("a", "2"), disconnected(with("a", "1")))},
	} {
		t.Run(r.text, r.check)
	}
}

// A missing subject makes each operator false but !exists; not inverts after.
func TestMissingSubjectFailsEveryOperatorButNotExists(t *testing.T) {
	missing := hosts(host{version: "not a version"})
	for _, text := range []string{
		`attribute:stack == prod`, `attribute:stack != prod`, `attribute:stack in [prod]`, `attribute:stack !in [prod]`,
		`attribute:stack =~ 'p.*'`, `attribute:stack !~ 'p.*'`, `attribute:stack exists`,
		`ec2InstanceId == i-1`, `ec2InstanceId != i-1`, `ec2InstanceId in [i-1]`, `ec2InstanceId !in [i-1]`, `ec2InstanceId =~ i-.*`, `ec2InstanceId !~ i-.*`,
		`agentVersion == 1`, `agentVersion != 1`, `agentVersion > 1`, `agentVersion >= 1`, `agentVersion < 1`, `agentVersion <= 1`,
		`registeredAt == 2020-01-01`, `registeredAt != 2020-01-01`, `registeredAt > 2020-01-01`, `registeredAt <= 2020-01-01`,
		`task:group == g`, `task:group != g`, `task:group in [g]`, `task:group !in [g]`, `task:group =~ g.*`, `task:group !~ g.*`,
	} {
		rule{text: text, no: missing}.check(t)
		rule{text: "not(" + text + ")", yes: missing}.check(t)
		rule{text: "! " + text, yes: missing}.check(t)
	}
	rule{`attribute:stack !exists`, missing, hosts(with("stack", ""))}.check(t)
	rule{`attribute:stack != prod`, hosts(with("stack", "dev"), with("stack", "")), hosts(with("stack", "prod"), host{})}.check(t)
}

func TestEveryOperatorAndItsWord(t *testing.T) {
	two := tasks("a", "b")
	for _, r := range []rule{
		{`attribute:x == a`, hosts(with("x", "a")), hosts(with("x", "b"))},
		{`attribute:x equals a`, hosts(with("x", "a")), hosts(with("x", "b"))},
		{`attribute:x EQUALS a`, hosts(with("x", "a")), hosts(with("x", "b"))},
		{`attribute:x!=a`, hosts(with("x", "b")), hosts(with("x", "a"))},
		{`attribute:x not_equals a`, hosts(with("x", "b")), hosts(with("x", "a"))},
		{`attribute:x exists`, hosts(with("x", "b")), hosts(host{})},
		{`attribute:x !exists`, hosts(host{}), hosts(with("x", "b"))},
		{`attribute:x!exists`, hosts(host{}), hosts(with("x", "b"))},
		{`attribute:x not_exists`, hosts(host{}), hosts(with("x", "b"))},
		{`attribute:x !EXISTS`, hosts(host{}), hosts(with("x", "b"))},
		{`attribute:x in [a,b]`, hosts(with("x", "a"), with("x", "b")), hosts(with("x", "c"))},
		{`attribute:x in[ 'a' , "b" ]`, hosts(with("x", "a"), with("x", "b")), hosts(with("x", "c"))},
		{`attribute:x !in [a,b]`, hosts(with("x", "c")), hosts(with("x", "a"))},
		{`attribute:x not_in [a]`, hosts(with("x", "c")), hosts(with("x", "a"))},
		{`attribute:x =~ a.c`, hosts(with("x", "abc")), hosts(with("x", "abcd"), with("x", "xabc"))},
		{`attribute:x matches a.c`, hosts(with("x", "abc")), hosts(with("x", "abcd"))},
		{`attribute:x !~ a.c`, hosts(with("x", "abcd")), hosts(with("x", "abc"))},
		{`attribute:x not_matches a.c`, hosts(with("x", "abcd")), hosts(with("x", "abc"))},
		{`runningTasksCount > 1`, hosts(two), hosts(tasks("a"))},
		{`runningTasksCount greater_than 1`, hosts(two), hosts(tasks("a"))},
		{`runningTasksCount>=2`, hosts(two), hosts(tasks("a"))},
		{`runningTasksCount greater_than_equal 2`, hosts(two), hosts(tasks("a"))},
		{`runningTasksCount<2`, hosts(tasks("a")), hosts(two)},
		{`runningTasksCount less_than 2`, hosts(tasks("a")), hosts(two)},
		{`runningTasksCount <= 1`, hosts(tasks("a")), hosts(two)},
		{`runningTasksCount less_than_equal 1`, hosts(tasks("a")), hosts(two)},
		{`runningTasksCount != 1`, hosts(two, host{}), hosts(tasks("a"))},
		{`agentConnected == false`, hosts(disconnected(host{})), hosts(host{})},
		{`agentConnected != false`, hosts(host{}), hosts(disconnected(host{}))},
		{`agentConnected in [true, false]`, hosts(host{}, disconnected(host{})), nil},
		{`agentConnected !in [true]`, hosts(disconnected(host{})), hosts(host{})},
		{`agentConnected =~ t.*`, hosts(host{}), hosts(disconnected(host{}))},
		{`agentConnected !~ t.*`, hosts(disconnected(host{})), hosts(host{})},
	} {
		t.Run(r.text, r.check)
	}
}

func TestPrecedenceIsNotThenAndThenOr(t *testing.T) {
	for _, r := range []rule{
		{`attribute:a exists or attribute:b exists and attribute:c exists`, hosts(with("a", ""), with("b", "", "c", "")), hosts(with("b", ""), with("c", ""))},
		{`(attribute:a exists or attribute:b exists) and attribute:c exists`, hosts(with("a", "", "c", "")), hosts(with("a", ""))},
		{`not attribute:a exists and attribute:b exists`, hosts(with("b", "")), hosts(host{}, with("a", "", "b", ""))},
		{`!attribute:a exists||attribute:b exists`, hosts(host{}, with("a", "", "b", "")), hosts(with("a", ""))},
		{`NOT (attribute:a exists AND attribute:b exists) && ((attribute:c exists))`, hosts(with("c", ""), with("a", "", "c", "")), hosts(host{}, with("a", "", "b", "", "c", ""))},
		{"not(not(attribute:a exists))", hosts(with("a", "")), hosts(host{})},
	} {
		t.Run(r.text, r.check)
	}
}

func TestVersionsCompareNumberByNumber(t *testing.T) {
	for _, r := range []rule{
		{`agentVersion >= 1.14.5`, hosts(agent("1.14.5"), agent("1.14.10"), agent("1.14.5.0"), agent("2"), agent("10.0")), hosts(agent("1.9.0"), agent("1.14"), agent("v2"))},
		{`agentVersion == 1.14.0`, hosts(agent("1.14"), agent("1.014.0")), hosts(agent("1.140"), agent("1.14.x"), agent("1..14"), agent("1.14."))},
		{`agentVersion > 1.99999999999999999999998`, hosts(agent("1.99999999999999999999999")), hosts(agent("1.99999999999999999999998"))},
	} {
		t.Run(r.text, r.check)
	}
}

func TestRegisteredAtForms(t *testing.T) {
	at := "2018-06-18T22:28:28Z"
	for _, r := range []rule{
		{`registeredAt == 2018-06-18T22:28:28+00:00`, hosts(registered(at)), hosts(registered("2018-06-18T22:28:29Z"))},
		{`registeredAt == 2018-06-18T22:28:28Z`, hosts(registered(at)), nil},
		{`registeredAt == 2018-06-18T22:28:28`, hosts(registered(at)), nil},
		{`registeredAt == 2018-06-19T00:28:28+02:00`, hosts(registered(at)), nil},
		{`registeredAt == '2018-06-18T22:28:28.500Z'`, hosts(registered("2018-06-18T22:28:28.5Z")), hosts(registered(at))},
		{`registeredAt == 2018-06-18`, hosts(registered("2018-06-18T00:00:00Z")), hosts(registered(at))},
		{`registeredAt >= 2018-06-18 and registeredAt < 2018-06-19`, hosts(registered(at)), hosts(registered("2018-06-19T00:00:00Z"))},
	} {
		t.Run(r.text, r.check)
	}
}

func TestTaskGroupOnMixedInstances(t *testing.T) {
	mixed, other := tasks("g", "h"), tasks("h")
	for _, r := range []rule{
		{`task:group == g`, hosts(mixed), hosts(other)},
		{`task:group != g`, hosts(other), hosts(mixed, host{})},
		{`task:group in [f, g]`, hosts(mixed), hosts(other)},
		{`task:group !in [f, g]`, hosts(other), hosts(mixed, host{})},
		{`task:group =~ 'service:.*|g'`, hosts(mixed, tasks("service:a")), hosts(other, host{})},
		{`task:group !~ g.*`, hosts(other), hosts(mixed, host{})},
		{`not(task:group == g)`, hosts(other, host{}), hosts(mixed)},
	} {
		t.Run(r.text, r.check)
	}
}

func TestRegularExpressionsOfJavaThatRE2Shares(t *testing.T) {
	for _, r := range []rule{
		{`attribute:x =~ c5\..*`, hosts(with("x", "c5.large")), hosts(with("x", "c5a.large"))},
		{`attribute:x =~ '(t2|t3)\.[a-z]+'`, hosts(with("x", "t2.small")), hosts(with("x", "t2.2xlarge"))},
		{`attribute:x =~ '\Qt2.small'`, hosts(with("x", "t2.small")), hosts(with("x", "t2-small"))},
		{`attribute:x =~ '\Qa.b\E.*'`, hosts(with("x", "a.bc")), hosts(with("x", "aXb"))},
		{`attribute:x =~ '(?i)PROD'`, hosts(with("x", "prod")), nil},
		{`attribute:x =~ '(?<kind>t[23]).{2,8}'`, hosts(with("x", "t2.small")), hosts(with("x", "t2."))},
		{`attribute:x =~ 'a|b'`, hosts(with("x", "a"), with("x", "b")), hosts(with("x", "ab"))},
		{`attribute:x =~ '^a+?$'`, hosts(with("x", "aa")), hosts(with("x", ""))},
		{`attribute:x =~ '\p{Lu}\x{41}\d'`, hosts(with("x", "BA1")), hosts(with("x", "bA1"))},
		{`attribute:x =~ '[]\[^-]+'`, hosts(with("x", "][^-")), hosts(with("x", "a"))},
	} {
		t.Run(r.text, r.check)
	}
}

func TestCanonicalText(t *testing.T) {
	for in, want := range map[string]string{
		` attribute:x   equals 'a' `:                                       `attribute:x == a`,
		`!(task:group=="database")`:                                        `not(task:group == database)`,
		`attribute:x NOT_IN ['a b',c]||attribute:y not_exists`:             `attribute:x !in ['a b', c] or attribute:y !exists`,
		`((attribute:a==1))&&(attribute:b==2&&(attribute:c==3))`:           `attribute:a == 1 and attribute:b == 2 and attribute:c == 3`,
		`(attribute:a==1 or attribute:b==2) and not attribute:c matches d`: `(attribute:a == 1 or attribute:b == 2) and not(attribute:c =~ d)`,
		`attribute:x == "it's"`:                                            `attribute:x == "it's"`,
		`attribute:x == 'and'`:                                             `attribute:x == 'and'`,
		`runningTasksCount < 007`:                                          `runningTasksCount < 7`,
	} {
		assert.Equal(t, want, parsed(t, in).String())
	}
}

func TestStaticAndGroups(t *testing.T) {
	for text, static := range map[string]bool{
		`attribute:x == a and ec2InstanceId == i-1 and registeredAt < 2020-01-01 and agentVersion > 1`: true,
		`attribute:x == a and not(runningTasksCount > 1)`:                                              false,
		`agentConnected == true`: false,
		`task:group == g`:        false,
	} {
		assert.Equal(t, static, parsed(t, text).Static(), text)
	}
	e := parsed(t, `task:group == b or not(task:group in [a, b, c]) or task:group =~ d.* or attribute:x == e or task:group != f`)
	assert.Equal(t, []string{"b", "a", "c", "f"}, e.Groups())
	assert.Empty(t, parsed(t, `attribute:x == a`).Groups())
}

func TestMatchDoesNotAllocate(t *testing.T) {
	var h query.Instance = &host{attributes: map[string]string{"ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1a"},
		version: "1.14.5", id: "i-1", registered: instant("2018-06-18T22:28:28Z"), groups: []string{"web"}}
	for _, text := range []string{
		`attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d`,
		`attribute:ecs.availability-zone in [us-east-1b, us-east-1a] and not(task:group == database)`,
		`agentConnected == true and agentVersion >= 1.9.0 and registeredAt < 2019-01-01 and runningTasksCount < 3 and ec2InstanceId == i-1`,
	} {
		e := parsed(t, text)
		require.True(t, e.Match(h), text)
		assert.Zero(t, testing.AllocsPerRun(100, func() { e.Match(h) }), text)
	}
}

func BenchmarkMatch(b *testing.B) {
	var h query.Instance = &host{attributes: map[string]string{"ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1a"}, groups: []string{"web"}}
	for name, text := range map[string]string{
		"equality": `attribute:ecs.availability-zone in [us-east-1b, us-east-1a] and not(task:group == database)`,
		"regex":    `attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d`,
	} {
		b.Run(name, func(b *testing.B) {
			e := parsed(b, text)
			require.True(b, e.Match(h))
			b.ReportAllocs()
			for b.Loop() {
				e.Match(h)
			}
		})
	}
}
