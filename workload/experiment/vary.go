package experiment

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// mostValues an axis can have: more are a slip of the pen.
const mostValues = 100_000

// ParseVary reads what follows --vary: PATH=a,b,c, or a range PATH=LO..HI, or one in steps PATH=LO..HI/STEP. Commas
// inside quotes, brackets and braces do not divide, so that lists and tables can be values.
func ParseVary(text string) (Axis, error) {
	path, values, ok := cutPath(text)
	switch {
	case !ok:
		return Axis{}, fmt.Errorf("%q is not PATH=VALUES; write for example services.web.desired_count=4,8,12, or instances.main.count=2..20", text)
	case path == "" || slices.Contains(Keys(path), ""):
		return Axis{}, fmt.Errorf("%q has no path before its =; a path is the keys joined by dots: services.web.desired_count", text)
	case strings.TrimSpace(values) == "":
		return Axis{}, fmt.Errorf("%q has no values after its =; write for example %s=1,2,3", text, path)
	}
	a := Axis{Path: path}
	if low, high, step, ok := cutRange(values); ok {
		var err error
		if a.Values, err = span(low, high, step); err != nil {
			return Axis{}, fmt.Errorf("the range %s of `%s` %w", strings.TrimSpace(values), path, err)
		}
		return a, nil
	}
	var err error
	if a.Values, err = divide(values); err != nil {
		return Axis{}, fmt.Errorf("the values of `%s`: %w", path, err)
	}
	for i, v := range a.Values {
		if v == "" {
			return Axis{}, fmt.Errorf("the values of `%s`: number %d is empty; a comma too many?", path, i+1)
		}
		if slices.Contains(a.Values[:i], v) {
			return Axis{}, fmt.Errorf("the values of `%s`: %s is there twice", path, v)
		}
	}
	return a, nil
}

// cutPath divides at the first = outside of quotes.
func cutPath(text string) (path, values string, ok bool) {
	quote := byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '=':
			return strings.TrimSpace(text[:i]), text[i+1:], true
		}
	}
	return "", "", false
}

// outside goes through what stands outside of quotes, and returns the quote that is not closed, or 0.
func outside(text string, one func(i int, c byte)) (quote byte) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0:
			one(i, c)
		case c == '\\' && quote == '"':
			i++
		case c == quote:
			quote = 0
		}
	}
	return quote
}

// divide splits at commas outside of quotes, brackets and braces.
func divide(text string) (values []string, err error) {
	var open []byte
	from := 0
	quote := outside(text, func(i int, c byte) {
		switch c {
		case '[':
			open = append(open, ']')
		case '{':
			open = append(open, '}')
		case ']', '}':
			if n := len(open); n == 0 || open[n-1] != c {
				err = fmt.Errorf("%q closes what was not opened", c)
				return
			}
			open = open[:len(open)-1]
		case ',':
			if len(open) == 0 {
				values = append(values, strings.TrimSpace(text[from:i]))
				from = i + 1
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case quote != 0:
		return nil, fmt.Errorf("a %q is not closed", quote)
	case len(open) > 0:
		return nil, fmt.Errorf("a %q is missing at the end", open[len(open)-1])
	}
	return append(values, strings.TrimSpace(text[from:])), nil
}

// cutRange recognises LO..HI and LO..HI/STEP. A value that has two dots and no numbers around them is a word.
func cutRange(text string) (low, high, step *big.Rat, ok bool) {
	from, to, found := strings.Cut(text, "..")
	if !found {
		return nil, nil, nil, false
	}
	to, by, stepped := strings.Cut(to, "/")
	if !stepped {
		by = "1"
	}
	low, lowOK := decimal(from)
	high, highOK := decimal(to)
	step, stepOK := decimal(by)
	return low, high, step, lowOK && highOK && stepOK
}

// decimal reads a number as people write it; fractions and exponents are none of a range.
func decimal(text string) (*big.Rat, bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789.-_") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(strings.ReplaceAll(text, "_", ""))
}

// span counts from low to high. The arithmetic is exact: 0.1 .. 0.3 in steps of 0.1 are three values.
func span(low, high, step *big.Rat) ([]string, error) {
	switch {
	case step.Sign() <= 0:
		return nil, fmt.Errorf("needs a step above 0")
	case low.Cmp(high) > 0:
		return nil, fmt.Errorf("goes down; write the smaller end first")
	}
	count := new(big.Rat).Quo(new(big.Rat).Sub(high, low), step)
	if count.Cmp(big.NewRat(mostValues-1, 1)) > 0 {
		return nil, fmt.Errorf("has more than %d values; take a larger step", mostValues)
	}
	places := max(digits(low), digits(step))
	var values []string
	for v := new(big.Rat).Set(low); v.Cmp(high) <= 0; v.Add(v, step) {
		values = append(values, v.FloatString(places))
	}
	return values, nil
}

// digits behind the point that a number needs.
func digits(v *big.Rat) int {
	n, _ := v.FloatPrec()
	return n
}
