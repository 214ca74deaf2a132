package network

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model/taskdef"
)

// ECS rules, placement 5.4: five addresses of every subnet are unusable.
func TestUsableAddresses(t *testing.T) {
	for prefix, want := range map[int]int64{28: 11, 27: 27, 26: 59, 25: 123, 24: 251, 20: 4091, 16: 65531} {
		require.Equal(t, want, UsableAddresses(prefix), "/%d", prefix)
	}
}

func TestAddressesAreTakenAndReturned(t *testing.T) {
	a := NewAddresses(Subnet{Name: "a", Prefix: 28, OtherIPsUsed: 1})
	require.Equal(t, int64(10), a.Free())
	require.True(t, a.Take(2))
	require.False(t, a.Take(9), "what is not there is not taken in part")
	require.Equal(t, int64(2), a.Used())
	a.Return(2)
	require.Equal(t, int64(10), a.Free())
	require.PanicsWithValue(t, "network: subnet a gets 1 addresses back, but only 0 are taken", func() { a.Return(1) })
}

// ECS rules, placement 4.2: the agent's own ports are taken; TCP and UDP are separate sets; 100 ports are the limit.
func TestStaticPorts(t *testing.T) {
	tcp := func(n int) []taskdef.HostPort { return []taskdef.HostPort{{Port: n, Protocol: taskdef.TCP}} }
	udp := func(n int) []taskdef.HostPort { return []taskdef.HostPort{{Port: n, Protocol: taskdef.UDP}} }
	var h HostPorts
	for _, n := range []int{22, 2375, 2376, 51678, 51679} {
		require.False(t, h.CanTake(tcp(n)), "%d/tcp is the agent's", n)
		require.True(t, h.CanTake(udp(n)), "%d/udp is free", n)
	}
	require.True(t, h.CanTake(tcp(51680)), "only taken with Prometheus metrics enabled")
	h.Take(tcp(53)[0])
	require.False(t, h.CanTake(tcp(53)))
	require.True(t, h.CanTake(udp(53)))
	h.Return(tcp(53)[0])
	require.True(t, h.CanTake(tcp(53)))
	require.Panics(t, func() { h.Return(tcp(53)[0]) })
	for n := range MaxReservedPorts - len(AgentPorts) {
		require.True(t, h.CanTake(tcp(10_000+n)))
		h.Take(tcp(10_000 + n)[0])
	}
	require.False(t, h.CanTake(tcp(9_000)), "the 101st")
	require.Equal(t, 95, h.Reserved())
}

// ECS rules, placement 5.2: range 40001-40002 gives two dynamic ports, not three; the search is next-fit; dynamic ports
// do not count toward the 100.
func TestDynamicPorts(t *testing.T) {
	r := PortRange{40001, 40002}
	var h HostPorts
	pick := func() int {
		p, ok := h.PickDynamic(r)
		if !ok {
			return 0
		}
		return p
	}
	require.Equal(t, []int{40001, 40002, 0}, []int{pick(), pick(), pick()})
	h.ReturnDynamic(r, 40002)
	require.Equal(t, 40002, pick())
	h.ReturnDynamic(r, 40001)
	h.ReturnDynamic(r, 40002)
	require.Equal(t, 40001, pick(), "the search goes on behind the last assigned port")
	require.Equal(t, 0, h.Reserved())
	require.Equal(t, 28232, DefaultDynamicRange.Size())
}

// Picking and returning at random: no port twice, all inside the range, static ports left alone, and a refusal only
// when none is left.
func TestDynamicPortsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := PortRange{40000, 40000 + rapid.IntRange(0, 200).Draw(t, "size")}
		var h HostPorts
		static := r.First + rapid.IntRange(0, r.Size()-1).Draw(t, "static")
		h.Take(taskdef.HostPort{Port: static, Protocol: taskdef.TCP})
		var held []int
		for range rapid.IntRange(1, 500).Draw(t, "steps") {
			if len(held) > 0 && rapid.IntRange(0, 2).Draw(t, "action") == 0 {
				n := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				h.ReturnDynamic(r, held[n])
				held = append(held[:n], held[n+1:]...)
				continue
			}
			port, ok := h.PickDynamic(r)
			if ok != (len(held) < r.Size()-1) {
				t.Fatalf("picked %v with %d of %d held", ok, len(held), r.Size()-1)
			}
			if !ok {
				continue
			}
			if port < r.First || port > r.Last || port == static {
				t.Fatalf("picked %d of %v", port, r)
			}
			for _, other := range held {
				if other == port {
					t.Fatalf("picked %d twice", port)
				}
			}
			held = append(held, port)
		}
		if h.Dynamic() != len(held) {
			t.Fatalf("%d in use, want %d", h.Dynamic(), len(held))
		}
	})
}
