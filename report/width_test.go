package report

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"ecssim/model"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

func widest(text string) int {
	most := 0
	for _, line := range strings.Split(text, "\n") {
		most = max(most, utf8.RuneCountInString(line))
	}
	return most
}

func TestTablesUseTheTerminalAndSentencesDoNot(t *testing.T) {
	for name, set := range sets(t) {
		s := Summarise(set)
		s.Failures = append(s.Failures, FailureSummary{Reason: strings.Repeat("reason ", 30), Service: "web"})
		opts := TerminalOptions{Elapsed: time.Second}
		at80 := s.Terminal(opts)
		for _, width := range []int{60, 61, 70, 79, 80, 81, 120, 200} {
			opts.Width = width
			text := s.Terminal(opts)
			assert.LessOrEqual(t, widest(text), width, "%s at %d", name, width)
			if width == 80 {
				assert.Equal(t, at80, text)
			}
			before, _, _ := strings.Cut(text, "\n\n")
			assert.LessOrEqual(t, widest(before), termWidth, "the header of %s at %d", name, width)
			_, after, _ := strings.Cut(text, "\ncost ")
			assert.LessOrEqual(t, widest(after), termWidth, "the notes of %s at %d", name, width)
		}
		for _, narrow := range []int{-5, 1, 59} {
			opts.Width = narrow
			got := s.Terminal(opts)
			opts.Width = leastWidth
			assert.Equal(t, s.Terminal(opts), got)
		}
		if name != "none" {
			opts.Width = 300
			assert.Contains(t, s.Terminal(opts), strings.TrimSpace(strings.Repeat("reason ", 30)))
		}
	}
}

func TestSpareColumnsGoBeforeTheTableIsTooWide(t *testing.T) {
	tab := &table{columns: []column{
		{title: "NAME", least: 6}, {title: "ONE", spare: true}, {title: "TWO", spare: true}, {title: "LAST"},
	}}
	tab.add("abcdefgh", "1", "2", "3")
	assert.Equal(t, "abcdefgh  1    2    3", tab.lines(80)[1])
	assert.Equal(t, "abcde…  1    2    3", tab.lines(22)[1])
	assert.Equal(t, "abcdefgh  2    3", tab.lines(20)[1])
	assert.Equal(t, "abcdefgh  3", tab.lines(14)[1])
	assert.Equal(t, "abcde…  3", tab.lines(1)[1], "nothing is left to be cut")
}

func TestTheHeaderBreaksBetweenItems(t *testing.T) {
	s := Summarise(Set{Records: []*Record{first(t, 1, RecorderOptions{}, sim.Reached)}})
	opts := TerminalOptions{Elapsed: 123 * time.Second}
	head := func() string {
		text, _, _ := strings.Cut(s.Terminal(opts), "\n\n")
		return text
	}
	line := "first   3 × m5.large · 1 service · 10 tasks · 30m · seed 1"
	assert.Equal(t, line+strings.Repeat(" ", 80-utf8.RuneCountInString(line)-7)+"123.00s", head())
	s.Scenario.Name = strings.Repeat("n", 30)
	line = strings.Repeat("n", 23) + "…   3 × m5.large · 10 tasks · 30m · seed 1"
	assert.True(t, strings.HasPrefix(head(), line), "how many services there are is seen below: %s", head())
	s.Scenario.About = "100 × m5.24xlarge, 20 × c7gn.metal-48xl, Fargate, 1 service"
	assert.Equal(t, []string{
		strings.Repeat("n", 23) + "…   100 × m5.24xlarge · 20 × c7gn.metal-48xl ·    123.00s",
		"   Fargate · 10 tasks · 30m · seed 1",
	}, strings.Split(head(), "\n"))
}

func TestSeedsInFewWords(t *testing.T) {
	s := &Summary{Scenario: ScenarioSummary{Seed: 7}}
	assert.Equal(t, "seed 7", seeds(s))
	for _, c := range []struct {
		seeds []uint64
		want  string
	}{{nil, "seed 7"}, {[]uint64{9}, "seed 9"}, {[]uint64{1, 2, 3}, "seeds 1–3"}, {[]uint64{1, 2, 5}, "3 seeds of 1–5"}} {
		s.Replications = &Replications{Seeds: c.seeds}
		assert.Equal(t, c.want, seeds(s))
	}
}

