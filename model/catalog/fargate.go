package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// FargateSize is one legal pair of task cpu and memory on Fargate.
type FargateSize struct {
	CPU    int // units
	Memory int // MiB
	// Where it is offered.
	LinuxX86, LinuxARM, WindowsX86 bool
	// MinPlatform is the lowest Linux platform version that offers it: "1.4.0", or "" for any.
	MinPlatform string
	Source      string
}

// FargateSizes lists all sizes, by cpu, then memory. Shared: read only.
func FargateSizes() []FargateSize { return loadedSizes() }

// loadedSizes does not wait for the instance types, which are a hundred times as many.
var loadedSizes = sync.OnceValue(fargateSizes)

func fargateSizes() []FargateSize {
	source := map[string]string{}
	for _, s := range Sources() {
		source[s.Key] = s.String()
	}
	var all []FargateSize
	for r := range rows("fargate-sizes.csv") {
		all = append(all, FargateSize{
			CPU: int(r.integer("cpu")), Memory: int(r.integer("memory_mib")),
			LinuxX86: r.yes("linux_x86_64"), LinuxARM: r.yes("linux_arm64"), WindowsX86: r.yes("windows_x86_64"),
			MinPlatform: r.text("min_platform"), Source: source[r.text("source")],
		})
	}
	return all
}

// FargateSizeOf looks a pair up, on whatever platform.
func FargateSizeOf(cpu, memory int) (FargateSize, bool) {
	for _, s := range loadedSizes() {
		if s.CPU == cpu && s.Memory == memory {
			return s, true
		}
	}
	return FargateSize{}, false
}

// A FargateSizeError is a pair of cpu and memory that Fargate does not offer on a platform. ECS itself answers
// "No Fargate configuration exists for given values."
type FargateSizeError struct {
	CPU, Memory      int
	OS, Architecture string
	// Memories are those that go with CPU on this platform, ascending; empty if the cpu is not offered there at all.
	Memories []int
	// CPUs are those offered on this platform, ascending; empty if the platform itself is not.
	CPUs []int
}

func (e *FargateSizeError) Error() string {
	return fmt.Sprintf("cpu %d with memory %d is not a Fargate size: %s", e.CPU, e.Memory, e.Allowed())
}

// Allowed says what can be had instead: "with cpu 256 the memory can be 512, 1024 or 2048".
func (e *FargateSizeError) Allowed() string {
	switch {
	case len(e.Memories) > 0:
		return fmt.Sprintf("with cpu %d the memory can be %s", e.CPU, choice(e.Memories))
	case len(e.CPUs) > 0:
		return fmt.Sprintf("the cpu can be %s", choice(e.CPUs))
	}
	return fmt.Sprintf("Fargate does not offer %s on %s", cmp.Or(e.OS, "LINUX"), cmp.Or(e.Architecture, "X86_64"))
}

// ValidFargate says whether Fargate offers a size on a platform; the error is a *FargateSizeError. os and arch are
// spelt as in a task definition's runtimePlatform; empty means LINUX and X86_64.
func ValidFargate(cpu, memory int, os, arch string) error {
	e := &FargateSizeError{CPU: cpu, Memory: memory, OS: os, Architecture: arch}
	platform := fargatePlatform(os, arch)
	for _, s := range loadedSizes() {
		if !s.on(platform) {
			continue
		}
		if s.CPU == cpu && s.Memory == memory {
			return nil
		}
		if s.CPU == cpu {
			e.Memories = append(e.Memories, s.Memory)
		}
		e.CPUs = append(e.CPUs, s.CPU)
	}
	e.CPUs = slices.Compact(e.CPUs)
	return e
}

// Platforms as the tables name them.
const (
	linuxX86   = "linux_x86_64"
	linuxARM   = "linux_arm64"
	windowsX86 = "windows_x86_64"
	anyOS      = "any"
)

func (s FargateSize) on(platform string) bool {
	switch platform {
	case linuxX86:
		return s.LinuxX86
	case linuxARM:
		return s.LinuxARM
	case windowsX86:
		return s.WindowsX86
	}
	return false
}

// fargatePlatform is "" for what Fargate does not run.
func fargatePlatform(os, arch string) string {
	os, arch = strings.ToUpper(cmp.Or(os, "LINUX")), strings.ToUpper(cmp.Or(arch, "X86_64"))
	switch {
	case os == "LINUX" && arch == "X86_64":
		return linuxX86
	case os == "LINUX" && arch == "ARM64":
		return linuxARM
	case strings.HasPrefix(os, "WINDOWS") && arch == "X86_64":
		return windowsX86
	}
	return ""
}

// choice writes "512, 1024 or 2048", and a long even series as "2048 to 8192 in steps of 1024".
func choice(ns []int) string {
	last := len(ns) - 1
	if len(ns) > 4 {
		step := ns[1] - ns[0]
		even := true
		for i := range last {
			even = even && ns[i+1]-ns[i] == step
		}
		if even {
			return fmt.Sprintf("%d to %d in steps of %d", ns[0], ns[last], step)
		}
	}
	var b strings.Builder
	for i, n := range ns {
		switch {
		case i > 0 && i == last:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
