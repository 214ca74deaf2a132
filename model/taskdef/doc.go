// Package taskdef models task definitions: what is asked for.
//
// In flow container definitions with CPU, memory, ports and GPUs; out flow Needs (what one copy takes from its
// instance) and the problems that RegisterTaskDefinition would report. The package reads no files and knows no JSON.
//
// Sources: ECS developer guide, "Task definition parameters"; ECS API reference, RegisterTaskDefinition; the
// accounting formula is the agent's own (aws/amazon-ecs-agent, agent/api/task/task.go, ToHostResources).
package taskdef
