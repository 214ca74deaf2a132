package taskdef

import (
	"fmt"
	"strings"
)

// Limits of RegisterTaskDefinition (ECS rules, placement 3.1, 4.3, 8).
const (
	maxContainers      = 10
	maxConstraints     = 10
	maxExpression      = 2000
	maxNameLength      = 255
	minContainerMemory = 6 // MiB, Docker 20.10
	minTaskCPU         = 128
	maxTaskCPU         = 196608
	containerPath      = "containerDefinitions[%d]"
)

// Problem is one reason for which RegisterTaskDefinition, or a launch, refuses a definition.
type Problem struct {
	// Path names the place in ECS's JSON spelling: "containerDefinitions[0].portMappings[1].hostPort".
	Path string
	// Code is one of Codes.
	Code string
	// Message is one line, lower case, without a full stop: what was found and what is allowed.
	Message string
	// Help says what to do; it may be empty.
	Help string
	// Warning marks what ECS accepts at registration but refuses or ignores later.
	Warning bool
}

// FargateSizes tells whether Fargate has a size (units, MiB) on an operating system ("LINUX" …) and architecture
// ("X86_64", "ARM64"), and if not, what it has instead. Package catalog knows; nil skips the check.
type FargateSizes func(cpu, memory int, os, arch string) (ok bool, help string)

// Problems returns everything RegisterTaskDefinition would refuse, all at once, in the order of the definition.
// Without requiresCompatibilities ECS validates for EC2; with FARGATE in it, Fargate's rules hold as well.
func (t *TaskDefinition) Problems(sizes FargateSizes) []Problem {
	c := newChecker(t)
	c.names()
	c.sizes()
	for i := range t.Containers {
		c.container(i)
	}
	c.sums()
	c.circles()
	c.hostPorts()
	c.constraints()
	if len(t.RequiresCompatibilities) == 0 || t.Requires(ec2) {
		c.ec2()
	}
	if t.Requires(fargate) {
		c.fargate(sizes)
	}
	return c.found
}

// EC2Problems returns why the definition cannot be launched on EC2 instances. Problems includes them if the
// definition requires EC2 or names no compatibility.
func (t *TaskDefinition) EC2Problems() []Problem {
	c := newChecker(t)
	c.ec2()
	return c.found
}

// FargateProblems returns why the definition cannot be launched on Fargate, also if it does not list FARGATE in
// requiresCompatibilities. Problems includes them if it does.
func (t *TaskDefinition) FargateProblems(sizes FargateSizes) []Problem {
	c := newChecker(t)
	c.fargate(sizes)
	return c.found
}

// checker collects the problems of one definition.
type checker struct {
	t     *TaskDefinition
	found []Problem
	seen  map[[2]string]bool // path and code
}

func newChecker(t *TaskDefinition) *checker { return &checker{t: t, seen: make(map[[2]string]bool)} }

// add notes a problem, once per place and code: rules of two launch types may agree.
func (c *checker) add(p Problem) {
	key := [2]string{p.Path, p.Code}
	if !c.seen[key] {
		c.seen[key] = true
		c.found = append(c.found, p)
	}
}

