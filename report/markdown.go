package report

import (
	"fmt"
	"strings"
)

// maxMarkdown is what a GitHub comment holds, with some room.
const maxMarkdown = 60_000

// Markdown is summary.md in GitHub's flavour, at most 60 kB: for a step summary or a comment on a pull request.
func (s *Summary) Markdown() []byte {
	var blocks []string
	block := func(text string) {
		if text != "" {
			blocks = append(blocks, text)
		}
	}
	block("## ecssim: " + markdownText(s.Scenario.Name))
	if !s.empty() {
		block(s.markdownHead())
	}
	block(s.markdownExpect())
	if s.Replications != nil && !s.empty() {
		block(s.markdownReplications())
	}
	for _, make := range []func(*Summary) (*table, string){
		serviceTable, jobTable, deploymentTable, faultTable, loadTable, scalingTable, lagTable, providerTable, resourceTable, failureTable,
	} {
		t, remark := make(s)
		block(t.markdown(remark))
	}
	if !s.empty() {
		block(s.markdownCost())
	}
	for _, n := range s.Notes {
		block("> " + markdownText(n))
	}
	return join(blocks)
}

// join puts blocks together as long as they fit, and says how many did not.
func join(blocks []string) []byte {
	const room = 200 // for the remark
	var b strings.Builder
	for i, block := range blocks {
		if b.Len()+len(block)+2 > maxMarkdown-room {
			fmt.Fprintf(&b, "… and %d more parts, left out to stay below 60 kB: see summary.json\n", len(blocks)-i)
			break
		}
		b.WriteString(block)
		b.WriteString("\n")
		if i < len(blocks)-1 {
			b.WriteString("\n")
		}
	}
	return []byte(b.String())
}

func (s *Summary) markdownHead() string {
	line := fmt.Sprintf("%s, %s, %s simulated, %s", markdownText(s.Scenario.About), tasks(s.Totals.Wanted),
		spanOf(s.Scenario.Duration), seeds(s))
	if b := s.FirstBottleneck; b != nil {
		line += fmt.Sprintf("\n\n**First bottleneck: %s** at %s: %s", markdownText(bottleneckName(b.Resource, b.Scope)),
			clockOf(b.At), markdownText(b.Sentence))
		if beside := b.beside(); beside != "" {
			line += " (" + beside + ")"
		}
		return line
	}
	line += "\n\n**No bottleneck**: every placement attempt found a place"
	if s.Trouble != "" {
		line += ", but " + markdownText(s.Trouble)
	}
	return line
}

func (s *Summary) markdownReplications() string {
	t, remark := replicationTable(s)
	return t.markdown(remark) + fmt.Sprintf("\n\nBelow: seed %d alone.", s.Scenario.Seed)
}

func (s *Summary) markdownCost() string {
	t := &table{columns: []column{{title: "billed"}, {title: "quantity", right: true}, {title: "unit"}, {title: "USD", right: true}}}
	for i, it := range s.Cost.Items {
		if i == maxRows {
			break
		}
		usd := dollars(it.USD)
		if !it.Known {
			usd = "unknown"
		}
		t.add(it.Item, figure(it.Quantity), it.Unit, usd)
	}
	head := fmt.Sprintf("**Cost: %s** (%s)", price(s.Cost), markdownText(joinWords(s.Scenario.Region, "catalog "+s.Scenario.Catalog)))
	if text := s.Cost.wasted(); text != "" {
		head += ": " + text
	}
	if table := t.markdown(more(len(s.Cost.Items))); table != "" {
		return head + "\n\n" + table
	}
	return head
}

func joinWords(words ...string) string {
	kept := words[:0]
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, ", ")
}

// markdown writes a table in GitHub's flavour; empty without rows.
func (t *table) markdown(remark string) string {
	if len(t.rows) == 0 {
		return ""
	}
	var b strings.Builder
	rule := "|"
	for _, c := range t.columns {
		b.WriteString("| " + markdownText(c.title) + " ")
		if c.right {
			rule += "---:|"
		} else {
			rule += "---|"
		}
	}
	b.WriteString("|\n" + rule)
	for _, row := range t.rows {
		b.WriteString("\n")
		for i, cell := range row {
			if !strings.HasPrefix(cell, "**") {
				cell = markdownText(cut(cell, 120))
			}
			b.WriteString("| " + strings.Join(strings.Fields(cell), " ") + " ")
			if i == len(row)-1 {
				b.WriteString("|")
			}
		}
	}
	for _, line := range strings.Split(remark, "\n") {
		if line != "" {
			b.WriteString("\n\n" + strings.ReplaceAll(clean(line), "<", "&lt;"))
		}
	}
	return b.String()
}

var markdownEscapes = strings.NewReplacer(
	"\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]",
)

// markdownText is text of which nothing is taken for markup.
func markdownText(s string) string { return markdownEscapes.Replace(clean(s)) }
