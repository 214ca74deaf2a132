package catalog

import "fmt"

// FargatePlan gives the rates of a Compute Savings Plan of one or three years without upfront payment, for Fargate
// On-Demand of Linux on x86_64 in the catalog's region. ok is false where they are not known. Storage has no discount.
func (c *Catalog) FargatePlan(years int) (rates FargateRates, ok bool) {
	vcpu, ok1 := c.Price(fmt.Sprintf("savings_plan_%dy_noupfront_fargate_x86_vcpu", years))
	gb, ok2 := c.Price(fmt.Sprintf("savings_plan_%dy_noupfront_fargate_x86_gb", years))
	rates, ok = c.FargatePrice("LINUX", "X86_64", false)
	if !ok || !ok1 || !ok2 {
		return FargateRates{}, false
	}
	rates.VCPUHour, rates.GBHour, rates.Plan = vcpu.USD, gb.USD, true
	rates.AsOf, rates.Confidence, rates.Source = vcpu.AsOf, vcpu.Confidence, vcpu.Source
	return rates, true
}
