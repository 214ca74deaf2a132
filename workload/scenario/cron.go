package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// exprProblem is what is wrong with a schedule expression, and where, counted in characters from 1.
type exprProblem struct {
	column, length int
	message, help  string
}

const (
	cronHelp = "six fields: minutes, hours, day of the month, month, day of the week, year; one of the two days is ?: cron(0 8 ? * MON-FRI *)"
	rateHelp = "write a whole number with minutes, hours or days: rate(1 hour)"
	mostExpr = 256
)

// cronField is a field of a cron expression of AWS (Amazon EventBridge user guide, "Cron expressions reference").
type cronField struct {
	name      string
	low, high int
	names     []string // of the values from low on
	question  bool     // takes ?
}

var cronFields = [6]cronField{
	{name: "minutes", high: 59},
	{name: "hours", high: 23},
	{name: "day of the month", low: 1, high: 31, question: true},
	{name: "month", low: 1, high: 12, names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{name: "day of the week", low: 1, high: 7, names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}, question: true},
	{name: "year", low: 1970, high: 2199},
}

// The places of the two days among the fields.
const (
	monthDay = 2
	weekDay  = 4
)

// cronSet is what a field allows. L and # go beyond a set of values.
type cronSet struct {
	values [2200]bool
	any    bool // ?: the other day decides
	// last: L in the day of the month. For the day of the week, nth[d] has bit k for the kth such day of the month, and
	// bit 0 for the last one.
	last bool
	nth  [8]uint8
}

// cronSchedule is a parsed expression.
type cronSchedule struct{ fields [6]cronSet }

// parseCron reads cron(…), or the fields alone.
func parseCron(text string) (*cronSchedule, *exprProblem) {
	inner, column, problem := insideCall(text, "cron", cronHelp)
	if problem != nil {
		return nil, problem
	}
	fields, places := splitFields(inner, column)
	if len(fields) != len(cronFields) {
		found := fmt.Sprintf("there are %d fields", len(fields))
		if len(fields) == 1 {
			found = "there is 1 field"
		}
		return nil, &exprProblem{1, utf8.RuneCountInString(text), found + " and not 6", cronHelp}
	}
	c := &cronSchedule{}
	for i, f := range fields {
		if p := cronFields[i].parse(f, places[i], &c.fields[i]); p != nil {
			return nil, p
		}
	}
	if c.fields[monthDay].any == c.fields[weekDay].any {
		return nil, &exprProblem{
			places[weekDay], utf8.RuneCountInString(fields[weekDay]),
			"one of the day of the month and the day of the week is ?, the other is not", cronHelp,
		}
	}
	return c, nil
}

// insideCall strips the name and the parentheses; column is where the rest begins.
func insideCall(text, name, help string) (inner string, column int, problem *exprProblem) {
	if len(text) > mostExpr {
		return "", 0, &exprProblem{1, 1, fmt.Sprintf("it has more than %d characters", mostExpr), help}
	}
	rest, called := strings.CutPrefix(text, name+"(")
	if !called {
		return text, 1, nil
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed {
		return "", 0, &exprProblem{utf8.RuneCountInString(text), 1, "the closing parenthesis is missing", help}
	}
	return inner, len(name) + 2, nil
}

// splitFields splits at spaces; places are the columns of the fields.
func splitFields(text string, column int) (fields []string, places []int) {
	inField := false
	i := 0
	for _, r := range text {
		if r == ' ' || r == '\t' {
			inField = false
		} else {
			if !inField {
				fields, places = append(fields, ""), append(places, column+i)
			}
			inField = true
			fields[len(fields)-1] += string(r)
		}
		i++
	}
	return fields, places
}

// parse reads one field: values, ranges and steps, separated by commas.
func (f *cronField) parse(text string, column int, set *cronSet) *exprProblem {
	for _, part := range strings.Split(text, ",") {
		length := utf8.RuneCountInString(part)
		if message := f.part(part, set); message != "" {
			return &exprProblem{column, max(1, length), message, cronHelp}
		}
		column += length + 1
	}
	if set.any && text != "?" {
		return &exprProblem{column - 1, 1, fmt.Sprintf("? stands alone in the %s", f.name), cronHelp}
	}
	return nil
}

// part reads what stands between commas.
func (f *cronField) part(text string, set *cronSet) string {
	if done, message := f.special(text, set); done {
		return message
	}
	span, step, stepped := strings.Cut(text, "/")
	low, high, message := f.span(span, stepped)
	if message != "" {
		return message
	}
	every := 1
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 || n > f.high {
			return fmt.Sprintf("%q is not a step of the %s", step, f.name)
		}
		every = n
	}
	for v := low; v <= high; v += every {
		set.values[v] = true
	}
	return ""
}

// special reads what is no set of values: ?, L, and # with a number. W is not built.
func (f *cronField) special(text string, set *cronSet) (done bool, message string) {
	day, week := f.name == cronFields[monthDay].name, f.name == cronFields[weekDay].name
	switch {
	case text == "":
		return true, fmt.Sprintf("a value of the %s is empty", f.name)
	case text == "?" && f.question:
		set.any = true
		return true, ""
	case text == "?":
		return true, fmt.Sprintf("the %s does not take ?", f.name)
	case day && strings.Contains(text, "W"):
		return true, "W, the nearest weekday, is not built"
	case day && text == "L":
		set.last = true
		return true, ""
	case week && (strings.Contains(text, "#") || strings.HasSuffix(text, "L")):
		return true, f.nthDay(text, set)
	}
	return false, ""
}

