// Package query is the cluster query language of Amazon ECS: the text of a
// memberOf placement constraint, or of a container-instance filter.
//
// Vocabulary. A predicate is "subject operator [argument]", for example
//
//	attribute:ecs.instance-type =~ t2.*
//
// A subject is what is asked about the instance, an argument is a value or a
// list of values. Predicates are joined with not, and, or (tightest first) and
// grouped with parentheses. A missing subject is one that an instance does not
// have: an attribute it never registered, an EC2 id of an external instance.
// On a missing subject every predicate is false, the negative ones too, except
// !exists; not(...) inverts after evaluation and so does match.
//
// In flows the text of one expression; out flow an [Expr] that answers
// [Expr.Match] for one [Instance], its canonical text and its warnings, or a
// [*SyntaxError] with the column of the mistake. The package keeps no state,
// never reads a clock, never prints and never changes an instance.
//
// # Decisions where AWS's documentation is silent
//
//   - Regular expressions match the whole value, as Matcher.matches of Java.
//     They run on Go's RE2: what Java has and RE2 lacks (look-around,
//     back-references, possessive and atomic groups, class intersection) is
//     refused, and so is what both accept with another meaning.
//   - task:group takes ==, !=, in, !in, =~ and !~. The positive ones ask for
//     some task, the negative ones for at least one task and none of that
//     group; they carry a warning, because not(task:group == G) is the
//     documented anti-affinity and also matches empty instances.
//   - attribute:NAME takes no ordering operator: values are text.
//   - Inside quotes a backslash is an ordinary character; there are no escapes.
//     Without quotes a value has letters, digits and - _ . : / * @ \ + ^ $ ?
//     and is not one of the words and, or, not.
//   - agentVersion compares dot-separated numbers, missing parts count as 0.
//     A registeredAt without zone is UTC, a date alone is its midnight.
//   - Word operators may be written in upper case.
//   - (subject operator value) with redundant parentheses is accepted, since
//     AWS's own not(task:group == database) needs it.
//   - An unrendered template (${...}, {{...}}, <...>) is an error.
package query
