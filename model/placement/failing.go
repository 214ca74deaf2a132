package placement

import "ecssim/model/fleet"

// Failing lists every test that the instance fails, in the order of the tests. Test stops at the first; whoever explains
// wants to know what else is in the way.
func (d *Demand) Failing(i *fleet.Instance) []Reason {
	var out []Reason
	for _, r := range []Reason{standing(i), d.eligible(i)} {
		if r != Fits {
			out = append(out, r)
		}
	}
	out = d.lacking(i, out)
	if r := d.admittedForGood(i); r != Fits {
		out = append(out, r)
	}
	if r := d.admittedNow(i); r != Fits && (len(out) == 0 || out[len(out)-1] != r) {
		out = append(out, r)
	}
	return out
}

// lacking is room, resource by resource.
func (d *Demand) lacking(i *fleet.Instance, out []Reason) []Reason {
	n := &d.Needs
	for _, t := range []struct {
		fails bool
		is    Reason
	}{
		{n.CPU > i.Free.CPU, NoCPU},
		{n.Memory > i.Free.Memory, NoMemory},
		{len(n.StaticPorts) > 0 && !i.Ports().CanTake(n.StaticPorts), PortInUse},
		{n.ENIs > i.Free.ENIs, NoENI},
		{n.GPUs > i.Free.GPUs, NoGPU},
	} {
		if t.fails {
			out = append(out, t.is)
		}
	}
	return out
}

// Missing is how much of the lacking resource a rejected instance is short of; 0 where the reason is no amount.
func (d *Demand) Missing(i *fleet.Instance, r Reason) int64 { return d.missing(i, r) }
