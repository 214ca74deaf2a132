// Package network models the VPC as far as tasks feel it: subnets and their IPv4 addresses, host ports of an
// instance, and network interfaces with and without trunking.
//
// In flow takings and returns; out flows whether there was room. The package schedules nothing.
//
// Sources: EC2 API reference, CreateSubnet (five reserved addresses, /16 to /28); ECS developer guide,
// "Task networking"; aws/amazon-ecs-agent, agent/utils/ephemeral_ports*.go and agent/config/config_unix.go.
package network
