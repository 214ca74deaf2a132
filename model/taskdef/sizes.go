package taskdef

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	unitsPerVCPU = 1024
	mibPerGB     = 1024
	// maxSize keeps a size far from overflow; the largest real one is 196608 units or 32 TiB.
	maxSize = 1 << 30
)

// ParseCPU reads a task-level CPU size as ECS accepts it: units ("256") or vCPUs ("1 vCPU", "0.25 vcpu"). The result
// is in CPU units, 1024 a vCPU.
func ParseCPU(s string) (units int, err error) {
	number, unit := splitSize(s)
	switch strings.ToLower(unit) {
	case "":
		return wholeSize(number, s, "cpu", `CPU units as a whole number ("256") or vCPUs ("0.25 vCPU")`)
	case "vcpu":
		return scaledSize(number, s, unitsPerVCPU, "cpu", "CPU units")
	}
	return 0, fmt.Errorf(`cannot read cpu %.40q: write CPU units ("256") or vCPUs ("0.25 vCPU")`, s)
}

// ParseMemory reads a task-level memory size as ECS accepts it: MiB ("512") or gigabytes ("2 GB", "0.5GB"), where
// ECS counts 1024 MiB a gigabyte. The result is in MiB.
func ParseMemory(s string) (mib int, err error) {
	number, unit := splitSize(s)
	switch strings.ToLower(unit) {
	case "":
		return wholeSize(number, s, "memory", `MiB as a whole number ("512") or gigabytes ("0.5 GB")`)
	case "gb":
		return scaledSize(number, s, mibPerGB, "memory", "MiB")
	}
	return 0, fmt.Errorf(`cannot read memory %.40q: write MiB without a unit ("512") or gigabytes ("0.5 GB")`, s)
}

// splitSize parts "0.25 vCPU" into number and unit.
func splitSize(s string) (number, unit string) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimSpace(s[end:])
}

func wholeSize(number, s, key, allowed string) (int, error) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, fmt.Errorf("cannot read %s %.40q: write %s", key, s, allowed)
	}
	if n < 1 || n > maxSize {
		return 0, fmt.Errorf("%s %.40q is out of range: write a number from 1 to %d", key, s, maxSize)
	}
	return n, nil
}

// scaledSize multiplies a decimal by 1024. The products that are whole numbers are exact in a float64.
func scaledSize(number, s string, factor int, key, units string) (int, error) {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot read %s %.40q: %.40q is not a decimal number", key, s, number)
	}
	product := f * float64(factor)
	if product < 1 || product > maxSize {
		return 0, fmt.Errorf("%s %.40q is out of range: write a size from 1 to %d %s", key, s, maxSize, units)
	}
	if product != float64(int(product)) {
		return 0, fmt.Errorf("%s %.40q is %g %s: write a size that is a whole number of %s", key, s, product, units, units)
	}
	return int(product), nil
}
