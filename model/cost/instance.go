package cost

import (
	"time"

	"ecssim/model/catalog"
)

// Names and units of what instances cost.
const (
	ManagedInstancesFee = "ECS Managed Instances fee"
	InstanceVolumes     = "EBS gp3 volume"

	GBMonth = "GB-month"
)

// HoursPerMonth turns prices a month into prices an hour: 8,760 hours of a year over twelve.
const HoursPerMonth = 730

// InstanceUse is an instance, and for how long it ran.
type InstanceUse struct {
	Type catalog.InstanceType
	// Spot: it is a Spot instance and costs SpotPrice an hour; negative if that is not known.
	Spot       bool
	SpotPrice  float64
	SpotSource string
	// Discount is the share of the On-Demand price that is saved by commitment or agreement. It is not for Spot.
	Discount float64
	// Fee is what ECS Managed Instances charge, as a share of the On-Demand list price, also on Spot and with a Discount.
	Fee      float64
	Duration time.Duration
}

// Rates are what the instance and the fee cost an hour; negative if that is not known.
func (u *InstanceUse) Rates() (price, fee float64) { return u.machine(), u.fee() }

// PerHour is both together; negative if one of them is not known.
func (u *InstanceUse) PerHour() float64 {
	price, fee := u.Rates()
	if price < 0 || fee < 0 {
		return -1
	}
	return price + fee
}

func (u *InstanceUse) machine() float64 {
	switch {
	case u.Spot:
		return u.SpotPrice
	case u.Type.PricePerHour < 0:
		return -1
	}
	return u.Type.PricePerHour * (1 - u.Discount)
}

func (u *InstanceUse) fee() float64 {
	switch {
	case u.Fee <= 0:
		return 0
	case u.Type.PricePerHour < 0:
		return -1
	}
	return u.Type.PricePerHour * u.Fee
}

// Item is the name of the instance's own item: Spot, whose price is another one, has one of its own.
func (u *InstanceUse) Item() string {
	if u.Spot {
		return "EC2 " + u.Type.Name + " Spot"
	}
	return "EC2 " + u.Type.Name
}

// Charge appends the charge for the instance to items, and the fee if there is one.
func (u *InstanceUse) Charge(items []Item) []Item {
	h := hours(EC2Seconds(u.Duration))
	items = append(items, u.Hours(h))
	if u.Fee > 0 {
		items = append(items, at(ManagedInstancesFee, h, InstanceHour, u.fee(), u.Type.PriceSource))
	}
	return items
}

// Hours is the charge for so many hours of such instances, without the fee.
func (u *InstanceUse) Hours(h float64) Item {
	source := u.Type.PriceSource
	switch {
	case u.Spot:
		source = u.SpotSource
	case u.Discount > 0 && source != "":
		source += ", less the discount of the scenario"
	}
	return at(u.Item(), h, InstanceHour, u.machine(), source)
}

// Volume is the charge for gp3 volumes of so many GB that were there so long together, running instances or not: a
// stopped instance of a warm pool pays for its volume and for nothing else (ECS rules, services ).
func Volume(gb float64, d time.Duration, p catalog.Price, known bool) Item {
	return Priced(InstanceVolumes, gb*d.Hours()/HoursPerMonth, GBMonth, p, known)
}
