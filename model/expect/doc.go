// Package expect holds what a person expects of a run: expressions such as p95(task_wait, service='web') < 120s, read
// from text and written back.
//
// Its words: an expression is a comparison, or comparisons joined by and, or and parentheses. A comparison has a subject
// on its left and a number, a duration or a text on its right. The subject is a figure of the whole run (cost_usd) or an
// aggregate of a metric (max, p95 …) over the time and the labels in its parentheses.
//
// Text goes in, a tree or an Error that points into the text comes out. The package knows which metrics there are and
// never their values: report compares.
package expect
