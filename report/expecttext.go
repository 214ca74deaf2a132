package report

import (
	"fmt"
	"strings"
)

// expectTable has a row for each expectation, and tells below it why nothing is known.
func expectTable(s *Summary) (*table, string) {
	t := &table{columns: []column{
		{title: "EXPECT", least: 8}, {title: ""}, {title: "EXPRESSION", least: 20, shorten: shortenExpression}, {title: "GOT", least: 8, right: true}, {title: "MARGIN", right: true, spare: true},
	}}
	several, dated := false, false
	for i := range s.Expect {
		several, dated = several || s.Expect[i].Seeds > 1, dated || s.Expect[i].At != nil
	}
	if several {
		t.columns[3].title = "WORST"
		t.columns = append(t.columns, column{title: "SEEDS", right: true})
	}
	t.columns = append(t.columns, column{title: "FIRST AT", spare: true})
	var notes []string
	for i := range s.Expect {
		e := &s.Expect[i]
		first := "–"
		if e.At != nil {
			first = clockOf(*e.At)
		}
		row := []string{clean(e.Name), e.verdict(), clean(e.Expression), e.got(), e.margin()}
		if several {
			row = append(row, fmt.Sprintf("%d of %d", e.Held, e.Seeds))
		}
		t.add(append(row, first)...)
		switch {
		case e.Note != "":
			notes = append(notes, clean(e.Name)+": "+clean(e.Note))
		case e.Decided != "":
			notes = append(notes, clean(e.Name)+": decided by "+clean(e.Decided))
		}
	}
	if !dated {
		t.drop("FIRST AT")
	}
	return t, strings.Join(notes, "\n")
}

// shortenExpression cuts a comparison within its parentheses, so that the threshold can be read.
func shortenExpression(text string, width int) string {
	at := strings.LastIndexByte(text, ')')
	if tail := text[at+1:]; at > 0 && length(tail) <= width/2 && strings.Count(text, "(") == 1 {
		return cut(text[:at], width-length(tail)-1) + ")" + tail
	}
	return cut(text, width)
}

func (e *Expectation) verdict() string {
	if e.OK {
		return "ok"
	}
	return "FAILED"
}

func (e *Expectation) got() string {
	switch v := e.Got.(type) {
	case nil:
		return "no data"
	case float64:
		if e.seconds {
			return spanOf(v)
		}
		return figure(v)
	}
	return clean(fmt.Sprint(e.Got))
}

// margin is how far from the threshold: + on the good side, − on the bad one.
func (e *Expectation) margin() string {
	switch {
	case e.Margin == nil:
		return "–"
	case e.seconds:
		return sign(*e.Margin) + spanOf(max(*e.Margin, -*e.Margin))
	}
	return sign(*e.Margin) + figure(max(*e.Margin, -*e.Margin))
}

func sign(x float64) string {
	switch {
	case x > 0:
		return "+"
	case x < 0:
		return "−"
	}
	return ""
}

// Sentence tells of an expectation in one line: what was expected, what was got, and since when.
func (e *Expectation) Sentence() string {
	text := e.Expression
	if e.FailOn {
		text = "must not be: " + text
	}
	switch {
	case e.Got == nil:
		return clean(text + ": " + e.Note)
	case e.Margin != nil && !e.OK && *e.Margin != 0:
		off := figure(max(*e.Margin, -*e.Margin))
		if e.seconds {
			off = spanOf(max(*e.Margin, -*e.Margin))
		}
		text += ": got " + e.got() + ", off by " + off
	default:
		text += ": got " + e.got()
	}
	if e.At != nil {
		text += ", first violated at " + clockOf(*e.At)
	}
	if e.Decided != "" {
		text += "; decided by " + e.Decided
	}
	if e.Seeds > 1 {
		text += fmt.Sprintf("; holds in %d of %d seeds, the worst is seed %d", e.Held, e.Seeds, e.Seed)
	}
	if e.Note != "" {
		text += "; " + e.Note
	}
	return clean(text)
}

func (t *terminal) expectations(s *Summary) {
	tab, remark := expectTable(s)
	var lines []string
	for _, note := range strings.Split(remark, "\n") {
		lines = append(lines, wrap(note, "", "  ", t.prose)...)
	}
	t.table(tab, strings.Join(lines, "\n"))
}

// Met says how many expectations there are and hold: 2 of 3 expectations met.
func (s *Summary) Met() string {
	met := 0
	for i := range s.Expect {
		if s.Expect[i].OK {
			met++
		}
	}
	return fmt.Sprintf("%d of %s met", met, plural(int64(len(s.Expect)), "expectation"))
}

func (s *Summary) markdownExpect() string {
	t, remark := expectTable(s)
	for i := range t.rows {
		if t.rows[i][1] == "FAILED" {
			t.rows[i][1] = "**failed**"
		}
	}
	return t.markdown(remark)
}
