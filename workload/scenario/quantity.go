package scenario

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ecssim/model/taskdef"
)

const rateExamples = `"30/min", "0.5/s", "5/h", or a plain number a second`

// rateOf reads a rate as a number a second.
func (r *reader) rateOf(n *node, p path) (float64, bool) {
	if n.kind != aString {
		if n.kind != anInteger && n.kind != aFloat {
			r.add(wrongType(n, p, "a rate", p[len(p)-1]+` = "30/min"`))
			return 0, false
		}
		return r.numberOf(n, p)
	}
	amount, per, ok := strings.Cut(n.text, "/")
	v, err := strconv.ParseFloat(strings.TrimSpace(amount), 64)
	seconds := map[string]float64{
		"ms": 0.001, "s": 1, "sec": 1, "second": 1, "min": 60, "m": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400,
	}[strings.TrimSpace(per)]
	if !ok || err != nil || seconds == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		r.fail("E034", n.at, fmt.Sprintf("`%s` is not a rate: %q", p, n.text), "", "write "+rateExamples)
		return 0, false
	}
	return v / seconds, true
}

// sizeOf reads CPU units or MiB: an integer, or a string such as "0.5 vCPU" or "1 GB".
func (r *reader) sizeOf(n *node, p path, parse func(string) (int, error)) (int, bool) {
	switch n.kind {
	case anInteger:
		v, ok := r.wholeOf(n, p, 0, mostSize)
		return int(v), ok
	case aString:
		v, err := parse(n.text)
		if err != nil {
			r.fail("E034", n.at, fmt.Sprintf("`%s`: %v", p, err), "")
		}
		return v, err == nil
	default:
		example := p[len(p)-1] + ` = 512, or "1 GB" for memory, "0.5 vCPU" for cpu`
		r.add(wrongType(n, p, "an integer or a size with its unit", example))
		return 0, false
	}
}

// mostSize of CPU units or MiB: far above any machine, far below an overflow.
const mostSize = 1 << 30

// cpu and memory read optional sizes; 0 means absent.
func (t *table) cpu(key string) int    { return t.size(key, taskdef.ParseCPU) }
func (t *table) memory(key string) int { return t.size(key, taskdef.ParseMemory) }

func (t *table) size(key string, parse func(string) (int, error)) int {
	n := t.get(key)
	if n == nil {
		return 0
	}
	v, _ := t.r.sizeOf(n, t.p.join(key), parse)
	return v
}

func (r *reader) cpuOf(n *node, p path) (int64, bool) {
	v, ok := r.sizeOf(n, p, taskdef.ParseCPU)
	return int64(v), ok
}

func (r *reader) memoryOf(n *node, p path) (int64, bool) {
	v, ok := r.sizeOf(n, p, taskdef.ParseMemory)
	return int64(v), ok
}
