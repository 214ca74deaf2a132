package image

import "time"

// Layer is one layer of an image. Layers with the same ID are the same layer, whichever images hold it.
type Layer struct {
	ID string
	// Size is what crosses the network, compressed, in bytes; Unpacked what lies on the disk afterwards.
	Size, Unpacked int64
}

// Image is an image of a registry.
type Image struct {
	// Name as in a task definition, with the tag.
	Name string
	// Registry is an index into the scenario's registries.
	Registry int
	Layers   []Layer
	// Lazy: the image has a SOCI index, so its containers start before all of it is there.
	Lazy bool
	// Missing: the registry has no such image or tag.
	Missing bool
}

// Size is what a full pull moves over the network, in bytes.
func (i *Image) Size() (n int64) {
	for _, l := range i.Layers {
		n += l.Size
	}
	return n
}

// Kind is what sort of registry it is, which decides who may pull and how often.
type Kind uint8

// The kinds of registries. A private ECR repository is read with the task execution role; public ones are read
// without, and may limit how often one address pulls.
const (
	ECR Kind = iota
	ECRPublic
	DockerHub
	PrivateRegistry // read with credentials out of a secret
	PublicRegistry
)

// Registry serves images.
type Registry struct {
	Name string
	Kind Kind
	// PullLimit is how many pulls one client may make in PullWindow; 0 does not bind. A pull is a manifest that is
	// asked for: layers that are cached do not make it cheaper.
	PullLimit  int
	PullWindow time.Duration
	// PerInstance: every instance and Fargate task has its own public address. Otherwise all share the one of a NAT
	// gateway, and so the limit.
	PerInstance bool
	// Rate is what the registry serves to one pull at most, in bytes a second; 0 does not bind.
	Rate float64
}

// Behaviour is ECS_IMAGE_PULL_BEHAVIOR.
type Behaviour uint8

// The four behaviours of the agent.
const (
	Default Behaviour = iota
	Always
	Once
	PreferCached
)

var behaviours = [...]string{Default: "default", Always: "always", Once: "once", PreferCached: "prefer-cached"}

// String spells the behaviour as the agent's variable does.
func (b Behaviour) String() string { return behaviours[b] }

// Speed is how fast one machine pulls. Its pulls share Network; every pull unpacks by itself.
type Speed struct {
	// Network and Unpack are bytes a second, compressed and unpacked; 0 is infinitely fast.
	Network, Unpack float64
}
