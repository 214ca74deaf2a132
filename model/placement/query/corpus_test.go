package query_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ecssim/model/placement/query"
)

// documented is what a row of cluster-queries.csv means: instances on both
// sides, or the error, and the warning if there has to be one.
type documented struct {
	text    string // as in the file, so that a changed row is noticed
	yes, no []host
	err     string
	warning string
}

var corpus = map[string]documented{
	"S01": {text: `attribute:ecs.instance-type == t2.small`, yes: hosts(typed("t2.small")), no: hosts(typed("t2.medium"), host{})},
	"S02": {text: `attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d`,
		yes: hosts(typedIn("g2.8xlarge", "us-east-1a")), no: hosts(typedIn("g2.8xlarge", "us-east-1d"), typedIn("g3.8xlarge", "us-east-1a"), typed("g2.8xlarge"))},
	"S03": {text: `not(task:group == database)`, yes: hosts(host{}, tasks("web")), no: hosts(tasks("web", "database"))},
	"S04": {text: `runningTasksCount == 1`, yes: hosts(tasks("a")), no: hosts(host{}, tasks("a", "a"))},
	"S05": {text: `registeredAt < 2018-02-13`, yes: hosts(registered("2018-02-12T23:59:59Z")), no: hosts(registered("2018-02-13T00:00:00Z"))},
	"S06": {text: `attribute:ecs.instance-type == g2.2xlarge`, yes: hosts(typed("g2.2xlarge")), no: hosts(typed("g2.8xlarge"))},
	"S07": {text: `attribute:stack == prod`, yes: hosts(with("stack", "prod")), no: hosts(with("stack", "dev"), host{})},
	"S08": {text: `attribute:ecs.instance-type in [t2.small, t2.medium]`, yes: hosts(typed("t2.small"), typed("t2.medium")), no: hosts(typed("t2.large"), host{})},
	"S09": {text: `attribute:ecs.instance-type =~ t2.*`, yes: hosts(typed("t2.small"), typed("t2.2xlarge")), no: hosts(typed("t3.small"), typed("at2.small"), host{})},
	"S10": {text: `task:group == databases`, yes: hosts(tasks("databases", "web")), no: hosts(host{}, tasks("database"))},
	"S11": {text: `attribute:ecs.instance-type == dl1.24xlarge`, yes: hosts(typed("dl1.24xlarge")), no: hosts(typed("dl1x24xlarge"))},
	"S12": {text: `attribute:ecs.instance-type == inf1.xlarge`, yes: hosts(typed("inf1.xlarge")), no: hosts(typed("inf1.2xlarge"))},
	"S13": {text: `attribute:ecs.instance-type == vt1.3xlarge`, yes: hosts(typed("vt1.3xlarge")), no: hosts(typed("vt1.6xlarge"))},
	"S14": {text: `attribute:color =~ green`, yes: hosts(with("color", "green")), no: hosts(with("color", "greenish"), host{}), warning: "has no wildcard"},
	"S15": {text: `attribute:ecs.availability-zone in [us-west-2a, us-west-2b]`, yes: hosts(zoned("us-west-2a"), zoned("us-west-2b")), no: hosts(zoned("us-west-2c"))},
	"S16": {text: `attribute:ecs.availability-zone in [ap-northeast-2a, ap-northeast-2b]`, yes: hosts(zoned("ap-northeast-2a"), zoned("ap-northeast-2b")), no: hosts(zoned("ap-northeast-2c"))},
	"S17": {text: `attribute:ecs.availability-zone in [us-west-1b, us-west-1c]`, yes: hosts(zoned("us-west-1b"), zoned("us-west-1c")), no: hosts(zoned("us-west-1a"))},
	"S18": {text: `attribute:ecs.instance-type =~ t3.*`, yes: hosts(typed("t3.large"), typed("t3a.large")), no: hosts(typed("t2.large"))},
	"S19": {text: `attribute:ecs.instance-type =~ p5.*`, yes: hosts(typed("p5.48xlarge"), typed("p5e.48xlarge"), typed("p5en.48xlarge")), no: hosts(typed("p4d.24xlarge"))},
	"S20": {text: `attribute:ecs.instance-type =~ g4dn.*`, yes: hosts(typed("g4dn.xlarge")), no: hosts(typed("g4ad.xlarge"))},
	"S21": {text: `attribute:ecs.instance-type =~ m5.*`, yes: hosts(typed("m5.large"), typed("m5a.large"), typed("m5n.large")), no: hosts(typed("m6.large"))},
	"S22": {text: `attribute:ecs.instance-type == r7iz.2xlarge`, yes: hosts(typed("r7iz.2xlarge")), no: hosts(typed("r7i.2xlarge"))},
	"S23": {text: `attribute:ecs.instance-type == t2.micro`, yes: hosts(typed("t2.micro")), no: hosts(typed("t2.small"))},
	"S24": {text: `attribute:ecs.instance-type == p4d.24xlarge`, yes: hosts(typed("p4d.24xlarge")), no: hosts(typed("p4de.24xlarge"))},
	"S25": {text: `attribute:ecs.cpu-architecture == arm64`, yes: hosts(with("ecs.cpu-architecture", "arm64")), no: hosts(with("ecs.cpu-architecture", "x86_64"))},
	"S26": {text: `attribute:role1 == webserver`, yes: hosts(with("role1", "webserver")), no: hosts(with("role", "webserver"))},
	"S27": {text: `attribute:my_attribute==awsome`, yes: hosts(with("my_attribute", "awsome")), no: hosts(with("my_attribute", "=awsome"))},
	"S28": {text: `attribute:gvisor_ready == true`, yes: hosts(with("gvisor_ready", "true")), no: hosts(with("gvisor_ready", "TRUE"), with("gvisor_ready", "1"))},
	"S29": {text: `attribute:x == y`, yes: hosts(with("x", "y")), no: hosts(with("y", "x"))},
	"S30": {text: `attribute:pmbot == dedicated`, yes: hosts(with("pmbot", "dedicated")), no: hosts(host{})},
	"S31": {text: `attribute:environment == production`, yes: hosts(with("environment", "production")), no: hosts(with("environment", "prod"))},
	"S32": {text: `attribute:schoolos.seccomp == chromium-sandbox`, yes: hosts(with("schoolos.seccomp", "chromium-sandbox")), no: hosts(with("schoolos.seccomp", "chromium"))},
	"S33": {text: `task:group == service:eureka_srv`, yes: hosts(tasks("service:eureka_srv")), no: hosts(host{}, tasks("eureka_srv"))},
	"S34": {text: `task:group == service:nxt`, yes: hosts(tasks("service:nxt", "x")), no: hosts(tasks("service:nxt2"))},
	"S35": {text: `attribute:ecs.os-family == WINDOWS_SERVER_<OS_Release>_<FULL or CORE>`,
		err: `column 43: the placeholder "<OS_Release>" was not filled in; render the template before the expression is used`},
	"S36": {text: `attribute:ecs.availability-zone in [${var.region}a, ${var.region}b]`,
		err: `column 37: the placeholder "${var.region}" was not filled in; render the template before the expression is used`},
	"S37": {text: `attribute:af-role == engine-<role>`,
		err: `column 29: the placeholder "<role>" was not filled in; render the template before the expression is used`},
	"S38": {text: `ec2InstanceId == ${aws_instance.faucet.id}`,
		err: `column 18: the placeholder "${aws_instance.faucet.id}" was not filled in; render the template before the expression is used`},
	"S39": {text: `ec2InstanceId == '${aws_instance.ecs.id}'`,
		err: `column 19: the placeholder "${aws_instance.ecs.id}" was not filled in; render the template before the expression is used`},
	"S40": {text: `attribute:ecs.instance-type == Inf1.xlarge`, yes: hosts(typed("Inf1.xlarge")), no: hosts(typed("inf1.xlarge")), warning: "AWS writes the values of ecs.instance-type as inf1.xlarge"},
	"S41": {text: `attribute:ecs.availability-zone =~ us-east-1*`, yes: hosts(zoned("us-east-"), zoned("us-east-11")), no: hosts(zoned("us-east-1a")), warning: "not a glob"},
	"S42": {text: `attribute:instance-type =~ c5.*`, yes: hosts(with("instance-type", "c5.large")), no: hosts(typed("c5.large")), warning: "the built-in one is attribute:ecs.instance-type"},
	"S43": {text: `attribute:ecs.instance-type =~ g4*`, yes: hosts(typed("g4"), typed("g")), no: hosts(typed("g4dn.xlarge")), warning: "not a glob"},
	"S44": {text: `attribute:ecs.ami-id`,
		err: `column 21: found the end of the expression where "attribute:ecs.ami-id" needs an operator: expected exists, !exists, ==, !=, in, !in, =~ or !~`},
	"S45": {text: `attribute:ecs.instance—type =~ t2.*`,
		err: `column 23: found "—" (em dash) in the name of an attribute: expected letters, digits, "-", "_", ".", "/" or "\" (did you mean "-"?)`},
}

