package scaling

import (
	"fmt"
	"math"
	"strconv"
)

// most is the largest count that a formula yields, so that a metric without bounds cannot overflow one.
const most = 1_000_000_000

// wholeUp is x rounded up, without what floating point adds: 3 × 166.66… / 100 is 5 and not 6.
func wholeUp(x float64) int {
	const dust = 1e-9
	if !(x > 0) { // NaN as well
		return 0
	}
	if x >= most {
		return most
	}
	return int(math.Ceil(x - dust*x))
}

// number writes a number as on a blackboard, with at most two decimals.
func number(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// quotient is the formula of target tracking: "ceil(4 × 100 / 50) = 8".
func quotient(count int, value, target float64, result int) string {
	return fmt.Sprintf("ceil(%d × %s / %s) = %d", count, number(value), number(target), result)
}
