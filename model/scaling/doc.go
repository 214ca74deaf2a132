// Package scaling decides how much there should be: how many tasks of a service (Application Auto Scaling), and how many
// instances of an Auto Scaling group (ECS managed scaling).
//
// Vocabulary. A Datapoint is one period of a CloudWatch metric; an Alarm looks at the last few of them. A Scaler holds
// the policies of one service; a Managed the scaling of one capacity provider. M is the number of instances that are
// needed, N the number there is, and CapacityProviderReservation (CPR) is M / N × 100.
//
// In flow datapoints, counts and now; out flow Decisions with their formula, and with what blocked them. The package
// schedules nothing, reads no clock, and draws nothing; where AWS publishes no rule, the place says that it is our choice.
package scaling
