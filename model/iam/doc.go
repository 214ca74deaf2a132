// Package iam holds the roles that ECS works with: who trusts whom, what each is for, and how ECS fails without it.
//
// Sources: ECS rules, placement 9.
package iam
