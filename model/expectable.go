package model

import "ecssim/model/expect"

// Expectable is what an expression about a run of this world can name.
func (c *Config) Expectable() *expect.World {
	w := &expect.World{Clusters: c.Clusters, Start: c.Start, Duration: c.Duration}
	if len(w.Clusters) == 0 {
		w.Clusters = []string{"default"}
	}
	for i := range c.Services {
		w.Services = append(w.Services, c.Services[i].Name)
		if c.Services[i].Load != nil {
			w.Loaded = append(w.Loaded, c.Services[i].Name)
		}
	}
	for i := range c.Jobs {
		w.Jobs = append(w.Jobs, c.Jobs[i].Name)
	}
	for i := range c.Subnets {
		w.Subnets = append(w.Subnets, c.Subnets[i].Name)
	}
	for i := range c.CapacityProviders {
		if p := &c.CapacityProviders[i]; p.Group != nil {
			w.CapacityProviders = append(w.CapacityProviders, p.Name)
		}
	}
	return w
}
