// Package fleet models container instances: what they register, what is reserved on them, their attributes, their
// ports, and how they fail and are repaired.
//
// In flow reservations and releases; out flows the state that placement reads. An instance never places anything and
// never schedules anything.
//
// Sources: aws/amazon-ecs-agent (ecs-agent/api/ecs/client, agent/config), ECS API reference ContainerInstance.
package fleet
