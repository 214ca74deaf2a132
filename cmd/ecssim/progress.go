package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"ecssim/workload/scenario"
)

// progress shows how far the replications are: a bar on a terminal if the run lasts more than half a second, one line
// each 10 % where -v asks for them, else nothing. The worlds only write numbers; it reads them at its own pace.
type progress struct {
	clocks []atomic.Int64 // simulated time of each replication
	end    int64          // of one replication; 0 if it is not known
	note   func() string  // beside the bar
	stop   chan struct{}
	idle   sync.WaitGroup
	once   sync.Once
}

const (
	progressDelay  = 500 * time.Millisecond
	progressPeriod = 100 * time.Millisecond
	percent        = 100
)

func (a *app) newProgress(s *scenario.Scenario) *progress {
	return a.startProgress(s.Name, s.Runs, s.Config.Duration, (*progress).timeNote)
}

// startProgress shows the progress of runs that last so long each.
func (a *app) startProgress(name string, runs int, lasts time.Duration, note func(*progress) string) *progress {
	p := &progress{clocks: make([]atomic.Int64, runs), end: int64(lasts), stop: make(chan struct{})}
	p.note = func() string { return note(p) }
	switch {
	case a.look.quiet:
	case isTerminal(a.err):
		p.idle.Go(func() { p.drawBar(a.err, name) })
	case a.look.verbose && p.end > 0:
		p.idle.Go(func() { p.printLines(a.err, name) })
	}
	return p
}

// timeNote is the simulated time of all replications on average.
func (p *progress) timeNote() string {
	return " " + (time.Duration(p.simulated()/int64(len(p.clocks))) * time.Millisecond).Round(time.Second).String() + " simulated"
}

// watcher is told the clock of one replication.
func (p *progress) watcher(n int) func(time.Duration) {
	return func(now time.Duration) { p.clocks[n].Store(int64(now)) }
}

func (p *progress) finished(n int) {
	if p.end > 0 {
		p.clocks[n].Store(p.end)
	}
}

// done takes the bar away.
func (p *progress) done() {
	p.once.Do(func() { close(p.stop) })
	p.idle.Wait()
}

// simulated is the sum over the replications.
func (p *progress) simulated() (sum int64) {
	for n := range p.clocks {
		sum += p.clocks[n].Load() / int64(time.Millisecond) // of many long runs, without overflow
	}
	return sum
}

func (p *progress) total() int64 { return p.end / int64(time.Millisecond) * int64(len(p.clocks)) }

// wait sleeps and reports whether to go on.
func (p *progress) wait(d time.Duration) bool {
	select {
	case <-p.stop:
		return false
	case <-time.After(d):
		return true
	}
}

func (p *progress) drawBar(w io.Writer, name string) {
	if !p.wait(progressDelay) {
		return
	}
	container := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(progressPeriod))
	var bar *mpb.Bar
	clock := decor.Any(func(decor.Statistics) string { return p.note() })
	label := mpb.PrependDecorators(decor.Name(name + " "))
	if p.end > 0 {
		bar = container.AddBar(p.total(), mpb.BarRemoveOnComplete(), label,
			mpb.AppendDecorators(decor.Percentage(), clock, decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 8}), decor.Name(" left")))
	} else {
		bar = container.AddSpinner(0, mpb.BarRemoveOnComplete(), label, mpb.AppendDecorators(clock))
	}
	for p.wait(progressPeriod) {
		bar.SetCurrent(p.simulated())
	}
	bar.Abort(true)
	container.Wait()
}

func (p *progress) printLines(w io.Writer, name string) {
	shown := int64(0)
	for p.wait(progressPeriod) {
		tenth := p.simulated() * 10 / max(1, p.total())
		for shown < min(tenth, 9) {
			shown++
			fmt.Fprintf(w, "%s: %d %%\n", name, shown*percent/10)
		}
	}
}
