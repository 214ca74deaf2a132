package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	bytesExamples    = `"350 MB", "2 GB", or with binary units "1 GiB"`
	byteRateExamples = `"50 MB/s", "100 MiB/s", "10 Gbit/s", or "unlimited"`
)

// mostImage bytes of one image or layer: far above any, far below an overflow of their sum.
const mostImage = 1e15

// unlimited is a speed that never makes anybody wait.
const unlimited = "unlimited"

// byteUnits are the units of sizes: decimal as registries show them, binary with an i.
var byteUnits = map[string]float64{
	"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
}

// bitUnits are what networks are measured in besides.
var bitUnits = map[string]float64{"kbit": 1e3 / 8, "Mbit": 1e6 / 8, "Gbit": 1e9 / 8}

// amount reads a number with a unit.
func amount(s string, units map[string]float64) (float64, bool) {
	s = strings.TrimSpace(s)
	end := strings.LastIndexAny(s, "0123456789.") + 1
	of := units[strings.TrimSpace(s[end:])]
	v, err := strconv.ParseFloat(strings.TrimSpace(s[:end]), 64)
	return v * of, err == nil && of > 0 && !math.IsNaN(v)
}

// bytesOf reads a size. Without its unit nobody knows whether 350 are bytes or megabytes.
func (r *reader) bytesOf(n *node, p path) (int64, bool) {
	if n.kind != aString {
		r.add(wrongType(n, p, "a size with its unit", p[len(p)-1]+` = "350 MB"`))
		return 0, false
	}
	v, ok := amount(n.text, byteUnits)
	switch {
	case !ok:
		r.fail("E034", n.at, fmt.Sprintf("`%s` is not a size: %q", p, n.text), "", "write "+bytesExamples)
		return 0, false
	case v < 1 || v > mostImage:
		r.fail("E032", n.at, fmt.Sprintf("`%s` is out of range: %s", p, n.text), "it can be 1 B to 1000 TB")
		return 0, false
	}
	return int64(math.Round(v)), true
}

// byteRateOf reads a speed in bytes a second; 0 stands for no limit.
func (r *reader) byteRateOf(n *node, p path) (float64, bool) {
	if n.kind != aString {
		r.add(wrongType(n, p, "a speed with its unit", p[len(p)-1]+` = "50 MB/s"`))
		return 0, false
	}
	if n.text == unlimited {
		return 0, true
	}
	text, per, found := strings.Cut(n.text, "/")
	v, ok := amount(text, byteUnits)
	if !ok {
		v, ok = amount(text, bitUnits)
	}
	switch {
	case !ok || !found || strings.TrimSpace(per) != "s":
		r.fail("E034", n.at, fmt.Sprintf("`%s` is not a speed: %q", p, n.text), "", "write "+byteRateExamples)
		return 0, false
	case v < 1 || v > mostImage:
		r.fail("E032", n.at, fmt.Sprintf("`%s` is out of range: %s", p, n.text), "it can be 1 B/s to 1000 TB/s")
		return 0, false
	}
	return v, true
}

// byteRate reads an optional speed; standard is how the default is written.
func (t *table) byteRate(key, standard string) float64 {
	if t.get(key) == nil {
		t.fill(key, &node{kind: aString, text: standard})
	}
	v, _ := t.r.byteRateOf(t.get(key), t.p.join(key))
	return v
}
