package report

import (
	"fmt"
	"strings"

	"ecssim/model/taskdef"
)

// allOf: "all 3 instances have", "the only instance has".
func allOf(n int64, one, many string) string {
	if n == 1 {
		return onAll(n) + " " + one
	}
	return onAll(n) + " " + many
}

func onAll(n int64) string {
	switch n {
	case 1:
		return "the only instance"
	case 2:
		return "both instances"
	}
	return fmt.Sprintf("all %d instances", n)
}

func hostPorts(ports []taskdef.HostPort) string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = fmt.Sprint(p.Port)
		if p.Protocol == taskdef.UDP {
			names[i] += "/udp"
		}
	}
	switch {
	case len(names) == 1:
		return "host port " + names[0] + " is"
	case len(names) > 4:
		return fmt.Sprintf("one or more of %d host ports are", len(names))
	}
	return "one or more of host ports " + enumerate(names) + " are"
}

func zones(names []string) string {
	if len(names) == 1 {
		return "zone " + names[0]
	}
	return "zones " + enumerate(names)
}

// enumerate: "a", "a and b", "a, b and c".
func enumerate(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// vcpus writes CPU units as vCPUs.
func vcpus(units int64) string { return decimal(float64(units)/1024, 3) }
