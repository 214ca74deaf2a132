package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ecssim/report"
)

// sweptFleet is the matrix of scenarios/sweep-fleet.toml, of a shorter day: 3 × 3 × 2 cells with 20 seeds each.
const sweptFleet = "../../scenarios/sweep-fleet.toml"

var sweptShort = []string{"--until", "1h"}

// sweep calls `ecssim sweep ARGS`, and wants an exit code.
func sweep(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	got := execute(context.Background(), streams{in: strings.NewReader(""), out: &out, err: &problems}, append([]string{"sweep"}, args...))
	require.Equal(t, code, got, "ecssim sweep %s\n%s", strings.Join(args, " "), problems.String())
	return out.String(), problems.String()
}

// planFleet plans the fleet in some shards.
func planFleet(t *testing.T, shards string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.json")
	sweep(t, exitOK, append([]string{"plan", sweptFleet, "-o", file, "--shards", shards, "-q"}, sweptShort...)...)
	return file
}

// merged are the files of a merged sweep, by name.
func merged(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := listFiles(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range files {
		if strings.HasPrefix(name, "shard-") || strings.HasPrefix(name, "logs/") || name == "plan.json" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		all[name] = string(text)
	}
	require.Contains(t, all, "cells.csv")
	require.Contains(t, all, "sweep.json")
	require.Contains(t, all, "plots/wait.png")
	return all
}

// sameSweep wants two merged sweeps to have the same files with the same bytes.
func sameSweep(t *testing.T, want, got map[string]string) {
	t.Helper()
	require.Len(t, got, len(want))
	for name, text := range want {
		require.True(t, text == got[name], "%s differs", name)
	}
}

// oneShard is the fleet as one shard.
func oneShard(t *testing.T) map[string]string {
	t.Helper()
	plan, dir := planFleet(t, "1"), t.TempDir()
	sweep(t, exitOK, "run", plan, "-o", dir, "-q")
	sweep(t, exitOK, "merge", plan, dir, "--parquet")
	return merged(t, dir)
}

// TestASweepIsTheSameHoweverItIsCut: as one shard, as eight, by two workers, by one, in one folder without a plan,
// interrupted and gone on with, and killed and gone on with.
func TestASweepIsTheSameHoweverItIsCut(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand runs")
	}
	want := oneShard(t)
	require.Equal(t, 361, strings.Count(want["cells.csv"], "\n"))

	t.Run("eight shards, one by one", func(t *testing.T) {
		plan, dir := planFleet(t, "8"), t.TempDir()
		for _, n := range []string{"3", "0", "7", "1", "2", "6", "4", "5"} {
			sweep(t, exitOK, "run", plan, "-o", dir, "--shard", n, "-j", "1", "-q")
		}
		sweep(t, exitOK, "merge", plan, dir, "--parquet")
		sameSweep(t, want, merged(t, dir))
	})
	t.Run("in one folder, interrupted in the middle", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "out")
		args := append([]string{sweptFleet, "-o", dir, "--parquet"}, sweptShort...)
		ctx, cancel := context.WithCancel(context.Background())
		stop := &stopAfter{lines: 9, stop: cancel}
		var problems bytes.Buffer
		code := execute(ctx, streams{in: strings.NewReader(""), out: stop, err: &problems}, append([]string{"sweep", "--format", "ndjson"}, args...))
		require.Equal(t, exitInterrupted, code)
		require.Contains(t, problems.String(), "of 360 runs are kept")
		require.NoFileExists(t, filepath.Join(dir, "cells.csv"))
		_, told := sweep(t, exitOK, args...)
		require.Contains(t, told, "of them there already")
		sameSweep(t, want, merged(t, dir))
	})
	t.Run("one shard, killed in the middle", func(t *testing.T) {
		plan, dir := planFleet(t, "1"), t.TempDir()
		killHalfWay(t, plan, dir)
		sweep(t, exitOK, "run", plan, "-o", dir, "-q")
		sweep(t, exitOK, "merge", plan, dir, "--parquet")
		sameSweep(t, want, merged(t, dir))
	})
}

// stopAfter interrupts when so many lines were written.
type stopAfter struct {
	lines int
	stop  func()
}

func (s *stopAfter) Write(p []byte) (int, error) {
	if s.lines -= bytes.Count(p, []byte{'\n'}); s.lines <= 0 {
		s.stop()
	}
	return len(p), nil
}

