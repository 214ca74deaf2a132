package report

import (
	"slices"

	"ecssim/model/placement"
)

// Which verdicts belong to which column.
var (
	reasonCPU        = []placement.Reason{placement.NoCPU}
	reasonMemory     = []placement.Reason{placement.NoMemory}
	reasonPorts      = []placement.Reason{placement.PortInUse}
	reasonENI        = []placement.Reason{placement.NoENI}
	reasonGPU        = []placement.Reason{placement.NoGPU}
	reasonConstraint = []placement.Reason{placement.MemberOf, placement.DistinctInstance, placement.MaxTasksPerInstance}
)

// spare: without the column a reader still has the verdict.
func (c *lookColumn) spare() bool {
	return c.title == "OF GROUP" || c.title == "PORTS" || c.title == "CONSTRAINT"
}

// failsAny reports whether the instance fails one of the tests.
func (i *InstanceLook) failsAny(tests []placement.Reason) bool {
	return slices.ContainsFunc(tests, i.lacks)
}

// verdictOf adds ok or NO to what an instance has.
func verdictOf(has string, i *InstanceLook, tests []placement.Reason) string {
	if i.failsAny(tests) {
		return has + " NO"
	}
	return has + " ok"
}

// amountColumn is a column of something that an instance has left.
func amountColumn(title string, tests []placement.Reason, left func(*InstanceLook) int64) lookColumn {
	return lookColumn{title, func(i *InstanceLook) string { return verdictOf(thousands(left(i)), i, tests) }, rangeOf(tests, left)}
}

// flagColumn is a column that says ok or NO.
func flagColumn(title string, tests []placement.Reason) lookColumn {
	word := func(i *InstanceLook) string {
		if i.failsAny(tests) {
			return "NO"
		}
		return "ok"
	}
	return lookColumn{title, word, func(list []*InstanceLook) string { return word(list[0]) }}
}

// rangeOf is what instances of one verdict have left: 0–512 NO.
func rangeOf(tests []placement.Reason, left func(*InstanceLook) int64) func([]*InstanceLook) string {
	return func(list []*InstanceLook) string { return verdictOf(fromTo(list, left), list[0], tests) }
}

// fromTo is 3, or 0–512.
func fromTo(list []*InstanceLook, value func(*InstanceLook) int64) string {
	low, high := value(list[0]), value(list[0])
	for _, i := range list {
		low, high = min(low, value(i)), max(high, value(i))
	}
	if low == high {
		return thousands(low)
	}
	return thousands(low) + "–" + thousands(high)
}
