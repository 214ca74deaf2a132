package plot

// Multiples is the picture of the same resources in several variants: the
// variants are columns, the resources rows, and a row has one scale.
type Multiples struct {
	Title, Subtitle string
	End             float64 // length of the runs in seconds; zero = end of the last step
	Panels          []MultiplePanel
	Remark          string // stands at the foot
}

// MultiplePanel is one variant.
type MultiplePanel struct {
	Variant string
	Rows    []MultipleRow
}

// MultipleRow is a resource of a variant. Rows of the same Resource share a
// row of the picture, whatever their place in the variant.
type MultipleRow struct {
	Resource       string
	Unit           string // "units" (CPU), "MiB", "ENIs"
	Used, Capacity []Step
}

// DrawMultiples draws the utilisation of all variants.
func DrawMultiples(Multiples) (Picture, error) { return Picture{}, errEmpty }
