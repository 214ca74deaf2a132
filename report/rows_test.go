package report

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// A run logs 100,000 of each: their size is most of its memory.
func TestRowsAreSmall(t *testing.T) {
	assert.EqualValues(t, 48, unsafe.Sizeof(eventRow{}))
	assert.EqualValues(t, 136, unsafe.Sizeof(TaskRow{}))
	assert.EqualValues(t, 48, unsafe.Sizeof(PlacementRow{}))
}
