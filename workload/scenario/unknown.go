package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"ecssim/workload/diag"
)

// done reports every key that nobody asked for: a misspelling, or something of a later version.
func (t *table) done() {
	for _, key := range t.n.keys {
		if slices.Contains(t.asked, key) {
			continue
		}
		c := t.n.table[key]
		if what, ok := t.later[key]; ok {
			t.r.add(notBuilt(t.p.join(key), c, what))
			continue
		}
		t.r.add(t.unknownKey(key, c))
		t.takeBack(key)
	}
}

// takeBack removes the report of a missing key that is there after all, misspelt.
func (t *table) takeBack(misspelt string) {
	for _, a := range t.absent {
		if diag.Nearest(misspelt, t.asked) != a.key {
			continue
		}
		t.r.diags = slices.DeleteFunc(t.r.diags, func(d diag.Diagnostic) bool {
			return d.At == t.where() && d.Message == a.message
		})
	}
}

// notBuilt refuses a key of a later version.
func notBuilt(p path, c *node, what string) diag.Diagnostic {
	name := "`" + p.String() + "`"
	if c.kind == aTable && c.at == c.key {
		name = "`[" + p.String() + "]`"
	}
	d := diag.Diagnostic{
		Code: "E024", At: c.key, Message: name + " is not built yet: this version would ignore it, so it refuses it",
		Help: []string{"remove it to simulate the rest"},
	}
	if what != "" {
		d.Notes = []string{what}
	}
	return d
}

func (t *table) unknownKey(key string, c *node) diag.Diagnostic {
	known := slices.Concat(t.asked, slices.Sorted(maps.Keys(t.later)))
	nearest := diag.Nearest(key, known)
	d := diag.Diagnostic{
		Code: "E021", At: c.key, Message: fmt.Sprintf("unknown key `%s`", key), Label: didYouMean(backquoted, nearest),
	}
	switch {
	case nearest != "" && nearest == diag.Snake(key):
		d.Notes = []string{"keys are the ECS API names in snake_case; values are spelled as ECS spells them"}
		d.Help = []string{fmt.Sprintf("rename it to `%s`", nearest)}
	case nearest == "":
		if place := belongs(key); place != "" {
			d.Help = []string{place}
		} else {
			var allowed []string
			for _, k := range slices.Sorted(slices.Values(t.asked)) {
				allowed = append(allowed, "`"+k+"`")
			}
			d.Help = []string{t.name() + " knows " + cmp.Or(enumerate(allowed, "and"), "no keys")}
		}
	}
	return d
}

func (t *table) name() string {
	if len(t.p) == 0 {
		return "the top of a scenario"
	}
	return "`" + t.p.String() + "`"
}

// belongs tells where a key stands that people look for elsewhere.
func belongs(key string) string {
	places := map[string]string{
		"awsvpcTrunking": "it belongs to the account: [account] settings = { awsvpcTrunking = \"enabled\" }",
		"region":         "it belongs to the catalog: [catalog] region = \"eu-west-1\"",
		"subnets":        "subnets are defined in [vpc.subnets]",
		"subnet":         "subnets are defined in [vpc.subnets] and named in lists: subnets = [\"a\"]",
		"instance_type":  "an instance type is called `type` in [instances.NAME]",
		"strategy":       "it is called `placement_strategy`",
		"constraints":    "it is called `placement_constraints`",
		"replicas":       "the number of tasks of a service is `desired_count`",
		"image":          "images are described in [images.\"NAME\"], with their sizes",
		"health_check":   "the health check of a load balancer belongs to a target group: [load_balancers.NAME.target_groups.GROUP]",
		"listeners":      "a load balancer sends to all of its target groups; leave it out",
		"nat_gateway":    "whether pulls share one address is said by the registry: [registries.NAME] per_instance = true",
	}
	return places[key]
}

// named goes through a collection of named things, in the order of their names.
func (r *reader) named(t *table, key string, one func(name string, t *table)) {
	n := t.get(key)
	p := t.p.join(key)
	if n == nil {
		return
	}
	example := fmt.Sprintf("[%s.NAME]", p)
	if n.kind == aList {
		r.add(diag.Diagnostic{
			Code: "E007", At: n.key, Message: fmt.Sprintf("`%s` must be tables with names, found a list", p),
			Label: "", Notes: []string{"[[" + p.String() + "]] makes a list whose elements have no names; results, --set and errors need names"},
			Help: []string{"write " + example + " with single brackets, NAME being your own word"},
		})
		return
	}
	if n.kind != aTable {
		r.add(wrongType(n, p, "a table", example))
		return
	}
	names := slices.Sorted(maps.Keys(n.table))
	for _, name := range names {
		c, q := n.table[name], p.join(name)
		if c.kind != aTable {
			d := wrongType(c, q, "a table", "")
			d.Help = []string{fmt.Sprintf("write [%s.NAME] above it, NAME being your own word", p)}
			d.Notes = []string{fmt.Sprintf("below `%s` every key is the name of one thing and holds a table", p)}
			r.add(d)
			continue
		}
		one(name, r.table(c, q))
	}
}

// goodName checks the name that somebody gave to a thing.
func (r *reader) goodName(t *table, what string) bool {
	name := t.p[len(t.p)-1]
	if len(name) <= 255 && bareOrQuoted(name) == name {
		return true
	}
	found := strconv.Quote(name)
	if len(name) > 60 {
		found = fmt.Sprintf("a text of %d characters", len(name))
	}
	r.fail("E026", t.n.key, fmt.Sprintf("%s cannot be called %s", what, found), "",
		"names have letters, digits, - and _, up to 255 of them")
	return false
}
