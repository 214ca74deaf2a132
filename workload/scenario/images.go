package scenario

import "strings"

// taggedName is the name of an image with its tag: registries take "latest" where none is given. A digest names an
// image by itself. A colon before the last slash is the port of a registry.
func taggedName(name string) string {
	if strings.Contains(name, "@") || strings.Contains(name[strings.LastIndex(name, "/")+1:], ":") {
		return name
	}
	return name + ":latest"
}

// imageIndex is the image of a container as an index into Config.Images; negative if the scenario does not describe it.
func (b *builder) imageIndex(name string) int {
	if i, ok := b.images[taggedName(name)]; ok {
		return i
	}
	return -1
}