// span reads *, a value, or a range. A value with a step goes on to the end.
func (f *cronField) span(text string, stepped bool) (low, high int, message string) {
	if text == "*" {
		return f.low, f.high, ""
	}
	first, last, isRange := strings.Cut(text, "-")
	low, ok := f.value(first)
	if !ok {
		return 0, 0, f.wrong(first)
	}
	switch {
	case isRange:
		if high, ok = f.value(last); !ok {
			return 0, 0, f.wrong(last)
		}
		if high < low {
			return 0, 0, fmt.Sprintf("the range %q of the %s goes backwards", text, f.name)
		}
	case stepped:
		high = f.high
	default:
		high = low
	}
	return low, high, ""
}

func (f *cronField) wrong(text string) string {
	return fmt.Sprintf("%q is not a value of the %s, which are %d to %d", text, f.name, f.low, f.high)
}

// value reads a number or a name.
func (f *cronField) value(text string) (int, bool) {
	for i, name := range f.names {
		if strings.EqualFold(name, text) {
			return f.low + i, true
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= f.low && n <= f.high && text[0] != '+'
}

// nthDay reads 6#3, the third Friday of the month, and 6L, the last one.
func (f *cronField) nthDay(text string, set *cronSet) string {
	if day, last := strings.CutSuffix(text, "L"); last {
		if text == "L" {
			day = "7"
		}
		d, ok := f.value(day)
		if !ok {
			return f.wrong(day)
		}
		set.nth[d] |= 1
		return ""
	}
	day, nth, _ := strings.Cut(text, "#")
	d, ok := f.value(day)
	k, err := strconv.Atoi(nth)
	switch {
	case !ok:
		return f.wrong(day)
	case err != nil || k < 1 || k > 5:
		return fmt.Sprintf("%q is not the number of a day of the week in a month, which are 1 to 5", nth)
	}
	set.nth[d] |= 1 << k
	return ""
}

// onDay reports whether the expression names a day.
func (c *cronSchedule) onDay(day time.Time) bool {
	year := day.Year()
	if year < cronFields[5].low || year > cronFields[5].high || !c.fields[5].values[year] || !c.fields[3].values[int(day.Month())] {
		return false
	}
	last := day.AddDate(0, 0, 1).Day() == 1
	if m := &c.fields[monthDay]; !m.any {
		return m.values[day.Day()] || m.last && last
	}
	w := &c.fields[weekDay]
	d := int(day.Weekday()) + 1
	lastOfKind := day.AddDate(0, 0, 7).Month() != day.Month()
	return w.values[d] || w.nth[d]&(1<<((day.Day()-1)/7+1)) != 0 || w.nth[d]&1 != 0 && lastOfKind
}

// instants are the times since start within a duration, at most so many. Times are UTC.
func (c *cronSchedule) instants(start time.Time, duration time.Duration, most int) []time.Duration {
	var list []time.Duration
	var minutes []int // of a day
	for minute := range 24 * 60 {
		if c.fields[1].values[minute/60] && c.fields[0].values[minute%60] {
			minutes = append(minutes, minute)
		}
	}
	end := start.Add(duration)
	for day := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC); day.Before(end); day = day.AddDate(0, 0, 1) {
		if !c.onDay(day) {
			continue
		}
		for _, minute := range minutes {
			at := day.Add(time.Duration(minute) * time.Minute).Sub(start)
			if at < 0 || at >= duration {
				continue
			}
			if list = append(list, at); len(list) >= most {
				return list
			}
		}
	}
	return list
}

// mostRate is the longest period of a rate.
const mostRate = 100 * 365

// parseRate reads rate(5 minutes), or its inside alone.
func parseRate(text string) (time.Duration, *exprProblem) {
	inner, column, problem := insideCall(text, "rate", rateHelp)
	if problem != nil {
		return 0, problem
	}
	fields, places := splitFields(inner, column)
	if len(fields) != 2 {
		return 0, &exprProblem{1, utf8.RuneCountInString(text), "a rate is a number and a unit", rateHelp}
	}
	n, err := strconv.Atoi(fields[0])
	if err != nil || n < 1 || n > mostRate*24*60 {
		return 0, &exprProblem{places[0], utf8.RuneCountInString(fields[0]), fmt.Sprintf("%q is not a whole number above 0", fields[0]), rateHelp}
	}
	unit, ok := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[strings.TrimSuffix(fields[1], "s")]
	if !ok || (n == 1) == strings.HasSuffix(fields[1], "s") {
		return 0, &exprProblem{
			places[1], utf8.RuneCountInString(fields[1]),
			fmt.Sprintf("%q is not a unit for %d", fields[1], n), "it is minute, hour or day for 1, and minutes, hours or days for more",
		}
	}
	if time.Duration(n) > longest/unit {
		return 0, &exprProblem{places[0], utf8.RuneCountInString(fields[0]), "it is longer than 100 years", rateHelp}
	}
	return time.Duration(n) * unit, nil
}