func TestCollectedExpressionsMeanWhatTheirSourcesSay(t *testing.T) {
	for id, want := range corpus {
		t.Run(id, func(t *testing.T) { want.check(t) })
	}
}

func (d documented) check(t *testing.T) {
	t.Helper()
	if d.err != "" {
		_, err := query.Parse(d.text)
		require.EqualError(t, err, d.err)
		return
	}
	require.NotEmpty(t, d.yes)
	require.NotEmpty(t, d.no)
	rule{d.text, d.yes, d.no}.check(t)
	found := parsed(t, d.text).Warnings()
	if d.warning == "" {
		assert.Empty(t, found)
		return
	}
	require.Len(t, found, 1)
	assert.Contains(t, found[0], d.warning)
}

// The file may grow or change; then this test wants to be told what it means.
func TestEveryRowOfTheRealDataIsExpected(t *testing.T) {
	dir := os.Getenv("ECSSIM_REAL_DATA")
	if dir == "" {
		t.Skip("ECSSIM_REAL_DATA is not set: the collected expressions are tested from this file's copy, not from cluster-queries.csv")
	}
	f, err := os.Open(filepath.Join(dir, "cluster-queries.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"id", "expression", "kind"}, rows[0][:3])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		id, text, kind := row[0], row[1], row[2]
		want, known := corpus[id]
		if !assert.True(t, known, "%s (%s): no expectation", id, text) {
			continue
		}
		seen[id] = true
		assert.Equal(t, want.text, text, id)
		assert.Equal(t, kind == "template" || kind == "malformed", want.err != "", "%s is %s", id, kind)
		t.Run(id, func(t *testing.T) { want.check(t) })
	}
	for id := range corpus {
		assert.True(t, seen[id], "%s is expected and not in the file", id)
	}
}
