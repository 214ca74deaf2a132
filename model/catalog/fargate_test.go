package catalog

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// ECS developer guide, task-cpu-memory-error; the 32 vCPU row from the reference of 2026.
func TestFargateSizesAreTheGuides(t *testing.T) {
	var want [][2]int
	series := func(cpu, low, high, step int) {
		for m := low; m <= high; m += step {
			want = append(want, [2]int{cpu, m})
		}
	}
	want = append(want, [2]int{256, 512}, [2]int{256, 1024}, [2]int{256, 2048})
	series(512, 1024, 4096, 1024)
	series(1024, 2048, 8192, 1024)
	series(2048, 4096, 16384, 1024)
	series(4096, 8192, 30720, 1024)
	series(8192, 16384, 61440, 4096)
	series(16384, 32768, 122880, 8192)
	want = append(want, [2]int{32768, 61440}, [2]int{32768, 122880}, [2]int{32768, 249856})
	var got [][2]int
	for _, s := range FargateSizes() {
		got = append(got, [2]int{s.CPU, s.Memory})
		if s.Source == "" || !s.LinuxX86 || !s.LinuxARM {
			t.Errorf("%+v", s)
		}
		if windows := s.CPU >= 1024 && s.CPU <= 4096; s.WindowsX86 != windows {
			t.Errorf("on Windows: %+v", s)
		}
		if newPlatform := s.CPU >= 8192; (s.MinPlatform == "1.4.0") != newPlatform {
			t.Errorf("platform: %+v", s)
		}
	}
	if !slices.Equal(got, want) || len(got) != 77 {
		t.Errorf("%d sizes\ngot  %v\nwant %v", len(got), got, want)
	}
}

func TestValidFargate(t *testing.T) {
	for _, c := range []struct {
		cpu, memory    int
		os, arch, want string
	}{
		{256, 512, "", "", ""},
		{16384, 40960, "LINUX", "X86_64", ""},
		{32768, 249856, "LINUX", "ARM64", ""},
		{1024, 2048, "WINDOWS_SERVER_2022_CORE", "X86_64", ""},
		{512, 512, "", "", "cpu 512 with memory 512 is not a Fargate size: with cpu 512 the memory can be 1024, 2048, 3072 or 4096"},
		{256, 4096, "", "", "cpu 256 with memory 4096 is not a Fargate size: with cpu 256 the memory can be 512, 1024 or 2048"},
		{8192, 18432, "", "", "cpu 8192 with memory 18432 is not a Fargate size: with cpu 8192 the memory can be 16384 to 61440 in steps of 4096"},
		{256, 512, "WINDOWS_SERVER_2019_FULL", "", "cpu 256 with memory 512 is not a Fargate size: the cpu can be 1024, 2048 or 4096"},
		{300, 512, "LINUX", "ARM64", "cpu 300 with memory 512 is not a Fargate size: the cpu can be 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768"},
		{0, 512, "", "", "cpu 0 with memory 512 is not a Fargate size: the cpu can be 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768"},
		{1024, 2048, "WINDOWS_SERVER_2022_CORE", "ARM64", "cpu 1024 with memory 2048 is not a Fargate size: Fargate does not offer WINDOWS_SERVER_2022_CORE on ARM64"},
	} {
		err := ValidFargate(c.cpu, c.memory, c.os, c.arch)
		got := ""
		if err != nil {
			got = err.Error()
			var e *FargateSizeError
			if !errors.As(err, &e) {
				t.Errorf("%T", err)
			}
		}
		if got != c.want {
			t.Errorf("%d/%d\ngot  %s\nwant %s", c.cpu, c.memory, got, c.want)
		}
	}
	if s, ok := FargateSizeOf(8192, 16384); !ok || s.MinPlatform != "1.4.0" {
		t.Errorf("%+v", s)
	}
	if _, ok := FargateSizeOf(512, 512); ok {
		t.Error("512/512 exists")
	}
}

// AWS price list of 2026-09-11. Guides of 2026 still quote the Windows rates of 2022 (0.09148 and 0.01005).
func TestFargatePrices(t *testing.T) {
	for _, c := range []struct {
		region, os, arch             string
		spot, ok                     bool
		vcpu, gb, licence, ephemeral float64
		confidence                   string
	}{
		{"us-east-1", "LINUX", "X86_64", false, true, 0.04048, 0.004445, 0, 0.000111, CrossChecked},
		{"us-east-1", "LINUX", "ARM64", false, true, 0.03238, 0.00356, 0, 0.000111, CrossChecked},
		{"us-east-1", "WINDOWS_SERVER_2022_CORE", "", false, true, 0.046552, 0.00511175, 0.046, 0.000111, CrossChecked},
		{"us-east-1", "", "", true, true, 0.01288871, 0.00141527, 0, 0.000111, SingleSource},
		{"us-east-1", "WINDOWS_SERVER_2022_CORE", "", true, false, -1, -1, -1, 0.000111, ""},
		{"eu-west-1", "", "", false, true, 0.04048, 0.004445, 0, -1, CrossChecked},
		{"us-west-2", "", "", true, true, 0.01269464, 0.00139396, 0, -1, OldSnapshot},
		{"eu-central-1", "", "ARM64", false, false, -1, -1, 0, -1, ""},
		{"nowhere-1", "", "", false, false, -1, -1, 0, -1, ""},
	} {
		r, ok := Builtin().In(c.region).FargatePrice(c.os, c.arch, c.spot)
		if ok != c.ok || r.VCPUHour != c.vcpu || r.GBHour != c.gb || r.LicenceVCPUHour != c.licence ||
			r.EphemeralGBHour != c.ephemeral || r.Confidence != c.confidence || r.Region != c.region {
			t.Errorf("%+v: %v %+v", c, ok, r)
		}
		if ok && (r.Source == "" || r.AsOf == "") {
			t.Errorf("%+v: no source or date", r)
		}
	}
}

func TestOtherPrices(t *testing.T) {
	for item, want := range map[string]float64{
		"alb_hour": 0.0225, "alb_lcu_hour": 0.008, "nat_gateway_gb": 0.045, "public_ipv4_hour": 0.005, "ecs_control_plane_hour": 0,
		"eks_control_plane_hour": 0.1,
	} {
		p, ok := Builtin().Price(item)
		if !ok || math.Abs(p.USD-want) > 0 {
			t.Errorf("%s: %+v", item, p)
		}
	}
	if p, ok := Builtin().In("eu-west-1").Price("alb_hour"); ok {
		t.Errorf("a price of another region: %+v", p)
	}
	if ps := Builtin().In("eu-west-1").Prices(); len(ps) != 1 || ps[0].Region != "all" {
		t.Errorf("%+v", ps)
	}
}
