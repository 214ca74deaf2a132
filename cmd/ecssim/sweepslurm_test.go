package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ecssim/report"
)

// slurm skips a test where there is no Slurm, unless ECSSIM_SLURM says that there has to be one: .ci/run starts one.
func slurm(t *testing.T) {
	t.Helper()
	why := ""
	switch out, err := exec.Command("sinfo", "-h", "-o", "%t").CombinedOutput(); {
	case err != nil:
		why = "sinfo: " + err.Error() + " " + string(out)
	case strings.Contains(string(out), "down"), strings.Contains(string(out), "unk"):
		why = "the nodes are " + string(out)
	}
	if why == "" {
		return
	}
	if os.Getenv("ECSSIM_SLURM") != "" {
		t.Fatalf("ECSSIM_SLURM is set, and there is no Slurm: %s", why)
	}
	t.Skipf("no Slurm: %s", why)
}

// submit calls `ecssim sweep submit` as a program: the jobs start it again.
func submit(t *testing.T, ecssim, plan, dir string) (out string, err error) {
	t.Helper()
	text, err := exec.Command(ecssim, "sweep", "submit", plan, "--engine", "slurm", "-o", dir, "--wait").CombinedOutput()
	t.Logf("%s", text)
	return string(text), err
}

// TestSlurmArrayGivesTheSameBytes: eight shards as an array of jobs, and the merge behind them, give what one shard
// gives; where one of them fails, merge names it, and submitting again repeats that one alone and repairs it.
func TestSlurmArrayGivesTheSameBytes(t *testing.T) {
	slurm(t)
	want := map[string]string{}
	for name, text := range oneShard(t) {
		if name != "cells.parquet" {
			want[name] = text
		}
	}
	plan, dir, ecssim := planFleet(t, "8"), t.TempDir(), program(t)

	// A shard that cannot be written: a folder stands in its place.
	inTheWay := filepath.Join(dir, "shard-00005.journal")
	require.NoError(t, os.Mkdir(inTheWay, 0o700))
	out, err := submit(t, ecssim, plan, dir)
	require.Error(t, err)
	require.Contains(t, out, "shards 0-7")
	require.Contains(t, out, "shard 5 is missing of 8")
	require.NoFileExists(t, filepath.Join(dir, "cells.csv"))
	_, told := sweep(t, exitInternal, "merge", plan, dir)
	require.Contains(t, told, "shard 5 is missing of 8")
	require.Contains(t, told, "--array=5")

	require.NoError(t, os.Remove(inTheWay))
	out, err = submit(t, ecssim, plan, dir)
	require.NoError(t, err)
	require.Contains(t, out, "shards 5\n")
	for n := range 8 {
		require.FileExists(t, filepath.Join(dir, report.ShardFile(n)))
	}
	sameSweep(t, want, merged(t, dir))

	whole := t.TempDir()
	out, err = submit(t, ecssim, plan, whole)
	require.NoError(t, err)
	require.Contains(t, out, "shards 0-7")
	sameSweep(t, want, merged(t, whole))
}
