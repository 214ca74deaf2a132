package house

import (
	"regexp"
	"strings"
	"testing"
)

const rulesFile = "docs/ecs-rules.md"

var (
	// cited finds every mention of the document in a comment, with what follows it in the one form there is.
	cited = regexp.MustCompile(`ECS rules(?:, (placement|services) (` + section + `(?:(?:, | and |, and )` + section + `)*))?`)
	// rulesRow is the first cell of a row.
	rulesRow = regexp.MustCompile(`(?m)^\| ((?:placement|services) ` + section + `) \| .+ \| .+ \| .+ \|$`)

	sections = regexp.MustCompile(section)
)

const section = `(?:R-)?\d+(?:\.\d+)?`

// TestEveryCitedRuleHasItsRow holds the comments and docs/ecs-rules.md together, both ways.
func TestEveryCitedRuleHasItsRow(t *testing.T) {
	rows := map[string]bool{} // cited or not
	for _, m := range rulesRow.FindAllStringSubmatch(read(t, rulesFile), -1) {
		if _, twice := rows[m[1]]; twice {
			t.Errorf("%s has two rows %q", rulesFile, m[1])
		}
		rows[m[1]] = false
	}
	for _, s := range goFiles(t) {
		if s.folder == "internal/house" {
			continue
		}
		for _, group := range s.file.Comments {
			text := strings.Join(strings.Fields(group.Text()), " ")
			for _, m := range cited.FindAllStringSubmatch(text, -1) {
				if m[1] == "" {
					t.Errorf("%s: a citation is not of the form \"ECS rules, placement 5.3\": %s", s.path, text)
				}
				for _, number := range sections.FindAllString(m[2], -1) {
					key := m[1] + " " + number
					if _, ok := rows[key]; !ok {
						t.Errorf("%s cites %q: %s has no such row", s.path, key, rulesFile)
						continue
					}
					rows[key] = true
				}
			}
		}
	}
	for key, found := range rows {
		if !found {
			t.Errorf("%s: nothing cites the row %q", rulesFile, key)
		}
	}
}
