package taskdef

import "fmt"

// Limits of the Fargate disk (ECS rules, placement 7.2). The register reference says 21 to 200, the running task's 20
// to 200; a file that states the default of 20 is accepted.
const (
	minStorageGiB = 20
	maxStorageGiB = 200
)

// ec2 checks what holds on container instances (ECS rules, placement 4.3, 5.1).
func (c *checker) ec2() {
	t := c.t
	mode := t.Mode()
	switch {
	case t.Windows() && mode != Default && mode != Awsvpc:
		c.errorf("networkMode", CodeMode, "leave networkMode out, or use awsvpc",
			"network mode %s does not exist on Windows instances", mode)
	case !t.Windows() && mode == Default:
		c.errorf("networkMode", CodeMode, "leave networkMode out for bridge",
			"network mode default exists on Windows only; Linux has bridge, host, awsvpc and none")
	}
	// Fargate has its own, narrower, table of sizes.
	if t.CPU > 0 && !t.Windows() && !t.Requires(fargate) && (t.CPU < minTaskCPU || t.CPU > maxTaskCPU) {
		c.errorf("cpu", CodeTaskSize, "1024 units are one vCPU; leave the key out to use the containers' sum",
			"task-level cpu %d is outside %d to %d", t.CPU, minTaskCPU, maxTaskCPU)
	}
}

// fargate checks what holds on Fargate (ECS rules, placement 7.1, 7.2).
func (c *checker) fargate(sizes FargateSizes) {
	t := c.t
	if mode := t.Mode(); mode != Awsvpc {
		found := "network mode " + string(mode)
		if t.NetworkMode == "" {
			found += " (the default)"
		}
		c.errorf("networkMode", CodeMode, `set networkMode to "awsvpc"`, "%s does not exist on Fargate", found)
	}
	c.fargateSize(sizes)
	if len(t.MemberOf) > 0 {
		c.notFargate("placementConstraints", "placement constraints")
	}
	for i, con := range t.Containers {
		path := fmt.Sprintf(containerPath, i)
		if con.GPUs > 0 {
			c.notFargate(path+".resourceRequirements", "GPUs")
		}
		if con.Privileged {
			c.notFargate(path+".privileged", "privileged containers")
		}
		if len(con.Links) > 0 && !c.seen[[2]string{path + ".links", CodeLinks}] {
			c.notFargate(path+".links", "links")
		}
		c.fargateLife(&con, path)
	}
	for i, v := range t.Volumes {
		if v.HostPath != "" {
			c.notFargate(fmt.Sprintf("volumes[%d].host.sourcePath", i), "volumes on a path of the host")
		}
	}
	if gib := t.EphemeralStorageGiB; gib > 0 && (gib < minStorageGiB || gib > maxStorageGiB) {
		c.errorf("ephemeralStorage.sizeInGiB", CodeStorage, "leave it out for 20",
			"ephemeral storage of %d GiB is outside %d to %d", gib, minStorageGiB, maxStorageGiB)
	}
}

func (c *checker) notFargate(path, what string) {
	c.errorf(path, CodeNotFargate, "remove it, or run the task on EC2", "Fargate has no %s", what)
}

func (c *checker) fargateSize(sizes FargateSizes) {
	t := c.t
	if t.CPU <= 0 {
		c.errorf("cpu", CodeFargate, `add a task-level cpu, for example "256"`, "Fargate needs a task-level cpu")
	}
	if t.Memory <= 0 {
		c.errorf("memory", CodeFargate, `add a task-level memory, for example "512"`, "Fargate needs a task-level memory")
	}
	if t.CPU <= 0 || t.Memory <= 0 || sizes == nil {
		return
	}
	d := t.Defaults()
	if ok, help := sizes(d.CPU, d.Memory, d.OperatingSystem, d.Architecture); !ok {
		c.errorf("memory", CodeFargate, help, "Fargate has no size with cpu %d and memory %d", d.CPU, d.Memory)
	}
}
