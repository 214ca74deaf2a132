package arrivals

import (
	"fmt"

	"ecssim/workload/diag"
)

// problems keeps the first problems of a file and counts the others.
type problems struct {
	list   []diag.Diagnostic
	hidden int64
	next   diag.Position // of the first that is hidden
}

func (p *problems) add(d diag.Diagnostic) {
	if len(p.list) < mostProblems {
		p.list = append(p.list, d)
		return
	}
	if p.hidden == 0 {
		p.next = d.At
	}
	p.hidden++
}

// note explains the problem that was just added.
func (p *problems) note(text string) {
	if p.hidden == 0 {
		last := &p.list[len(p.list)-1]
		last.Notes = append(last.Notes, text)
	}
}

// any reports whether the file is refused.
func (p *problems) any() bool { return len(p.list) > 0 }

// all is what to tell the user.
func (p *problems) all() []diag.Diagnostic {
	if p.hidden == 0 {
		return p.list
	}
	plural := "s"
	if p.hidden == 1 {
		plural = ""
	}
	return append(p.list, diag.Diagnostic{
		Code: codeMore, At: p.next,
		Message: fmt.Sprintf("%s more problem%s in this file, from here on", grouped(p.hidden), plural),
	})
}
