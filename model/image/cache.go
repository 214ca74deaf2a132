package image

import (
	"cmp"
	"slices"
	"time"
)

// The agent's clean-up, every CleanupInterval (ECS rules, services 1.3).
const (
	// CleanupInterval is ECS_IMAGE_CLEANUP_INTERVAL.
	CleanupInterval = 30 * time.Minute
	// MinimumCleanupAge is ECS_IMAGE_MINIMUM_CLEANUP_AGE, counted from the pull of an image.
	MinimumCleanupAge = 1 * time.Hour
	// DeletedPerCycle is ECS_NUM_IMAGES_DELETE_PER_CYCLE.
	DeletedPerCycle = 5
)

// held is a layer of which the machine has some.
type held struct {
	Layer
	state state
	left  float64       // bytes to fetch while partial, as of the last change of rates
	at    time.Duration // when an unpacked layer is usable
	by    *Pull         // who fetches it while partial, or unpacks it; nil if nobody does
}

// state is how far a layer is.
type state uint8

const (
	partial state = iota
	fetched
	unpacked // or being so until held.at
)

// kept is an image that the machine has.
type kept struct {
	image *Image
	// used: a task of ECS had it; the agent knows no others. pulled: for a task, out of the registry.
	used, pulled bool
	since, last  time.Duration // when it became known, and when it was last seen in use
}

// Has reports whether all layers of the image are there, as of the last instant that the host was moved to.
func (h *Host) Has(img *Image) bool {
	if len(img.Layers) == 0 {
		return h.find(img) != nil
	}
	for k := range img.Layers {
		l := h.layers[img.Layers[k].ID]
		if l == nil || l.state == partial {
			return false
		}
		if !isLazy(img) && (l.state != unpacked || l.at > h.now) {
			return false
		}
	}
	return true
}

// Pulled reports whether the image was pulled before and not cleaned up since: what `once` looks at.
func (h *Host) Pulled(img *Image) bool {
	k := h.find(img)
	return k != nil && k.pulled
}

// Preload puts an image onto the machine as an AMI does that brings it along: before anything is pulled, else it is a
// bug. The agent does not clean the image up before a task has used it.
func (h *Host) Preload(img *Image) {
	if h.begun > 0 {
		panic("image: " + img.Name + " is preloaded on a machine that has begun to pull")
	}
	for _, layer := range img.Layers {
		h.layers[layer.ID] = &held{Layer: layer, state: unpacked, at: h.now}
	}
	if h.find(img) == nil {
		h.images = append(h.images, &kept{image: img})
	}
}

// keep notes that a task has the image now.
func (h *Host) keep(p *Pull) {
	k := h.find(p.Image)
	if k == nil {
		k = &kept{image: p.Image}
		h.images = append(h.images, k)
	}
	if !k.used {
		k.used, k.since = true, h.now
	}
	k.pulled = k.pulled || p.Asked
	k.last = h.now
}

func (h *Host) find(img *Image) *kept {
	for _, k := range h.images {
		if k.image == img {
			return k
		}
	}
	return nil
}

// Clean is one cycle of the agent's clean-up and returns how many images went: those that nobody uses and that were
// pulled MinimumCleanupAge ago, the least recently used first and of equals the first pulled, at most DeletedPerCycle.
// When an image was last used is known to the cycle. An image is in use while a container of it exists, a stopped one
// included: the agent keeps those for 3 hours (ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION).
//
// With `prefer-cached` there is no clean-up (ECS rules, services 1.6), and none on Fargate: the machine ends with the
// task. Source of the order and of the age: aws/amazon-ecs-agent, agent/engine/docker_image_manager.go.
func (h *Host) Clean(now time.Duration, inUse func(*Image) bool) int {
	h.run(now)
	if !h.caches || !CleansUp(h.behaviour) {
		return 0
	}
	var old []*kept
	for _, k := range h.images {
		switch {
		case !k.used:
		case inUse(k.image) || h.isPulling(k.image):
			k.last = now
		case now-k.since >= MinimumCleanupAge:
			old = append(old, k)
		}
	}
	slices.SortStableFunc(old, func(a, b *kept) int { return cmp.Compare(a.last, b.last) })
	old = old[:min(len(old), DeletedPerCycle)]
	for _, k := range old {
		h.images = slices.DeleteFunc(h.images, func(other *kept) bool { return other == k })
		h.drop(k.image)
	}
	return len(old)
}

func (h *Host) isPulling(img *Image) bool {
	return slices.ContainsFunc(h.pulls, func(p *Pull) bool { return p.Image == img })
}

// drop removes the layers of an image that no other image and no pull has.
func (h *Host) drop(img *Image) {
	for k := range img.Layers {
		id := img.Layers[k].ID
		if !slices.ContainsFunc(h.images, func(other *kept) bool { return other.image.has(id) }) &&
			!slices.ContainsFunc(h.pulls, func(p *Pull) bool { return p.Image.has(id) }) {
			delete(h.layers, id)
		}
	}
}

// has reports whether the image has this layer.
func (i *Image) has(id string) bool {
	return slices.ContainsFunc(i.Layers, func(l Layer) bool { return l.ID == id })
}

// isLazy reports whether containers of the image start before all of it is there.
func isLazy(img *Image) bool { return img.Lazy && img.Size() > LazyMinimum }
