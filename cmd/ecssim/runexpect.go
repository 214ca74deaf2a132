package main

import (
	"context"
	"errors"
	"fmt"

	"ecssim/model/expect"
	"ecssim/report"
	"ecssim/workload/diag"
	"ecssim/workload/scenario"
)

// The formats of what is expected.
const (
	formatJUnit  = "junit"
	formatGitHub = "github"
)

// addFailOn lets the expressions of --fail-on be checked with those of each scenario.
func addFailOn(scenarios []*scenario.Scenario, texts []string) error {
	for _, s := range scenarios {
		for n, text := range texts {
			e, err := scenario.ParseExpectation(s.Config, text)
			if err != nil {
				return usageError("--fail-on %q: %v", text, err)
			}
			s.Config.Expect = append(s.Config.Expect, expect.Named{Name: fmt.Sprintf("fail-on %d", n+1), Text: text, Expr: e, FailOn: true})
		}
	}
	return nil
}

// runScenarios simulates one after the other. An expectation that fails does not keep the next from being simulated;
// anything else does.
func (a *app) runScenarios(ctx context.Context, scenarios []*scenario.Scenario, files []string, f runFlags) error {
	var suites []report.Suite
	failed := error(nil)
	for n, s := range scenarios {
		summary, err := a.runScenario(ctx, s, f)
		if summary != nil {
			if f.format == formatGitHub {
				err = errors.Join(err, a.annotate(s, summary, files[n]))
			}
			suites = append(suites, report.Suite{Summary: summary, Places: places(s)})
			if err == nil {
				err = a.unmet(s, summary, f.format)
			}
		}
		if err != nil && exitCode(err) != exitExpectation {
			return errors.Join(err, a.writeJUnit(suites, f.format))
		}
		if err != nil {
			failed = err
		}
	}
	return errors.Join(failed, a.writeJUnit(suites, f.format))
}

// places are where the scenario's expectations stand; those of --fail-on come behind them and stand nowhere.
func places(s *scenario.Scenario) []report.Place {
	all := make([]report.Place, len(s.ExpectAt))
	for i, at := range s.ExpectAt {
		all[i] = report.Place{File: at.File, Line: at.Line}
	}
	return all
}

// unmet is the error of expectations that failed. Where stdout does not say it for people, stderr does.
func (a *app) unmet(s *scenario.Scenario, summary *report.Summary, format string) error {
	failed := false
	for i := range summary.Expect {
		e := &summary.Expect[i]
		if e.OK {
			continue
		}
		failed = true
		if format != "table" && format != formatGitHub {
			fmt.Fprintf(a.err, "%s: %s failed: %s\n", s.Name, e.Name, e.Sentence())
		}
	}
	if !failed {
		return nil
	}
	return told(exitExpectation, "expectations failed")
}

func (a *app) writeJUnit(suites []report.Suite, format string) error {
	if format != formatJUnit || len(suites) == 0 {
		return nil
	}
	if err := report.WriteJUnit(a.out, suites); err != nil {
		return failure(err)
	}
	return nil
}

// annotate writes workflow commands: GitHub shows each expectation that failed at its line, or at the file as a whole.
func (a *app) annotate(s *scenario.Scenario, summary *report.Summary, file string) error {
	var failed []diag.Diagnostic
	for i := range summary.Expect {
		e := &summary.Expect[i]
		if e.OK {
			continue
		}
		d := diag.Diagnostic{Code: "expectation " + e.Name + " failed", Message: e.Sentence()}
		if i < len(s.ExpectAt) {
			d.At = s.ExpectAt[i]
		} else {
			d.At.File = file
		}
		failed = append(failed, d)
	}
	if err := diag.RenderGitHub(a.out, failed); err != nil {
		return failure(err)
	}
	if _, err := fmt.Fprintf(a.out, "%s: %s\n", s.Name, summary.Met()); err != nil {
		return failure(err)
	}
	return nil
}
