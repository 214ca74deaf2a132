package report

import (
	"slices"
	"time"
)

// Set is all that is known of a run: the records of its replications and what the command adds.
type Set struct {
	// Records are those of the finished replications, in the order of their seeds. A nil stands for one that is missing.
	Records []*Record
	// Planned is how many replications there should be; with fewer records the result is incomplete. 0 means as many
	// as there are records.
	Planned int
	// SHA256 of the scenario, in hexadecimal.
	SHA256 string
	// Resolved is scenario.resolved.toml; nil leaves the file out.
	Resolved []byte
	// Expect holds the checked expectations, in the order of the scenario; nil checks those of the records' Config.
	Expect []Expectation
	// Run goes to run.json and nowhere else.
	Run RunInfo
}

// RunInfo is what may differ between two runs of the same scenario.
type RunInfo struct {
	Version string        // of ecssim
	Started time.Time     // zero leaves it out
	Elapsed time.Duration // wall time
	Workers int
	Command []string
}

// Expectation is one line of [expect] with its outcome.
type Expectation struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
	OK         bool   `json:"ok"`
	// FailOn: the expression tells what must not be.
	FailOn bool `json:"fail_on,omitempty"`
	// Got is a number, a string or nil: with several seeds that of the worst, which is Seed.
	Got any `json:"got"`
	// At is when the expectation was first violated, in seconds; nil if it never was or has no instant.
	At *float64 `json:"at_s"`
	// Margin is how far Got is from the threshold: positive on the good side; nil for texts and without data.
	Margin *float64 `json:"margin"`
	// Decided is which of several joined comparisons Got, At and Margin are of.
	Decided string `json:"decided_by,omitempty"`
	// Note says why there is no data.
	Note string `json:"note,omitempty"`
	// Held is in how many of the Seeds it holds.
	Held  int    `json:"held"`
	Seeds int    `json:"seeds"`
	Seed  uint64 `json:"seed"`

	seconds bool // Got is a time
}

// present is the set without missing records; their number stays known.
func (s Set) present() Set {
	s.Planned = s.planned()
	s.Records = slices.DeleteFunc(slices.Clone(s.Records), func(r *Record) bool { return r == nil })
	return s
}

func (s *Set) planned() int { return max(s.Planned, len(s.Records)) }

// complete says that every replication came to its proper end.
func (s *Set) complete() bool {
	for _, r := range s.Records {
		if !r.Complete() {
			return false
		}
	}
	return len(s.Records) > 0 && len(s.Records) == s.planned()
}