func TestWhyFitsItsColumn(t *testing.T) {
	mixed := "memory on 2, memberOf on 4 of 6"
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{mixed, 31, mixed},
		{mixed, 30, "memory 2, memberOf 4 of 6"},
		{mixed, 20, "memory 2, memberOf …"},
		{"Fargate vCPU quota, 1,065 times", 31, "Fargate vCPU quota, 1,065 times"},
		{"Fargate vCPU quota, 1,065 times", 30, "Fargate vCPU quota"},
		{"Fargate vCPU quota, 1,065 times", 17, "vCPU quota"},
		{"Fargate launch rate", 18, "launch rate"},
	} {
		assert.Equal(t, c.want, fitWhy(c.text, c.width))
	}
}

// Where the reasons differ they are told in the order of the tests.
func TestWhyNamesEveryReason(t *testing.T) {
	for _, c := range []struct {
		by   map[placement.Reason]int32
		want string
	}{
		{map[placement.Reason]int32{placement.MemberOf: 4, placement.NoMemory: 2}, "memory on 2, memberOf on 4 of 6 instances"},
		{map[placement.Reason]int32{placement.MemberOf: 6}, "memberOf on 6 of 6 instances"},
		{map[placement.Reason]int32{placement.NoENI: 6}, "RESOURCE:ENI on 6 of 6 instances"},
		{map[placement.Reason]int32{placement.NoENI: 1, placement.NoGPU: 2, placement.Agent: 2, placement.PortInUse: 1},
			"agent on 2, ports on 1, ENI on 1, GPU on 2 of 6 instances"},
	} {
		cfg := firstConfig(t)
		s := newScript(t, cfg, 1, RecorderOptions{})
		for range 6 {
			s.join("main", cfg.Fleets[0].Type, 0)
		}
		s.refuse(s.create("web", demandOf(taskdef.Needs{CPU: 256})), c.by)
		assert.Equal(t, c.want, s.end(time.Minute, sim.Reached).Owners[0].Why)
	}
}

// A figure that no seed changes needs no interval, however few the seeds are.
func TestFewEqualSeedsNeedNoMoreSeeds(t *testing.T) {
	var set Set
	for seed := uint64(1); seed <= 3; seed++ {
		set.Records = append(set.Records, first(t, seed, RecorderOptions{}, sim.Reached))
	}
	s := Summarise(set)
	text := s.Terminal(TerminalOptions{})
	assert.Contains(t, text, "all equal")
	assert.NotContains(t, text+string(s.Markdown()), "need ")
	assert.NotContains(t, text, "Student")

	set.Records, set.Planned = set.Records[:1], 3
	text = Summarise(set).Terminal(TerminalOptions{})
	assert.NotContains(t, text, "all equal", "one seed is equal to nothing")
	assert.Contains(t, text, "need >= 6 seeds")
}

func TestManyOwnersHaveNoRowOverSeeds(t *testing.T) {
	s := Summarise(Set{Records: []*Record{mixed(t, 1, RecorderOptions{}), mixed(t, 2, RecorderOptions{})}})
	assert.Contains(t, s.Terminal(TerminalOptions{}), "services.web.running")
	assert.Contains(t, s.Terminal(TerminalOptions{}), "jobs.thumbs.refused_fraction")
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		s.Jobs[name] = JobSummary{}
	}
	assert.NotContains(t, s.Terminal(TerminalOptions{}), "services.web.running")
}

// burst brings 150 Fargate tasks at once, to which Fargate's launch rate applies.
func burst(t *testing.T, change func(*model.Config)) *Record {
	cfg := firstConfig(t)
	cfg.Quotas = model.DefaultQuotas()
	cfg.Services[0].DesiredCount = 150
	cfg.Services[0].Launch = model.Fargate
	change(cfg)
	r := NewRecorder(cfg, 1, RecorderOptions{})
	model.NewWorld(cfg, 1, r).Run(context.Background())
	return r.Record()
}

