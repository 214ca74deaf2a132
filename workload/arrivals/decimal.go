package arrivals

import "math/bits"

// decimal is a number as it is written: mantissa / 10^scale, scale at most 15. Sticky tells that non-zero digits
// beyond those were dropped, so that rounding up stays exact.
type decimal struct {
	mantissa         uint64
	scale            int
	negative, sticky bool
}

// reading is how the reading of a number ended.
type reading int

const (
	good reading = iota
	notANumber
	tooLarge // 10^19 or more
)

const (
	maxScale = 15
	maxKept  = 1_000_000_000_000_000_000 // mantissas below it take one digit more: 19 in all
)

// parseDecimal reads digits with an optional sign, point and exponent. It takes neither NaN nor infinity, nor the
// hexadecimal numbers and underscores that Go's own parser takes.
func parseDecimal(s string) (decimal, reading) {
	var d decimal
	s, d.negative = cutSign(s)
	exponent, digits, point := 0, false, false
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits = true
		kept := d.digit(c)
		if kept && point {
			exponent--
		} else if !kept && !point {
			exponent++
		}
	}
	if !digits {
		return d, notANumber
	}
	if i < len(s) {
		e, ok := parseExponent(s[i:])
		if !ok {
			return d, notANumber
		}
		exponent += e
	}
	return d.normal(exponent)
}

// cutSign takes the sign off a number.
func cutSign(s string) (rest string, negative bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:], s[0] == '-'
	}
	return s, false
}

// digit appends a digit, or drops it if there is no room.
func (d *decimal) digit(c byte) (kept bool) {
	if d.mantissa >= maxKept {
		d.sticky = d.sticky || c != '0'
		return false
	}
	d.mantissa = d.mantissa*10 + uint64(c-'0')
	return true
}

// parseExponent reads "e-5". Beyond five digits all exponents mean the same: too large, or nothing.
func parseExponent(s string) (int, bool) {
	if s[0] != 'e' && s[0] != 'E' {
		return 0, false
	}
	s, negative := cutSign(s[1:])
	e := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		e = min(e*10+int(c-'0'), 10_000_000)
	}
	if negative {
		e = -e
	}
	return e, s != ""
}

// normal brings mantissa * 10^exponent to the smallest scale.
func (d decimal) normal(exponent int) (decimal, reading) {
	if d.mantissa == 0 {
		return decimal{}, good
	}
	for exponent > 0 {
		if d.mantissa >= maxKept {
			return d, tooLarge
		}
		d.mantissa *= 10
		exponent--
	}
	for exponent < 0 && (d.mantissa%10 == 0 || exponent < -maxScale) {
		d.sticky = d.sticky || d.mantissa%10 != 0
		d.mantissa /= 10
		exponent++
		if d.mantissa == 0 {
			exponent = 0
		}
	}
	d.scale = -exponent
	return d, good
}

// whole reports whether the number has no fraction.
func (d decimal) whole() bool { return d.scale == 0 && !d.sticky }

// times is the number's size times num/den, rounded up, or to the nearest with halves up. It reports false where
// the result has more than 64 bits. Den is at most 1000.
func (d decimal) times(num, den uint64, up bool) (uint64, bool) {
	for range d.scale {
		den *= 10
	}
	hi, lo := bits.Mul64(d.mantissa, num)
	if hi >= den {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, den)
	if up && (rest > 0 || d.sticky) || !up && rest >= den-rest {
		q++
		return q, q > 0
	}
	return q, true
}
