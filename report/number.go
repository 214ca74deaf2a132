package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// round keeps six significant decimals behind the point at most: enough for money and seconds, and no noise such as
// 0.30000000000000004.
func round(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	if math.Abs(x) >= 1e9 {
		return math.Round(x)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 6, 64), 64)
	if err != nil {
		return x
	}
	return rounded + 0 // -0 becomes 0
}

// decimal writes a number with at most so many decimals, without an exponent and without zeros at the end.
func decimal(x float64, places int) string {
	s := strconv.FormatFloat(x, 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// inSeconds is a duration for JSON.
func inSeconds(d time.Duration) float64 { return round(d.Seconds()) }

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// amount writes a count for a narrow column: from ten million on in millions, from ten thousand millions on in G.
func amount(n int64) string {
	switch {
	case n >= 10_000_000_000:
		return decimal(float64(n)/1e9, 1) + "G"
	case n >= 10_000_000:
		return decimal(float64(n)/1e6, 1) + "M"
	}
	return thousands(n)
}

// clock writes an instant as 00:00:00, with the days in front if there are any.
func clock(d time.Duration) string {
	s := int64(d / time.Second)
	text := pad2(s/3600%24) + ":" + pad2(s/60%60) + ":" + pad2(s%60)
	if days := s / 86400; days > 0 {
		return strconv.FormatInt(days, 10) + "d " + text
	}
	return text
}

func pad2(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// clockOf is clock for seconds.
func clockOf(s float64) string { return clock(time.Duration(s * float64(time.Second))) }

// span writes a length of time as a person says it: 0.25s, 12s, 1m30s, 30m, 2h, 1d6h.
func span(d time.Duration) string {
	if d < time.Minute {
		s := d.Seconds()
		switch {
		case s == 0:
			return "0s"
		case s < 0.001:
			return "<1ms"
		case s < 1:
			return decimal(s*1000, 0) + "ms"
		case s < 10:
			return decimal(s, 1) + "s"
		}
		return decimal(s, 0) + "s"
	}
	d = d.Round(time.Second)
	parts := []struct {
		unit   string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	text, shown := "", 0
	for _, p := range parts {
		n := d / p.length
		d -= n * p.length
		if n > 0 && shown < 2 {
			text += strconv.FormatInt(int64(n), 10) + p.unit
			shown++
		} else if shown > 0 {
			break
		}
	}
	return text
}

// spanOf is span for seconds.
func spanOf(s float64) string { return span(time.Duration(s * float64(time.Second))) }

// percent writes a share as a whole percentage.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.005:
		return "<1 %"
	case share > 0.995 && share < 1:
		return ">99 %"
	}
	return strconv.FormatFloat(math.Round(share*100), 'f', 0, 64) + " %"
}

// dollars writes money: three decimals below ten dollars, cents above.
func dollars(usd float64) string {
	if usd < 10 {
		return "$" + strconv.FormatFloat(usd, 'f', 3, 64)
	}
	cents := strconv.FormatFloat(usd, 'f', 2, 64)
	whole, fraction, _ := strings.Cut(cents, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return "$" + cents
	}
	return "$" + thousands(n) + "." + fraction
}

// figure writes a mean or a measure for tables: as many decimals as a reader has use for.
func figure(x float64) string {
	switch {
	case math.Abs(x) >= 1e15:
		return strconv.FormatFloat(x, 'g', 4, 64)
	case x == math.Trunc(x) || math.Abs(x) >= 100:
		return amount(int64(math.Round(x)))
	case math.Abs(x) >= 1:
		return decimal(x, 2)
	}
	return decimal(x, 4)
}
