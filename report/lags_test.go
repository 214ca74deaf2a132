package report

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ecssim/model"
	"ecssim/model/fleet"
	"ecssim/model/placement"
	"ecssim/model/taskdef"
	"ecssim/sim"
)

func TestTheWayOfTheLastTaskIsSplit(t *testing.T) {
	const none = model.Never
	s := func(parts ...int) (split Split) {
		for k, p := range parts {
			split[k] = time.Duration(p) * second
		}
		return split
	}
	at := func(n int) time.Duration {
		if n < 0 {
			return none
		}
		return time.Duration(n) * second
	}
	for _, c := range []struct {
		name                                        string
		alarmed, awaited, launched, registered      int
		placed, pulling, pulled, up, running, serve int
		want                                        Split
	}{
		// Begun at 0, decided at 10.
		{"there was room", 8, -1, 0, 0, 11, 15, 25, 26, 26, 40, s(8, 2, 0, 0, 5, 10, 1, 14)},
		{"an instance was launched for it", 8, 11, 30, 90, 90, 95, 105, 106, 106, 106, s(8, 2, 19, 60, 6, 10, 1, 0)},
		{"one was booting already", 8, 20, 15, 50, 50, 55, 60, 61, 61, 61, s(8, 2, 0, 30, 15, 5, 1, 0)},
		{"room came free where it is", 8, 20, 0, 0, 50, 55, 60, 61, 61, 61, s(8, 2, 30, 0, 15, 5, 1, 0)},
		{"nobody tells when the pull ended", 8, -1, 0, 0, 11, 15, -1, 26, 26, 40, s(8, 2, 0, 0, 5, 11, 0, 14)},
		{"ACTIVATING until it is healthy", 8, -1, 0, 0, 11, 15, 25, 26, 40, 40, s(8, 2, 0, 0, 5, 10, 1, 14)},
		{"no alarm was behind it", -1, -1, 0, 0, 11, 15, 25, 26, 26, 26, s(0, 10, 0, 0, 5, 10, 1, 0)},
		{"the alarm went on from before", -1, -1, 0, 0, 10, 10, 10, 10, 10, 10, s(0, 10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := &fleet.Instance{Launched: at(c.launched), Registered: at(c.registered)}
			task := &model.Task{
				Instance: i, Placed: at(c.placed), PullStarted: at(c.pulling), PullStopped: at(c.pulled), Running: at(c.running),
			}
			e := &liveTask{awaited: at(c.awaited), up: at(c.up)}
			got := split(0, at(c.alarmed), 10*second, at(c.serve), task, e)
			assert.Equal(t, c.want, got)
			assert.Equal(t, at(c.serve), got.Total())
		})
	}
}

// Whatever instants are told, the parts make the whole, and none is negative.
func TestThePartsOfALagMakeTheWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(name string) time.Duration { return time.Duration(rapid.Int64Range(-1, 1_000_000).Draw(rt, name)) }
		begin := max(0, draw("begin"))
		now := begin + max(0, draw("lasts"))
		task := &model.Task{
			Placed: draw("placed"), PullStarted: draw("pull"), PullStopped: draw("pulled"), Running: draw("running"),
		}
		if rapid.Bool().Draw(rt, "on an instance") {
			task.Instance = &fleet.Instance{Launched: draw("launched"), Registered: draw("registered")}
		}
		e := &liveTask{awaited: draw("awaited"), up: draw("up")}
		s := split(begin, draw("alarmed"), draw("decided"), now, task, e)
		if s.Total() != now-begin {
			rt.Fatalf("%v make %v, not %v", s, s.Total(), now-begin)
		}
		for p, d := range s {
			if d < 0 {
				rt.Fatalf("%v took %v", Phase(p), d)
			}
		}
	})
}

