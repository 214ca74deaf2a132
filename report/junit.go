package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// Suite is one run for JUnit: its summary, and where each of its expectations stands.
type Suite struct {
	Summary *Summary
	// Places are where the expectations are written; those of the command line have none.
	Places []Place
}

// Place is a line of a file.
type Place struct {
	File string
	Line int
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the runs as test suites: a test case an expectation, failed with what was got and since when. A run that
// did not come to its proper end is a case with an error. There are no wall times, so the same run gives the same bytes.
func WriteJUnit(w io.Writer, suites []Suite) error {
	all := junitSuites{Name: "ecssim"}
	for _, s := range suites {
		one := s.junit()
		all.Tests += one.Tests
		all.Failures += one.Failures
		all.Errors += one.Errors
		all.Suites = append(all.Suites, one)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *Suite) junit() junitSuite {
	sum := s.Summary
	name := clean(sum.Scenario.Name)
	out := junitSuite{Name: name, Properties: []junitProperty{
		{"seed", strconv.FormatUint(sum.Scenario.Seed, 10)}, {"simulated_s", strconv.FormatFloat(sum.Scenario.Duration, 'f', -1, 64)},
		{"cost_usd", strconv.FormatFloat(sum.Totals.CostUSD, 'f', -1, 64)}, {"first_bottleneck", firstLimit(sum)},
	}}
	if r := sum.Replications; r != nil {
		out.Properties = append(out.Properties, junitProperty{"seeds", strconv.Itoa(r.N)})
	}
	if !sum.Complete {
		out.Errors++
		out.Cases = append(out.Cases, junitCase{Class: name, Name: "complete", Error: &junitProblem{
			Message: "the run is incomplete", Type: "incomplete", Text: clean(fmt.Sprint(sum.Notes)),
		}})
	}
	for i := range sum.Expect {
		e := &sum.Expect[i]
		c := junitCase{Class: name, Name: clean(e.Name)}
		if i < len(s.Places) {
			c.File, c.Line = clean(s.Places[i].File), s.Places[i].Line
		}
		if e.OK {
			c.Out = e.Sentence()
		} else {
			out.Failures++
			c.Failure = &junitProblem{Message: e.Sentence(), Type: "expectation", Text: c.where()}
		}
		out.Cases = append(out.Cases, c)
	}
	out.Tests = len(out.Cases)
	return out
}

// where: day.toml:12.
func (c *junitCase) where() string {
	if c.Line == 0 {
		return c.File
	}
	return c.File + ":" + strconv.Itoa(c.Line)
}

// firstLimit is first_bottleneck as expectations call it.
func firstLimit(s *Summary) string {
	if b := s.FirstBottleneck; b != nil {
		return clean(bottleneckName(b.Resource, b.Scope))
	}
	return "none"
}
