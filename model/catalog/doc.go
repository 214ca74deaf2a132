// Package catalog knows what AWS sells: EC2 instance types with what they register with ECS, Fargate sizes, and
// prices, each row with its source and date.
//
// The tables are embedded (tables/*.csv) and never fetched; tables/sources.csv explains the source keys of the rows
// and gives their dates. An empty cell means "not known" or "none", never zero. A scenario may override rows or add
// types of its own; the result is a new Catalog, never a change of a shared one. The package prints nothing.
//
// Vocabulary: an *interface* is an elastic network interface; *registered* memory is what the ECS agent reports, less
// than what EC2 advertises; the *task limits* are how many awsvpc tasks an instance holds, without and with trunking.
//
// Where sources disagree the newer or the observed figure wins, and a comment at the rule says so:
//   - registered memory is that of a current image (m4.large 7930 MiB, t2.micro 949); the developer guide's 7985 for
//     m4.large and the 993 in recorded responses for t2.micro were seen on Amazon Linux 1, which kept less for itself;
//   - Windows rates of Fargate are those of the 2026 price list, about half of what guides still quote from 2022;
//   - Fargate sizes of 32 vCPU exist although the archived guide of 2023 ends at 16.
package catalog
