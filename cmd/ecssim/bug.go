package main

import (
	"fmt"
	"io"
)

// reportBug prints a crash of the simulator with everything that is needed to repeat it.
func reportBug(w io.Writer, repeat string, value any, stack []byte) {
	fmt.Fprintf(w, "ecssim: this is a bug of ecssim, not of your scenario: %v\n", value)
	if repeat != "" {
		fmt.Fprintf(w, "repeat it with: %s\n", repeat)
	}
	fmt.Fprintf(w, "version %s\n\n%s", version(), stack)
}
