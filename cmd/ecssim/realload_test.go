package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Demand that nobody of this project drew: two weeks and 35 minutes of a load balancer's requests, every five minutes, and four days of a
// web server's, every second. Each drives a service with target tracking on an Auto Scaling group, and on Fargate.

const (
	onGroup = `capacity_provider = "asg"
placement_strategy = "binpack-memory"
[capacity_providers.asg]
type = "m6i.large"
min_size = 1
max_size = 60
managed_termination_protection = "ENABLED"`
	onFargate = `launch_type = "FARGATE"`
)

// driven is a scenario with a service under a load.
func driven(duration, where, trace, perUnit string) string {
	mode := "bridge"
	if where == onFargate {
		mode = "awsvpc"
	}
	return lines(`schema = 1`, `name = "real"`, `duration = "`+duration+`"`,
		`[services.web]`, `task = { cpu = 512, memory = 1024, network_mode = "`+mode+`" }`, `desired_count = 4`, where,
		`[services.web.scaling]`, `min_capacity = 2`, `max_capacity = 400`,
		`target_tracking = [{ metric = "CPUUtilization", target = 60 }]`,
		`[services.web.load]`, `cpu_per_unit = `+perUnit, trace)
}

type loadFile struct {
	Services map[string]struct {
		Load struct {
			Offered, Served, Dropped float64
			Peak                     float64 `json:"peak_per_s"`
		}
		Scaling struct {
			Out      int64 `json:"decisions_out"`
			Episodes int64
		}
	}
}

func TestRealLoadDrivesServices(t *testing.T) {
	requests := `trace = { csv = ` + quote("%s", realData(t, "load", "nab_elb_request_count_8c0756.csv")) +
		`, time = "timestamp", value = "value", unit = "per step", scale = 500 }`
	seconds := `trace = { list = ` + quote("%s", realData(t, "load", "nasa_http_1995_requests_per_second.txt.gz")) +
		`, step = "1s", resample = "1m", scale = 100 }`
	for _, c := range []struct {
		name, duration, trace, perUnit string
		sum                            float64 // of all requests, added up here
	}{
		{"load balancer", "15d", requests, "12", 500 * sumOfColumn(t, realData(t, "load", "nab_elb_request_count_8c0756.csv"), "value")},
		{"web server", "4d", seconds, "12", 100 * sumOfList(t, realData(t, "load", "nasa_http_1995_requests_per_second.txt.gz"), 4*24*3600)},
	} {
		for where, how := range map[string]string{"EC2": onGroup, "Fargate": onFargate} {
			t.Run(c.name+" on "+where, func(t *testing.T) {
				r := play(t, driven(c.duration, how, c.trace, c.perUnit), "-q")
				var s loadFile
				text, err := os.ReadFile(filepath.Join(r.folder, "summary.json"))
				require.NoError(t, err)
				require.NoError(t, json.Unmarshal(text, &s))
				web := s.Services["web"]
				require.InEpsilon(t, c.sum, web.Load.Offered, 1e-6, "every request of the file arrives")
				require.LessOrEqual(t, web.Load.Served+web.Load.Dropped, web.Load.Offered*(1+1e-9))
				require.Greater(t, web.Load.Served, 0.85*web.Load.Offered, "and most are served")
				require.Greater(t, web.Scaling.Out, int64(10))
				require.Positive(t, web.Scaling.Episodes)
				checkLags(t, r.folder, where)
				for _, name := range []string{"scaling", "lags"} {
					for _, kind := range []string{".svg", ".png"} {
						require.FileExists(t, filepath.Join(r.folder, "plots", name+kind))
					}
				}
			})
		}
	}
}

// checkLags adds up the parts of every wait for enough tasks.
func checkLags(t *testing.T, folder, where string) {
	t.Helper()
	table, err := readCSV(filepath.Join(folder, "data", "lags.csv"))
	require.NoError(t, err)
	require.NotEmpty(t, table.rows)
	booted := 0
	for _, row := range table.rows {
		sum := 0.0
		for _, part := range []string{
			"detection_s", "decision_s", "capacity_s", "boot_s", "placement_s", "pull_s", "start_s", "health_s",
		} {
			v := table.number(row, part)
			require.GreaterOrEqual(t, v, 0.0)
			sum += v
		}
		require.InDelta(t, table.number(row, "total_s"), sum, 1e-4)
		if table.number(row, "boot_s") > 0 {
			booted++
		}
	}
	require.Equal(t, where == "EC2", booted > 0, "only instances boot")
}

func sumOfColumn(t *testing.T, file, column string) (sum float64) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	at := 0
	for rows[0][at] != column {
		at++
	}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[at], 64)
		require.NoError(t, err)
		sum += v
	}
	return sum
}

// sumOfList is the sum of the first n numbers of a file of them.
func sumOfList(t *testing.T, file string, n int) (sum float64) {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	require.NoError(t, err)
	words := bufio.NewScanner(io.Reader(unpacked))
	words.Split(bufio.ScanWords)
	for range n {
		require.True(t, words.Scan())
		v, err := strconv.ParseFloat(words.Text(), 64)
		require.NoError(t, err)
		sum += v
	}
	return sum
}
