package worlds

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"runtime/debug"
	"strings"

	"ecssim/model"
)

// Verdict is what came of a world.
type Verdict struct {
	Seed uint64
	// Broken is the rule that was broken, or the simulator's own panic; nil if all went well.
	Broken *Violation
	// Stack is where a panic of the simulator came from.
	Stack string
	// Events fired, and Tasks were created.
	Events uint64
	Tasks  int
	// Lines are the last ones of the history, and History is a hash of all; both only of a world that was told.
	Lines   []string
	History uint64
	// Seen counts what came up.
	Seen map[string]int
}

// lastLines is how many lines of the history a verdict keeps.
const lastLines = 30

// Play plays the world of a seed and judges it.
func Play(seed uint64) *Verdict { return play(seed, nil) }

// Tell does the same and keeps the history, of which w, if there is one, gets every line.
func Tell(seed uint64, w io.Writer) *Verdict {
	hash := fnv.New64a()
	var lines []string
	v := play(seed, func(line string) {
		io.WriteString(hash, line+"\n") //nolint:errcheck // a hash takes everything
		if w != nil {
			fmt.Fprintln(w, line)
		}
		if lines = append(lines, line); len(lines) > 2*lastLines {
			lines = append(lines[:0], lines[lastLines:]...)
		}
	})
	v.History, v.Lines = hash.Sum64(), lines[max(0, len(lines)-lastLines):]
	return v
}

func play(seed uint64, note func(line string)) (v *Verdict) {
	v = &Verdict{Seed: seed}
	cfg := Generate(seed)
	c := NewChecker(cfg, seed)
	c.Note = note
	var w *model.World
	defer func() {
		v.Tasks, v.Seen = c.created, c.Seen
		if w != nil {
			v.Events = w.Fired()
		}
	}()
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *Violation:
			v.Broken = p
		default:
			v.Broken = &Violation{At: c.now, Rule: "the simulator does not panic", What: fmt.Sprint(p)}
			v.Stack = string(debug.Stack())
		}
	}()
	w = model.NewWorld(cfg, seed, c)
	c.Watch(w)
	w.Run(context.Background())
	return v
}

// String is the report of a broken world.
func (v *Verdict) String() string {
	if v.Broken == nil {
		return fmt.Sprintf("world %d: all rules hold after %d events and %d tasks", v.Seed, v.Events, v.Tasks)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "world %d breaks a rule after %d events: %s\n", v.Seed, v.Events, v.Broken)
	if len(v.Lines) > 0 {
		fmt.Fprintf(&b, "what was told last:\n  %s\n", strings.Join(v.Lines, "\n  "))
	}
	if v.Stack != "" {
		fmt.Fprintf(&b, "%s\n", v.Stack)
	}
	fmt.Fprintf(&b, "play it again with\n  go test ./internal/worlds -run TestRandomWorlds -world %d", v.Seed)
	return b.String()
}
