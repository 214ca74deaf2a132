package network

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The groups of the tests: a load balancer's, and receivers with one rule each.
const (
	ofBalancer = iota
	ofFixedPort
	ofEphemeral
	ofAnywhere
	ofVPC
)

var testGroups = []SecurityGroup{
	ofBalancer:  {Name: "balancer"},
	ofFixedPort: {Name: "fixed", Ingress: []IngressRule{{Group: ofBalancer, Ports: PortRange{8080, 8080}}}},
	ofEphemeral: {Name: "ephemeral", Ingress: []IngressRule{{Group: ofBalancer, Ports: PortRange{32768, 60999}}}},
	ofAnywhere:  {Name: "anywhere", Ingress: []IngressRule{{Group: -1, CIDR: "0.0.0.0/0", Ports: AllPorts}}},
	ofVPC:       {Name: "vpc", Ingress: []IngressRule{{Group: -1, CIDR: "10.1.0.0/16", Ports: PortRange{80, 80}, UDP: true}}},
}

// ECS rules, services 5.3: a rule for a fixed port does not let probes of dynamic ports in, and the other way round.
func TestEphemeralRuleAgainstFixedPort(t *testing.T) {
	from := []int{ofBalancer}
	for _, c := range []struct {
		to   int
		port int
		want bool
	}{
		{ofFixedPort, 8080, true}, {ofFixedPort, 32768, false},
		{ofEphemeral, 8080, false}, {ofEphemeral, 32767, false}, {ofEphemeral, 32768, true}, {ofEphemeral, 60999, true},
		{ofEphemeral, 61000, false},
	} {
		require.Equal(t, c.want, Connection{From: from, To: []int{c.to}}.Reachable(c.port, testGroups), "%+v", c)
	}
	both := Connection{From: from, To: []int{ofFixedPort, ofEphemeral}}
	require.True(t, both.Reachable(8080, testGroups) && both.Reachable(40000, testGroups), "the rules of all groups together")
	require.False(t, Connection{From: from, To: []int{ofEphemeral}, UDP: true}.Reachable(40000, testGroups))
}

// ECS rules, services 5.2: the rules have to cover the range that the agent picks from.
func TestBlockedPortOfARange(t *testing.T) {
	c := Connection{From: []int{ofBalancer}, To: []int{ofEphemeral}}
	_, blocked := c.Blocked(DefaultDynamicRange, testGroups)
	require.False(t, blocked)
	port, blocked := c.Blocked(PortRange{49153, 65535}, testGroups)
	require.True(t, blocked)
	require.Equal(t, 61000, port, "an agent that falls back to docker's old range")
	_, blocked = Connection{From: []int{ofBalancer}}.Blocked(AllPorts, testGroups)
	require.False(t, blocked, "a receiver without groups lets all in")
	_, blocked = Connection{To: []int{ofEphemeral}}.Blocked(DefaultDynamicRange, testGroups)
	require.True(t, blocked, "a sender without groups is nobody's member")
}

// Rules about addresses let in whose range overlaps.
func TestRulesAboutAddresses(t *testing.T) {
	for _, c := range []struct {
		c    Connection
		port int
		want bool
	}{
		{Connection{To: []int{ofAnywhere}}, 5, true},
		{Connection{To: []int{ofAnywhere}, VPC: "10.0.0.0/16"}, 5, true},
		{Connection{To: []int{ofAnywhere}, UDP: true}, 5, false},
		{Connection{To: []int{ofVPC}, UDP: true}, 80, true},
		{Connection{To: []int{ofVPC}, UDP: true, VPC: "10.1.7.0/24"}, 80, true},
		{Connection{To: []int{ofVPC}, UDP: true, VPC: "10.0.0.0/8"}, 80, true},
		{Connection{To: []int{ofVPC}, UDP: true, VPC: "10.2.0.0/16"}, 80, false},
		{Connection{To: []int{ofVPC}, UDP: true, VPC: "nonsense"}, 80, false},
	} {
		require.Equal(t, c.want, c.c.Reachable(c.port, testGroups), "%+v", c)
	}
	for cidr, want := range map[string]bool{"::/0": false, "8.8.8.0/24": false, "nonsense": false, "192.168.1.0/24": true} {
		groups := []SecurityGroup{{Ingress: []IngressRule{{Group: -1, CIDR: cidr, Ports: AllPorts}}}}
		require.Equal(t, want, Connection{To: []int{0}}.Reachable(80, groups), cidr)
	}
}

// Blocked is the first port that is not reachable, whatever the order and the overlaps of the rules.
func TestBlockedEqualsPortByPort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ports := rapid.Custom(func(t *rapid.T) PortRange {
			first := rapid.IntRange(0, 40).Draw(t, "first")
			return PortRange{first, first + rapid.IntRange(0, 20).Draw(t, "more")}
		})
		groups := make([]SecurityGroup, 3)
		for k := range groups {
			for range rapid.IntRange(0, 4).Draw(t, "rules") {
				groups[k].Ingress = append(groups[k].Ingress, IngressRule{Group: rapid.IntRange(0, 2).Draw(t, "group"), Ports: ports.Draw(t, "ports")})
			}
		}
		c := Connection{From: []int{0, 1}, To: []int{1, 2}}
		asked := ports.Draw(t, "asked")
		port, blocked := c.Blocked(asked, groups)
		for p := asked.First; p <= asked.Last; p++ {
			open := false
			for _, g := range c.To {
				for _, rule := range groups[g].Ingress {
					open = open || rule.Group < 2 && p >= rule.Ports.First && p <= rule.Ports.Last
				}
			}
			require.Equal(t, open, c.Reachable(p, groups))
			if !open {
				require.True(t, blocked)
				require.Equal(t, p, port)
				return
			}
		}
		require.False(t, blocked)
	})
}

func TestProblemsOfRules(t *testing.T) {
	for _, g := range testGroups {
		for _, rule := range g.Ingress {
			require.Empty(t, rule.Problems(len(testGroups)))
		}
	}
	for want, rule := range map[string]IngressRule{
		"the rule names security group 5 of 5":                           {Group: 5},
		"the rule names both a security group and addresses":             {CIDR: "10.0.0.0/8"},
		`"10.0.0.0" is not a range of addresses like 10.0.0.0/16`:        {Group: -1, CIDR: "10.0.0.0"},
		"10.0.0.1/8 has bits behind its prefix: did you mean 10.0.0.0/8": {Group: -1, CIDR: "10.0.0.1/8"},
		"ports 9 to 8 are not a range within 0 to 65535":                 {Ports: PortRange{9, 8}},
		"ports 0 to 65536 are not a range within 0 to 65535":             {Ports: PortRange{0, 65536}},
	} {
		require.Equal(t, []string{want}, rule.Problems(5))
	}
}
