package diag

import (
	"strings"
	"time"
)

// Duration writes a duration with the units of scenarios and without the zero parts that time.Duration prints:
// "1h30m", "1h", not "1h0m0s".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