// killHalfWay starts a process that runs a plan, and kills it when a third of the runs are kept.
func killHalfWay(t *testing.T, plan, dir string) {
	t.Helper()
	c := exec.Command(program(t), "sweep", "run", plan, "-o", dir, "-j", "1", "-q")
	require.NoError(t, c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for {
		text, err := os.ReadFile(filepath.Join(dir, "shard-00000.journal"))
		if err == nil && bytes.Count(text, []byte{'\n'}) > 120 {
			require.NoError(t, c.Process.Kill())
			require.Error(t, <-ended)
			return
		}
		select {
		case err := <-ended:
			t.Fatalf("it ended before it could be killed: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
}

// program is this test as a program of its own: see TestMain. It is no link, since a program that starts itself again
// finds out where it really is.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ecssim")
	text, err := os.ReadFile(self)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o755)) //nolint:gosec // a program
	return file
}

// TestAMissingShardIsNamedAndMade: merge says which shard is missing and what makes it, and the repair gives the bytes
// that there would have been.
func TestAMissingShardIsNamedAndMade(t *testing.T) {
	plan, dir := planFleet(t, "8"), t.TempDir()
	sweep(t, exitOK, "run", plan, "-o", dir, "-q")
	sweep(t, exitOK, "merge", plan, dir)
	want := merged(t, dir)

	require.NoError(t, os.Remove(filepath.Join(dir, report.ShardFile(5))))
	_, told := sweep(t, exitInternal, "merge", plan, dir)
	require.Contains(t, told, "shard 5 is missing of 8; nothing was merged")
	require.Contains(t, told, "make it with: ecssim sweep run "+plan+" -o "+dir+" --shard 5   (on Slurm: --array=5)")
	sameSweep(t, want, merged(t, dir)) // earlier results are left as they were

	_, told = sweep(t, exitOK, "run", plan, "-o", dir)
	require.Contains(t, told, "360 runs, 315 of them there already")
	sweep(t, exitOK, "merge", plan, dir)
	sameSweep(t, want, merged(t, dir))
}

// TestWhatIsNoShardOfThisPlanIsRefused plays every way in which a folder can be wrong.
func TestWhatIsNoShardOfThisPlanIsRefused(t *testing.T) {
	plan, dir := planFleet(t, "8"), t.TempDir()
	sweep(t, exitOK, "run", plan, "-o", dir, "-q")
	shard := func(n int) string { return filepath.Join(dir, report.ShardFile(n)) }
	whole, err := os.ReadFile(shard(2))
	require.NoError(t, err)
	other, err := os.ReadFile(shard(3))
	require.NoError(t, err)

	another, elsewhere := filepath.Join(t.TempDir(), "plan.json"), t.TempDir()
	sweep(t, exitOK, "plan", sweptFleet, "-o", another, "--shards", "8", "--until", "50m", "--runs", "1", "-q")
	sweep(t, exitOK, "run", another, "-o", elsewhere, "-q", "--shard", "2")
	foreign, err := os.ReadFile(filepath.Join(elsewhere, report.ShardFile(2)))
	require.NoError(t, err)

	for name, c := range map[string]struct{ text, want string }{
		"cut off":           {string(whole[:len(whole)-7]), "it is damaged: its rows are not those that were written"},
		"cut off at a line": {string(whole[:bytes.LastIndexByte(whole[:len(whole)-1], '\n')+1]), "it is damaged"},
		"changed":           {strings.Replace(string(whole), `"complete":true`, `"complete":false`, 1), "it is damaged"},
		"empty":             {"", "its first line is not that of a shard"},
		"of another plan":   {string(foreign), "it belongs to another plan"},
		"a copy":            {string(other), "it holds shard 3 under the name of shard 2"},
		"another version":   {strings.Replace(string(whole), `"version":"`, `"version":"9`, 1), "was simulated by ecssim 9"},
		"another schema":    {strings.Replace(string(whole), `"schema_version":"1`, `"schema_version":"2`, 1), `it has schema "2.0"`},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(shard(2), []byte(c.text), 0o600))
			_, told := sweep(t, exitInternal, "merge", plan, dir)
			require.Contains(t, told, c.want)
			require.Contains(t, told, report.ShardFile(2))
			require.Contains(t, told, "nothing was merged")
			require.NoFileExists(t, filepath.Join(dir, "cells.csv"))
		})
	}
	require.NoError(t, os.WriteFile(shard(2), whole, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
	require.NoError(t, os.WriteFile(shard(9), whole, 0o600))
	_, told := sweep(t, exitOK, "merge", plan, dir)
	require.Contains(t, told, "not of this sweep, and left alone: notes.txt, shard-00009.ndjson")
}

// TestADamagedShardIsMadeAnewAndAForeignOneIsNot: what is ours and broken is repaired; somebody else's is theirs.
func TestADamagedShardIsMadeAnewAndAForeignOneIsNot(t *testing.T) {
	plan, dir := planFleet(t, "8"), t.TempDir()
	sweep(t, exitOK, "run", plan, "-o", dir, "-q", "--shard", "1")
	file := filepath.Join(dir, report.ShardFile(1))
	whole, err := os.ReadFile(file)
	require.NoError(t, err)

	require.NoError(t, os.WriteFile(file, whole[:len(whole)/2], 0o600))
	_, told := sweep(t, exitOK, "run", plan, "-o", dir, "--shard", "1")
	require.Contains(t, told, "it is made anew")
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(whole), string(again))

	other := strings.Replace(string(whole), `"plan":"`, `"plan":"0`, 1)
	require.NoError(t, os.WriteFile(file, []byte(other), 0o600))
	_, told = sweep(t, exitUsage, "run", plan, "-o", dir, "--shard", "1")
	require.Contains(t, told, "it belongs to another plan")
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, other, string(kept))
}

