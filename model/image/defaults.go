package image

import (
	"strconv"
	"time"
)

// What to assume of a machine with two vCPUs or more that pulls from ECR in its Region. AWS publishes no figures: these
// are the middles of the ranges in ECS rules, services 1.6.
const (
	// NetworkRate is what a machine fetches, compressed bytes a second; of 50 to 100 MB/s.
	NetworkRate = 75e6
	// UnpackRate is what one pull unpacks, unpacked bytes a second; of 25 to 60 MB/s.
	UnpackRate = 40e6
	// MinFixed and MaxFixed bound what a pull takes beside its bytes: authentication and the manifest.
	MinFixed = 1 * time.Second
	MaxFixed = 3 * time.Second
)

// Time limits of the agent, on Linux.
const (
	// PullTimeout is ECS_IMAGE_PULL_TIMEOUT: a pull that takes longer has failed.
	PullTimeout = 2 * time.Hour
	// PullInactivityTimeout is ECS_IMAGE_PULL_INACTIVITY_TIMEOUT: a pull that makes no progress for so long has failed.
	PullInactivityTimeout = 1 * time.Minute
)

// How long a pull from a registry that does not answer takes to fail.
const (
	// UnreachableOnEC2 is our choice: docker tries again until the agent sees no progress.
	UnreachableOnEC2 = PullInactivityTimeout
	// UnreachableOnFargate is the one measured case that is known, of reports of 4 to 5 minutes (ECS rules, placement 9).
	UnreachableOnFargate = 4*time.Minute + 49*time.Second
)

// Lazy loading with a SOCI index. That it helps images above about 250 MB only is ECS rules, services 1.6. How much has
// to be there for the containers to start is our choice: the mean share of an image that is read during the start of
// its container (Harter et al., "Slacker", FAST 2016: 6.4 %).
const (
	// LazyMinimum is the compressed size in bytes above which an index is used.
	LazyMinimum int64 = 250_000_000
	// LazyPerMille of the bytes that are missing are fetched before the containers start. The rest follows in the
	// background.
	LazyPerMille = 64
)

// layerShares are the sizes of an image's layers in percent: the base, what the application is installed with, its
// dependencies, itself.
var layerShares = [...]int64{40, 30, 20, 10}

// UnpackedQuarters are the quarters of its compressed size that a layer takes on the disk: 2.75 times as much. Our
// choice; gzip leaves 2.5 to 3 times as much in images of Linux distributions.
const UnpackedQuarters = 11

// DefaultLayers splits an image of which only the compressed size is known. The layers are its own: it shares none
// with other images.
func DefaultLayers(name string, size int64) []Layer {
	var layers []Layer
	rest := size
	for n, share := range layerShares {
		// Multiplied after the division, so that no size overflows; the last layer takes what that loses.
		part := size / 100 * share
		if n == len(layerShares)-1 {
			part = rest
		}
		rest -= part
		if part <= 0 {
			continue
		}
		layers = append(layers, Layer{
			ID:       name + "#" + strconv.Itoa(n+1),
			Size:     part,
			Unpacked: part/4*UnpackedQuarters + part%4*UnpackedQuarters/4,
		})
	}
	return layers
}
