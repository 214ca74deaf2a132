package scenario

import (
	"fmt"
	"strings"

	"ecssim/model/placement"
	"ecssim/workload/diag"
)

// shorthands of placement strategies.
var shorthands = []struct {
	word string
	rule placement.Rule
}{
	{"spread-az", placement.Rule{Kind: placement.Spread, Attribute: placement.ZoneAttribute}},
	{"spread-instance", placement.Rule{Kind: placement.Spread}},
	{"binpack-cpu", placement.Rule{Kind: placement.Binpack}},
	{"binpack-memory", placement.Rule{Kind: placement.Binpack, Memory: true}},
	{"random", placement.Rule{Kind: placement.Random}},
}

func shorthandWords() []string {
	list := make([]string, len(shorthands))
	for i, s := range shorthands {
		list[i] = s.word
	}
	return list
}

// strategy reads a placement strategy: "spread-az+binpack-memory", or a list of rules.
func (b *builder) strategy(n *node, p path) []placement.Rule {
	var rules []placement.Rule
	switch n.kind {
	case aString:
		rules = b.shorthand(n, p)
	case aList:
		for i, e := range n.list {
			q := p.index(i)
			switch e.kind {
			case aString:
				rules = append(rules, b.shorthand(e, q)...)
			case aTable:
				if r, ok := b.rule(b.table(e, q)); ok {
					rules = append(rules, r)
				}
			default:
				b.add(wrongType(e, q, "a strategy", `{ type = "spread", field = "instanceId" }`))
			}
		}
		if len(n.list) == 0 {
			b.fail("E032", n.at, fmt.Sprintf("`%s` is empty", p), "", "leave the key out for the default")
		}
	default:
		b.add(wrongType(n, p, "a strategy or a list of them", `placement_strategy = "spread-az+binpack-memory"`))
	}
	if len(rules) > placement.MaxRules {
		b.fail("E043", n.at, fmt.Sprintf("`%s` has %d rules: ECS allows %d", p, len(rules), placement.MaxRules), "")
	}
	return rules
}

func (b *builder) shorthand(n *node, p path) []placement.Rule {
	var rules []placement.Rule
	for _, word := range strings.Split(n.text, "+") {
		found := false
		for _, s := range shorthands {
			if s.word == strings.TrimSpace(word) {
				rules, found = append(rules, s.rule), true
			}
		}
		if found {
			continue
		}
		help := []string{"it can be " + words(shorthandWords()) + ", joined by +"}
		if word = strings.TrimSpace(word); word == "spread" || word == "binpack" {
			help = append(help, `or in full: placement_strategy = [{ type = "spread", field = "attribute:ecs.availability-zone" }]`)
		}
		b.fail("E033", n.at, fmt.Sprintf("`%s`: unknown strategy %q", p, word), didYouMean(quoted, diag.Nearest(word, shorthandWords())), help...)
	}
	return rules
}

// rule reads one element of a list, as the API has it.
func (b *builder) rule(t *table) (placement.Rule, bool) {
	field := t.get("field")
	word, ok := t.choice("type", []string{"random", "spread", "binpack"}, "")
	if t.get("type") == nil {
		t.missing("type", `{ type = "spread", field = "instanceId" }`)
	}
	if field == nil && (word == "spread" || word == "binpack") {
		t.missing("field", map[string]string{"spread": `field = "attribute:ecs.availability-zone"`, "binpack": `field = "memory"`}[word])
		ok = false
	}
	t.done()
	q := t.p.join("field")
	if field != nil && field.kind != aString {
		b.add(wrongType(field, q, "a string", `field = "instanceId"`))
		return placement.Rule{}, false
	}
	if !ok {
		return placement.Rule{}, false
	}
	if word == "random" {
		if field != nil {
			b.fail("E023", field.key, fmt.Sprintf("`%s`: random has no field", q), "", "remove it")
		}
		return placement.Rule{Kind: placement.Random}, field == nil
	}
	if word == "binpack" {
		return b.binpack(field, q)
	}
	return b.spread(field, q)
}

// binpack takes its field in any case: the console and the CDK write CPU and MEMORY.
func (b *builder) binpack(field *node, p path) (placement.Rule, bool) {
	lower := &node{kind: aString, text: strings.ToLower(field.text), at: field.at}
	word, ok := b.oneOf(lower, p, []string{"cpu", "memory"})
	return placement.Rule{Kind: placement.Binpack, Memory: word == "memory"}, ok
}

func (b *builder) spread(field *node, p path) (placement.Rule, bool) {
	name, isAttribute := strings.CutPrefix(field.text, "attribute:")
	switch {
	case field.text == "instanceId", field.text == "host":
		return placement.Rule{Kind: placement.Spread}, true
	case isAttribute && strings.TrimSpace(name) != "":
		return placement.Rule{Kind: placement.Spread, Attribute: name}, true
	}
	label := didYouMean(quoted, diag.Nearest(field.text, []string{"instanceId", "attribute:ecs.availability-zone"}))
	if strings.HasPrefix(field.text, "ecs.") {
		label = didYouMean(quoted, "attribute:"+field.text)
	}
	b.fail("E033", field.at, fmt.Sprintf("`%s` cannot be %q", p, field.text), label,
		`it can be "instanceId", or "attribute:NAME" such as "attribute:ecs.availability-zone"`)
	return placement.Rule{}, false
}