func (c *checker) errorf(path, code, help, format string, args ...any) {
	c.add(Problem{Path: path, Code: code, Help: help, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) names() {
	c.name("family", "family", c.t.Family)
	n := len(c.t.Containers)
	switch {
	case n == 0:
		c.errorf("containerDefinitions", CodeContainers, "add a container with name, image and memory",
			"the task definition has no containers")
		return
	case n > maxContainers:
		c.errorf("containerDefinitions", CodeContainers, "split the task into several",
			"the task definition has %d containers: ECS allows %d", n, maxContainers)
	}
	first := make(map[string]int, n)
	essential := false
	for i, con := range c.t.Containers {
		path := fmt.Sprintf(containerPath+".name", i)
		c.name(path, "container name", con.Name)
		if before, ok := first[con.Name]; ok && con.Name != "" {
			c.errorf(path, CodeSameName, "rename one of them",
				"containers %d and %d are both named %q", before+1, i+1, con.Name)
		} else {
			first[con.Name] = i
		}
		essential = essential || con.Essential
	}
	if !essential {
		c.errorf("containerDefinitions", CodeEssential, "set essential to true on the container that the task is for",
			"no container is essential: the task would never end")
	}
}

func (c *checker) name(path, what, name string) {
	switch {
	case name == "":
		c.errorf(path, CodeName, "", "the %s is missing", what)
	case len(name) > maxNameLength:
		c.errorf(path, CodeName, "", "the %s has %d characters: ECS allows %d", what, len(name), maxNameLength)
	case strings.IndexFunc(name, notInName) >= 0:
		c.errorf(path, CodeName, "", "the %s %q has characters other than letters, digits, - and _", what, name)
	}
}

func notInName(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return !letter && (r < '0' || r > '9') && r != '-' && r != '_'
}

// sizes checks the task-level numbers that hold for every launch type.
func (c *checker) sizes() {
	c.notNegative("cpu", c.t.CPU)
	c.notNegative("memory", c.t.Memory)
	c.notNegative("ephemeralStorage.sizeInGiB", c.t.EphemeralStorageGiB)
}

func (c *checker) notNegative(path string, n int) bool {
	if n < 0 {
		c.errorf(path, CodeNegative, "", "%s is %d: it cannot be negative", last(path), n)
	}
	return n >= 0
}

func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

func (c *checker) container(i int) {
	con, path := &c.t.Containers[i], fmt.Sprintf(containerPath, i)
	c.notNegative(path+".cpu", con.CPU)
	c.notNegative(path+".resourceRequirements", con.GPUs)
	if c.notNegative(path+".memory", con.Memory) && c.notNegative(path+".memoryReservation", con.MemoryReservation) {
		c.memory(con, path)
	}
	if len(con.Links) > 0 && c.t.Mode() != Bridge {
		c.errorf(path+".links", CodeLinks, "containers of a task in awsvpc or host mode reach each other on localhost",
			"%s has links, which exist in bridge mode only; this task is in %s mode", con.label(), c.t.Mode())
	}
	c.ports(con, path)
	c.life(con, path)
}

// label names a container in a message.
func (con *Container) label() string {
	if con.Name == "" {
		return "a container without a name"
	}
	return fmt.Sprintf("container %q", con.Name)
}

// memory checks one container. Equal soft and hard limits pass: the documentation said "greater than", AWS's own
// correction (awsdocs/amazon-ecs-developer-guide#242) says "greater than or equal".
func (c *checker) memory(con *Container, path string) {
	hard, soft := con.Memory, con.MemoryReservation
	if hard == 0 && soft == 0 && c.t.Memory == 0 {
		c.errorf(path+".memory", CodeMemory, "add memory or memoryReservation to the container, or memory to the task",
			"%s has neither memory nor memoryReservation, and the task has no memory", con.label())
	}
	const least = "Docker gives a container no less than 6 MiB"
	if hard > 0 && hard < minContainerMemory {
		c.errorf(path+".memory", CodeMemory, least, "memory %d is below %d MiB", hard, minContainerMemory)
	}
	if soft > 0 && soft < minContainerMemory {
		c.errorf(path+".memoryReservation", CodeMemory, least,
			"memoryReservation %d is below %d MiB", soft, minContainerMemory)
	}
	if hard > 0 && soft > hard {
		c.errorf(path+".memoryReservation", CodeMemory, "the reservation is the soft limit; it cannot exceed the hard one",
			"memoryReservation %d is above memory %d", soft, hard)
	}
}

// sums compares containers with the task. EC2 ignores the task-level values on Windows, so nothing is compared there.
//
// ECS's messages: "The 'memory' setting for container 'x' is greater than for the task", "The sum of all container
// 'memoryReservation' values cannot be greater than the value of the task 'memory'", and the same for 'cpu'
// (quoted in pulumi-awsx#1220, dreamkast-infra#4766, aws-cdk#24629).
func (c *checker) sums() {
	t := c.t
	if t.Windows() && !t.Requires(fargate) {
		return
	}
	var soft, cpu int64
	for i, con := range t.Containers {
		if t.Memory > 0 && con.Memory > t.Memory {
			c.errorf(fmt.Sprintf(containerPath+".memory", i), CodeTaskSum, "",
				"memory %d of %s is above the task's %d", con.Memory, con.label(), t.Memory)
		}
		soft += int64(max(con.MemoryReservation, 0))
		cpu += int64(max(con.CPU, 0))
	}
	if t.Memory > 0 && soft > int64(t.Memory) {
		c.errorf("memory", CodeTaskSum, "",
			"the containers' memoryReservation values add up to %d, the task's memory is %d", soft, t.Memory)
	}
	if t.CPU > 0 && cpu > int64(t.CPU) {
		c.errorf("cpu", CodeTaskSum, "", "the containers' cpu values add up to %d, the task's cpu is %d", cpu, t.CPU)
	}
}

func (c *checker) constraints() {
	if n := len(c.t.MemberOf); n > maxConstraints {
		c.errorf("placementConstraints", CodeConstraint, "join expressions with `and`",
			"the task definition has %d placement constraints: ECS allows %d", n, maxConstraints)
	}
	for i, e := range c.t.MemberOf {
		path := fmt.Sprintf("placementConstraints[%d].expression", i)
		switch n := len([]rune(e)); {
		case strings.TrimSpace(e) == "":
			c.errorf(path, CodeConstraint, "", "a memberOf constraint has no expression")
		case n > maxExpression:
			c.errorf(path, CodeConstraint, "", "the expression has %d characters: ECS allows %d", n, maxExpression)
		}
	}
}
