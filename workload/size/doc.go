// Package size looks for the cheapest cell of a grid of scenarios that holds what is expected, and asks as few of the
// cells as it can: a cell costs a simulation for every seed.
//
// Its words: an axis is a path with its values; an ordered axis has numbers, and more of it is expected to hold wherever
// less does; a cell is one value of every axis; a column is all cells along the main axis, the longest ordered one. A
// floor is what a cell costs at least, a guess is where arithmetic expects the first cell of a column that holds.
//
// In flow a Problem with a function that simulates a cell; out flows a Result with every cell that was asked. Search
// knows nothing of ECS: it takes nothing for true that it has not asked, but for the order along ordered axes and the
// floors. Shortages and Floor are the arithmetic of ECS beside it: what a fleet lacks whatever is simulated, and what it
// costs at least. Nothing here simulates, reads files, or prints.
package size
