package scenario

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

const oneService = `
[services.web]
task = { cpu = 0, memory = 128 }
desired_count = 1
`

func TestImplicitSubnets(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no zones: one subnet called default", "[instances.main]\ntype = \"m5.large\"\ncount = 251", "default/24"},
		{"a zone each", "[instances.main]\ntype = \"m5.large\"\ncount = 4\nzones = [\"b\", \"a\"]", "a/24 b/24"},
		{"with and without zones", "[instances.main]\ntype = \"m5.large\"\ncount = 4\nzones = [\"b\"]\n[instances.more]\ntype = \"m5.large\"\ncount = 1", "a/24 b/24"},
		{"252 instances do not fit in a /24: 252 + 504 interfaces fit in a /22", "[instances.main]\ntype = \"m5.large\"\ncount = 252", "default/22"},
		{"two addresses each with a trunk: 126 × 2 + 126 × 10", "[account]\nsettings = { awsvpcTrunking = \"enabled\" }\n[instances.main]\ntype = \"m5.large\"\ncount = 126", "default/21"},
		{"only the zone that overflows is widened", "[instances.main]\ntype = \"m5.large\"\ncount = 252\nzones = [\"a\"]\n[instances.b]\ntype = \"m5.large\"\ncount = 2\nzones = [\"b\"]", "a/22 b/24"},
		{"wider than AWS allows, since nobody asked for the network", "[instances.main]\ntype = \"m5.large\"\ncount = 100000", "default/13"},
	} {
		s := accepted(t, "schema = 1\nduration = \"1h\"\n"+c.text+oneService)
		got := ""
		for i, n := range s.Config.Subnets {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s/%d", n.Name, n.Prefix)
		}
		require.Equal(t, c.want, got, c.name)
	}
}

func TestFleetsWithoutZonesTakeAllWrittenSubnets(t *testing.T) {
	s := accepted(t, `
schema = 1
duration = "1h"
[vpc.subnets]
a = { zone = "a", cidr = "10.0.0.0/28" }
b = { zone = "b", cidr = "10.0.0.16/28" }
[instances.main]
type = "m5.large"
count = 4
`+oneService)
	require.Equal(t, []int{0, 1}, s.Config.Fleets[0].Subnets)
	require.Equal(t, 28, s.Config.Subnets[0].Prefix)
}
