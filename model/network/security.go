package network

// SecurityGroup is a set of rules of what may come in; whatever no rule lets in is dropped in silence.
type SecurityGroup struct {
	Name    string
	Ingress []IngressRule
}

// IngressRule lets traffic in.
type IngressRule struct {
	// Group is the index of the security group whose members may send; negative for addresses.
	Group int
	// CIDR is the range of addresses that may send, if Group is negative.
	CIDR string
	// Ports may be reached.
	Ports PortRange
	UDP   bool
}
