package model

// CheckConservation lets tests run the recount after every event.
func CheckConservation(w *World) { w.CheckBooks() }

// TakenAddresses and TakenVCPUs let tests see what tasks hold of a subnet, and of Fargate's On-Demand quota in CPU units.
func TakenAddresses(w *World, subnet int) int64 { return w.subnets[subnet].Used() }

func TakenVCPUs(w *World) int64 { return w.onDemand.quota.Used() }

// Records lets tests count the Cloud Map records of a service.
func Records(w *World, service int) int { return w.services[service].discovery.Registered() }
