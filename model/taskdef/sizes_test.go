package taskdef

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// ECS rules, placement 4.3: "1 vCPU", "0.25 vcpu" and "2 GB" are legal and converted to units and MiB.
func TestSizesInWords(t *testing.T) {
	for text, want := range map[string]int{
		"256": 256, "1 vCPU": 1024, "0.25 vcpu": 256, ".25vCPU": 256, " 2 VCPU ": 2048, "192 vCPU": 196608, "1": 1,
	} {
		got, err := ParseCPU(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]int{"512": 512, "2 GB": 2048, "0.5GB": 512, "2 gb": 2048, "120 GB": 122880} {
		got, err := ParseMemory(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestSizesThatCannotBeReadSaySo(t *testing.T) {
	for text, want := range map[string]string{
		"":            `cannot read cpu "": write CPU units as a whole number ("256") or vCPUs ("0.25 vCPU")`,
		"0.5":         `cannot read cpu "0.5": write CPU units as a whole number ("256") or vCPUs ("0.25 vCPU")`,
		"1 core":      `cannot read cpu "1 core": write CPU units ("256") or vCPUs ("0.25 vCPU")`,
		"-1":          `cannot read cpu "-1": write CPU units ("256") or vCPUs ("0.25 vCPU")`,
		"0":           `cpu "0" is out of range: write a number from 1 to 1073741824`,
		"0.3 vCPU":    `cpu "0.3 vCPU" is 307.2 CPU units: write a size that is a whole number of CPU units`,
		"1.2.3 vCPU":  `cannot read cpu "1.2.3 vCPU": "1.2.3" is not a decimal number`,
		"vCPU":        `cannot read cpu "vCPU": "" is not a decimal number`,
		"1e3 vCPU":    `cannot read cpu "1e3 vCPU": write CPU units ("256") or vCPUs ("0.25 vCPU")`,
		"9999999vCPU": `cpu "9999999vCPU" is out of range: write a size from 1 to 1073741824 CPU units`,
	} {
		_, err := ParseCPU(text)
		require.EqualError(t, err, want)
	}
	for text, want := range map[string]string{
		"512 MB": `cannot read memory "512 MB": write MiB without a unit ("512") or gigabytes ("0.5 GB")`,
		"0.5":    `cannot read memory "0.5": write MiB as a whole number ("512") or gigabytes ("0.5 GB")`,
		"0.7 GB": `memory "0.7 GB" is 716.8 MiB: write a size that is a whole number of MiB`,
	} {
		_, err := ParseMemory(text)
		require.EqualError(t, err, want)
	}
}
