// Package catalog knows what AWS sells: EC2 instance types with what they register with ECS, Fargate sizes, and
// prices, each row with its source and date.
//
// The tables are embedded and never fetched. A scenario may override rows or add types of its own; the result is a
// new Catalog, never a change of a shared one. The package prints nothing.
package catalog
