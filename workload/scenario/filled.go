package scenario

// boolean reads true or false, and notes the default.
func (t *table) boolean(key string, standard bool) bool {
	n := t.get(key)
	if n == nil {
		t.fill(key, &node{kind: aBoolean, boolean: standard})
		return standard
	}
	if n.kind != aBoolean {
		d := wrongType(n, t.p.join(key), "true or false", "")
		if n.kind == aString && (n.text == "true" || n.text == "false") {
			d.Help = []string{"write it without quotes: " + key + " = " + n.text}
		}
		t.r.add(d)
		return standard
	}
	return n.boolean
}

// filled opens a table below as sub does, and puts an absent one into the tree, so that the resolved scenario shows
// the defaults in it.
func (t *table) filled(key, example string) (*table, bool) {
	if t.get(key) == nil {
		t.fill(key, &node{kind: aTable})
	}
	return t.sub(key, example)
}
