// Package plot draws the pictures of a run: utilisation against capacity,
// placement failures by reason, stacks of what adds up over time, capacity
// that follows load, and where the time of a scale-out goes; and those of an
// experiment: differences with their intervals, one figure over one or two
// others, trade-offs, and small multiples. As PNG and as SVG.
//
// Vocabulary: a step is one time bucket whose value holds over its width; a
// panel is one resource on the shared time axis; a mark is a moment worth a
// vertical line, such as the first bottleneck; a reason is why a placement
// failed; a series is one layer of a stack; a band is a shaded stretch of time;
// a rule is a level line, such as a target; a decision is a triangle above a
// panel, up for scale-out; a phase is a part of a lag. A forest is the
// differences of variants from a base; a heat map is shades over two axes; a
// front is the points of a trade-off that no other is better than on both axes;
// an interval is where a mean or a difference lies with 95 % confidence.
//
// Plain data comes in, a Picture comes out. Identical input gives identical
// bytes on every machine (processors that round differently may move a digit
// in the SVG): the fonts are embedded, and there is no clock, no
// locale, no environment and no map order in it. The package knows nothing of
// ECS and writes no files.
//
// Colours are Okabe and Ito's, which people with colour blindness can tell
// apart; every difference is also one of shape, width or hatching, so that
// the pictures survive a black-and-white printer. A full resource is no fault,
// so utilisation has one hue; the alarm colour is for use above capacity and for
// what is worse than the base. Shades of a heat map keep their order in grey.
package plot