// TestTheShardIsThatOfTheEngine: --shard, else the variables in their order; how many there are is the plan's to say.
func TestTheShardIsThatOfTheEngine(t *testing.T) {
	plan := planFleet(t, "8")
	for _, name := range shardVariables {
		t.Setenv(name, "")
	}
	t.Setenv("SLURM_ARRAY_TASK_COUNT", "1")
	set := []struct{ name, shard string }{
		{"JOB_COMPLETION_INDEX", "4"}, {"AWS_BATCH_JOB_ARRAY_INDEX", "3"}, {"SLURM_ARRAY_TASK_ID", "2"}, {"ECSSIM_SHARD", "1"},
	}
	for _, s := range set {
		t.Setenv(s.name, s.shard)
		dir := t.TempDir()
		_, told := sweep(t, exitOK, "run", plan, "-o", dir)
		require.Contains(t, told, "shard "+s.shard+" of 8 ("+s.name+")")
		files, err := listFiles(dir)
		require.NoError(t, err)
		require.Equal(t, []string{"shard-0000" + s.shard + ".ndjson"}, files)
	}
	dir := t.TempDir()
	sweep(t, exitOK, "run", plan, "-o", dir, "-q", "--shard", "0")
	require.FileExists(t, filepath.Join(dir, report.ShardFile(0)))
	_, told := sweep(t, exitUsage, "run", plan, "-o", dir, "--shard", "8")
	require.Contains(t, told, `--shard is "8", and the plan has the shards 0 to 7`)
	t.Setenv("ECSSIM_SHARD", "x")
	_, told = sweep(t, exitUsage, "run", plan, "-o", dir)
	require.Contains(t, told, `ECSSIM_SHARD is "x"`)
}

// TestTwoSweepsDoNotWriteToOneFolder: the second says who is there; a lock whose process is gone is taken over.
func TestTwoSweepsDoNotWriteToOneFolder(t *testing.T) {
	dir := t.TempDir()
	host, err := os.Hostname()
	require.NoError(t, err)
	alive := quote("%s", host)
	args := append([]string{sweptFleet, "-o", dir, "--runs", "1"}, sweptShort...)
	lockFile := filepath.Join(dir, "sweep.lock")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plan.json"), []byte("{}"), 0o600))

	require.NoError(t, os.WriteFile(lockFile, []byte(`{"pid":1,"host":`+alive+`}`), 0o600))
	_, told := sweep(t, exitInternal, args...)
	require.Contains(t, told, "another sweep writes to "+dir+" by process 1 on "+host)

	require.NoError(t, os.WriteFile(lockFile, []byte(`{"pid":1,"host":"elsewhere"}`), 0o600))
	_, told = sweep(t, exitInternal, args...)
	require.Contains(t, told, "by process 1 on elsewhere; wait for it, or remove "+lockFile)

	gone := exec.Command("true")
	require.NoError(t, gone.Run())
	require.NoError(t, os.WriteFile(lockFile, []byte(quotePID(gone.Process.Pid, alive)), 0o600))
	_, told = sweep(t, exitOK, args...)
	require.Contains(t, told, "which is gone; going on")
	require.NoFileExists(t, lockFile)

	require.NoError(t, os.WriteFile(lockFile, []byte(quotePID(os.Getpid(), alive)), 0o600)) // a container that began again
	sweep(t, exitOK, args...)
	require.NoError(t, os.WriteFile(lockFile, []byte(`{"pid":1,"host":"elsewhere"}`), 0o600))
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(lockFile, long, long))
	sweep(t, exitOK, args...)
}

func quotePID(pid int, host string) string {
	return strings.NewReplacer("PID", quoteInt(pid), "HOST", host).Replace(`{"pid":PID,"host":HOST}`)
}

func quoteInt(n int) string { return strings.Trim(quote("%d", n), `"`) }

// TestAFullDiskIsNamedAndEarlierResultsStay writes into a file system of a few kilobytes.
func TestAFullDiskIsNamedAndEarlierResultsStay(t *testing.T) {
	plan, dir := planFleet(t, "8"), t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system: mount: %v: %s", err, out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", dir).Run()) })
	sweep(t, exitOK, "run", plan, "-o", dir, "-q", "--shard", "0")
	first, err := os.ReadFile(filepath.Join(dir, report.ShardFile(0)))
	require.NoError(t, err)

	_, told := sweep(t, exitInternal, "run", plan, "-o", dir, "-q")
	require.Contains(t, told, "writing "+dir)
	require.Contains(t, told, "no space left on device")
	again, err := os.ReadFile(filepath.Join(dir, report.ShardFile(0)))
	require.NoError(t, err)
	require.Equal(t, string(first), string(again))
	_, told = sweep(t, exitInternal, "merge", plan, dir)
	require.Contains(t, told, "missing of 8")
}