// plain is a service that nobody checks, on a group.
func plain(t *testing.T) (*script, func(cause int64) *model.Task, func(*model.Task)) {
	cfg := surgeConfig(t)
	cfg.Services[0].Task.Containers = nil
	cfg.Services[0].Scaling.Max = 100
	s := newScript(t, cfg, 1, RecorderOptions{})
	i := s.there()
	i.Has.CPU, i.Free.CPU = 1<<20, 1<<20
	s.r.clusters[0].cpu.resize(0, 1<<20)
	s.r.clusters[0].memory.resize(0, 1<<20)
	i.Free.Memory, i.Has.Memory = 1<<20, 1<<20
	d := demandOf(taskdef.Needs{CPU: 1, Memory: 1})
	first := s.deploy("web", 1, 1)
	want := func(cause int64) *model.Task { return s.want("web", first, d, cause) }
	serve := func(task *model.Task) {
		s.place(task, i, -1)
		s.run(task)
	}
	return s, want, serve
}

func (s *script) finishPlain() *Record {
	s.r.clusters[0].cpu.resize(s.now, -1<<20)
	return s.end(s.now, sim.Reached)
}

func TestScaleOutsThatFollowEachOtherAreOneEpisode(t *testing.T) {
	s, want, serve := plain(t)
	a := s.at(100*second).decides("web", outOf(4, 5, 60, 10*second, 90*second, 0), 1)
	first := want(a)
	b := s.at(160*second).decides("web", outOf(5, 6, 60, 10*second, 90*second, 0), 1)
	second2 := want(b)
	s.at(200 * second)
	serve(second2)
	s.at(230 * second)
	serve(first)
	r := s.finishPlain()
	require.Len(t, r.Episodes, 1)
	x := r.Episodes[0]
	assert.Equal(t, []int{2, 4, 6, 2}, []int{x.Decisions, x.From, x.To, x.Tasks})
	assert.Equal(t, []int64{1, a}, []int64{x.Task, x.Decision}, "the last to serve is the first that was wanted")
	assert.Equal(t, 220*second, x.Split.Total())
	near(t, (130+40)/2, r.Owners[0].Scaling.Lags.Effect.Seconds())
}

func TestWhileTheAlarmGoesOnAnEpisodeBeginsWhereTheLastOneEnded(t *testing.T) {
	s, want, serve := plain(t)
	for k := range 3 {
		s.at(time.Duration(100+100*k) * second)
		id := s.decides("web", outOf(4+k, 5+k, 60, 10*second, 90*second, 0), 1)
		task := want(id)
		s.at(s.now + 40*second)
		serve(task)
	}
	r := s.finishPlain()
	require.Len(t, r.Episodes, 3)
	for k, begin := range []int{10, 140, 240} {
		assert.Equal(t, time.Duration(begin)*second, r.Episodes[k].Begin)
	}
	l := r.Owners[0].Scaling.Lags
	assert.Equal(t, []int64{3, 0}, []int64{l.Episodes, l.Open})
	near(t, 100, l.Total.P50)
	near(t, 130, l.Worst.Total().Seconds())
	assert.Equal(t, 10*second, l.WorstAt)
	near(t, (130+100+100)/3.0, l.Mean.Total().Seconds())
}

func TestAnEpisodeEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		story    func(s *script, a, b *model.Task, serve func(*model.Task))
		complete bool
	}{
		{"when one task serves and the other has failed", func(s *script, a, b *model.Task, serve func(*model.Task)) {
			serve(a)
			s.place(b, s.instances[0], -1)
			s.at(300*second).stop(b, model.TaskFailedToStart, "CannotPullContainerError")
		}, true},
		{"not while one is missing", func(_ *script, a, _ *model.Task, serve func(*model.Task)) { serve(a) }, false},
		{"not if none ever served", func(s *script, a, b *model.Task, _ func(*model.Task)) {
			for _, task := range []*model.Task{a, b} {
				s.place(task, s.instances[0], -1)
				s.stop(task, model.TaskFailedToStart, "x")
			}
		}, false},
		{"when one that had served is gone again", func(s *script, a, b *model.Task, serve func(*model.Task)) {
			serve(a)
			s.stop(a, model.UserInitiated, "x")
			serve(b)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, want, serve := plain(t)
			id := s.at(100*second).decides("web", outOf(4, 6, 60, 10*second, 90*second, 0), 1)
			a, b := want(id), want(id)
			c.story(s.at(200*second), a, b, serve)
			r := s.at(400 * second).finishPlain()
			require.Len(t, r.Episodes, 1)
			assert.Equal(t, c.complete, r.Episodes[0].Complete())
			if c.complete {
				assert.Equal(t, 190*second, r.Episodes[0].Split.Total())
				return
			}
			assert.Zero(t, r.Episodes[0].Split.Total())
			assert.Equal(t, int64(1), r.Owners[0].Scaling.Lags.Open)
			assert.Nil(t, r.Owners[0].Scaling.Lags.Total)
		})
	}
}

// A service that gets fewer tasks than was wanted, since something takes the decision back, waits for no more.
func TestAScaleInEndsAnEpisodeWithTheTasksThatThereAre(t *testing.T) {
	s, want, serve := plain(t)
	id := s.at(100*second).decides("web", outOf(4, 6, 60, 10*second, 90*second, 0), 1)
	a := want(id)
	s.at(150 * second)
	serve(a)
	s.at(160*second).decides("web", outOf(6, 5, 30, 0, 0, 0), 1)
	r := s.at(400 * second).finishPlain()
	require.Len(t, r.Episodes, 1)
	assert.Equal(t, 140*second, r.Episodes[0].Split.Total())
}

func TestEpisodesOfTheWarmUpDoNotCount(t *testing.T) {
	cfg := surgeConfig(t)
	cfg.Warmup = 20 * time.Minute
	r := surgeWith(t, cfg, RecorderOptions{})
	assert.Len(t, r.Episodes, 1)
	v := r.Owners[0].Scaling
	assert.Equal(t, []int64{0, 0, 1, 0}, []int64{v.Lags.Episodes, v.Outs, v.Ins, v.Blocked})
	assert.Nil(t, v.Lags.Total)
	assert.Nil(t, r.Bottleneck)
	near(t, 60*8*320, r.Owners[0].Load.Offered)
}

// What is kept of episodes, decisions and datapoints is bounded.
func TestMemoryOfScalingIsBounded(t *testing.T) {
	s, want, serve := plain(t)
	s.r.scaling.log.limit = 100
	for k := range 3 * maxEpisodeRows / 2 {
		s.at(s.now + 3*time.Minute)
		id := s.decides("web", outOf(4, 5, 60, s.now-time.Minute, s.now, 0), float64(k))
		task := want(id)
		s.minute("web", model.LoadMinute{Offered: 1, CPU: 50})
		s.reserved(1, 1, 0)
		s.await(task, map[placement.Reason]int32{placement.NoCPU: 1})
		serve(task)
		s.stop(task, model.UserInitiated, "x")
		s.boot(0)
		s.dies(s.stranded[0])
	}
	assert.Empty(t, s.r.scaling.awaiting)
	assert.Empty(t, s.r.scaling.booting)
	for k := range s.r.scaling.loads[0].series {
		assert.LessOrEqual(t, len(s.r.scaling.loads[0].series[k].cells), s.r.line.Limit()+1)
	}
	r := s.finishPlain()
	assert.Len(t, r.Episodes, maxEpisodeRows)
	assert.Equal(t, int64(maxEpisodeRows/2), r.EpisodesLeft)
	assert.Equal(t, 100, r.Decisions.len())
	assert.LessOrEqual(t, len(s.r.scaling.log.last), 1)
	assert.LessOrEqual(t, len(r.Owners[0].Load.Levels[loadCPU]), s.r.line.Limit()+1)
}