func TestTheLaunchRateIsABottleneck(t *testing.T) {
	r := burst(t, func(cfg *model.Config) { cfg.Fleets = nil })
	s := Summarise(Set{Records: []*Record{r}})
	assert.Equal(t, &BottleneckSummary{
		Resource: "fargate_launch_rate", Scope: "account", Reason: "Fargate launch rate",
		Sentence: "Fargate starts 100 tasks at once and then 20 a second; web/101 waits for its turn",
	}, s.FirstBottleneck)
	assert.Equal(t, int64(50), s.Totals.Throttled)
	assert.Equal(t, int64(50), s.Services["web"].Throttled)
	assert.Equal(t, "Fargate launch rate", s.Services["web"].Why)
	assert.Empty(t, s.Failures, "nothing has failed")
	assert.Zero(t, s.Totals.Failures)
	assert.Contains(t, s.Terminal(TerminalOptions{}), `
FIRST BOTTLENECK  fargate_launch_rate at 00:00:00 — Fargate starts 100 tasks at
                  once and then 20 a second; web/101 waits for its turn
`)

	r = burst(t, func(cfg *model.Config) { cfg.Warmup = time.Second })
	assert.Nil(t, r.Bottleneck, "the delays are told when they begin, in the warm-up")
	assert.Equal(t, int64(50), r.Totals.Throttled)
	assert.Zero(t, r.Owners[0].Throttled)
	assert.Empty(t, r.Owners[0].Why)

	r = burst(t, func(cfg *model.Config) { cfg.Quotas.FargateLaunchBurst, cfg.Quotas.FargateLaunchRate = 1, 0.5 })
	assert.Equal(t, "Fargate starts 1 task at once and then 0.5 a second; web/2 waits for its turn", r.Bottleneck.Sentence)
	r = burst(t, func(cfg *model.Config) { cfg.Quotas.FargateLaunchBurst = 0 })
	assert.Equal(t, "Fargate starts 20 tasks a second; web/1 waits for its turn", r.Bottleneck.Sentence)
	r = burst(t, func(cfg *model.Config) { cfg.Quotas.FargateVCPU = 30 })
	assert.Equal(t, "fargate_launch_rate", r.Bottleneck.Resource)
	assert.Equal(t, "Fargate vCPU quota", r.Owners[0].Why, "a refusal says more than a delay")
}

func TestAThrottledLaunchAllocatesNothing(t *testing.T) {
	cfg := firstConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	task := s.create("web", demandOf(taskdef.Needs{CPU: 256}))
	s.r.LaunchThrottled(0, task, time.Second) // the first makes the bottleneck
	assert.Zero(t, testing.AllocsPerRun(1000, func() { s.r.LaunchThrottled(0, task, time.Second) }))
}

// The column FAILED is there if a task failed to start, and only then.
func TestFailedStartsAreShown(t *testing.T) {
	cfg := firstConfig(t)
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.join("main", cfg.Fleets[0].Type, 0)
	i.DynamicRange.First, i.DynamicRange.Last = 40000, 40001
	d := demandOf(taskdef.Needs{CPU: 256, Memory: 512, DynamicPorts: 1})
	s.place(s.create("web", d), i, -1)
	assert.NotContains(t, Summarise(Set{Records: []*Record{s.end(time.Minute, sim.Reached)}}).Terminal(TerminalOptions{}), "FAILED")

	s = newScript(t, cfg, 1, RecorderOptions{})
	s.join("main", cfg.Fleets[0].Type, 0)
	late := s.at(time.Minute).create("web", d)
	s.place(late, i, -1)
	s.stop(late, model.TaskFailedToStart, "a host port is unavailable")
	r := s.end(time.Hour, sim.Reached)
	assert.Equal(t, "main/1 has no host port of 40000 to 40001 left for a task of web", r.Bottleneck.Sentence)
	assert.Equal(t, "ports", bottleneckName(r.Bottleneck.Resource, r.Bottleneck.Scope))
	sum := Summarise(Set{Records: []*Record{r}})
	assert.Equal(t, int64(1), sum.Services["web"].FailedToStart)
	assert.Equal(t, []FailureSummary{{Reason: "HostPortUnavailable", Service: "web", Count: 1, FirstAt: 60}}, sum.Failures)
	assert.Contains(t, sum.Terminal(TerminalOptions{}), `
SERVICE  DESIRED  RUNNING  NEVER PLACED  FAILED  WAIT p95  WHY
web           10        0             0       1         –  no free host port
`)
}
