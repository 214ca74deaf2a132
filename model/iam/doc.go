// Package iam holds the roles that ECS works with: who trusts whom, what each is for, and how ECS fails without it.
//
// In flow gaps, as faults open and close them, and what a task needs; out flow the failures that follow: of a launch,
// of a start, of an application's calls, of a registration. Two roles are easily taken for each other: with the task
// execution role the agent (or Fargate) starts the task; with the task role the application works, and a gap in it
// stops no task.
//
// Sources: ECS rules, placement 9 (roles and symptoms), 6.1 (registration) and services 1.2 (names of errors). The words
// of failures are those that ECS and docker were seen to use.
package iam
