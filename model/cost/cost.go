package cost

import (
	"fmt"
	"time"

	"ecssim/model/catalog"
)

// Item is an amount of one thing that is billed.
type Item struct {
	Name     string // "EC2 m5.large", "Fargate vCPU" …
	Quantity float64
	Unit     string // of Quantity: "instance-hour", "vCPU-hour" …
	USD      float64
	// Known is false where Quantity was used, but its price is not known: USD is then 0, or counts a part only.
	Known  bool
	Source string // of the price
}

// Least charges.
const (
	minEC2            = 60 * time.Second
	minFargate        = 60 * time.Second
	minFargateWindows = 5 * time.Minute
)

// FreeEphemeralGiB is the part of a Fargate task's disk that is not billed.
const FreeEphemeralGiB = 20

// EC2Seconds is what EC2 bills for an instance that ran for d: each begun second, at least 60.
func EC2Seconds(d time.Duration) int64 { return billed(d, minEC2) }

// FargateSeconds is what Fargate bills for a task, d being the time from the start of its image pull to its stop.
func FargateSeconds(d time.Duration, windows bool) int64 {
	if windows {
		return billed(d, minFargateWindows)
	}
	return billed(d, minFargate)
}

func billed(d, least time.Duration) int64 {
	if d < 0 {
		panic(fmt.Sprintf("cost: a negative duration: %v", d))
	}
	d = max(d, least)
	s := int64(d / time.Second)
	if d%time.Second > 0 {
		s++
	}
	return s
}

// Names and units of the items that this package makes.
const (
	FargateVCPU       = "Fargate vCPU"
	FargateMemory     = "Fargate memory"
	FargateSpotVCPU   = "Fargate Spot vCPU"
	FargateSpotMemory = "Fargate Spot memory"
	FargatePlanVCPU   = "Fargate vCPU, Savings Plan"
	FargatePlanMemory = "Fargate memory, Savings Plan"
	FargateEphemeral  = "Fargate ephemeral storage"
	FargateLicence    = "Fargate Windows licence"

	InstanceHour = "instance-hour"
	VCPUHour     = "vCPU-hour"
	GBHour       = "GB-hour"
)

// EC2Instance is the charge for one instance of a type that ran for d at its On-Demand price.
func EC2Instance(t catalog.InstanceType, d time.Duration) Item {
	u := InstanceUse{Type: t, Duration: d}
	return u.Charge(nil)[0]
}

// FargateUse is what a task asked for, and how long it was billed for.
type FargateUse struct {
	CPU          int           // units
	Memory       int           // MiB
	EphemeralGiB int           // the whole disk; 0 means the default of 20
	Duration     time.Duration // from the start of the image pull to the stop of the task
}

// FargateTask appends the charge for one task to items: vCPU, memory, and storage and licence where they apply.
func FargateTask(items []Item, u FargateUse, rates catalog.FargateRates) []Item {
	h := hours(FargateSeconds(u.Duration, rates.Windows))
	used := FargateHours{VCPU: float64(u.CPU) / 1024 * h, GB: float64(u.Memory) / 1024 * h}
	if extra := u.EphemeralGiB - FreeEphemeralGiB; extra > 0 {
		used.StorageGB = float64(extra) * h
	}
	return used.Charge(items, rates)
}

// FargateHours is what any number of tasks used of Fargate together, in hours.
type FargateHours struct {
	VCPU, GB float64
	// StorageGB is ephemeral storage beyond what is free.
	StorageGB float64
}

// Charge appends the price of the hours to items.
func (h FargateHours) Charge(items []Item, rates catalog.FargateRates) []Item {
	vcpu, memory := FargateVCPU, FargateMemory
	switch {
	case rates.Spot:
		vcpu, memory = FargateSpotVCPU, FargateSpotMemory
	case rates.Plan:
		vcpu, memory = FargatePlanVCPU, FargatePlanMemory
	}
	if h.VCPU > 0 || h.GB > 0 {
		items = append(items,
			at(vcpu, h.VCPU, VCPUHour, rates.VCPUHour, rates.Source),
			at(memory, h.GB, GBHour, rates.GBHour, rates.Source))
	}
	if rates.Windows && h.VCPU > 0 {
		items = append(items, at(FargateLicence, h.VCPU, VCPUHour, rates.LicenceVCPUHour, rates.Source))
	}
	if h.StorageGB > 0 {
		items = append(items, at(FargateEphemeral, h.StorageGB, GBHour, rates.EphemeralGBHour, rates.EphemeralSource))
	}
	return items
}

// Priced is the charge for a quantity of something else, as in catalog.Price: load balancer hours, NAT gigabytes.
// known is false where the catalog has no price.
func Priced(name string, quantity float64, unit string, p catalog.Price, known bool) Item {
	if !known {
		return at(name, quantity, unit, -1, "")
	}
	return at(name, quantity, unit, p.USD, p.Source)
}

// at is an Item from a rate; a negative rate is not known. Nothing used costs nothing, whatever the rate.
func at(name string, quantity float64, unit string, rate float64, source string) Item {
	it := Item{Name: name, Quantity: quantity, Unit: unit, Known: rate >= 0 || quantity == 0, Source: source}
	if rate >= 0 {
		it.USD = quantity * rate
	}
	return it
}

func hours(seconds int64) float64 { return float64(seconds) / 3600 }
