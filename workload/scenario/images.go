package scenario

import (
	"fmt"
	"slices"
	"strings"

	"ecssim/model/image"
	"ecssim/workload/diag"
)

// Bounds of what an image says.
const (
	// mostLayers is what Docker chains (moby/moby, layer/layer_store.go, maxLayerDepth).
	mostLayers   = 125
	mostUnpacked = 100
)

// knownLayer is a layer that an image has described.
type knownLayer struct {
	image.Layer
	in string
}

// imageTables reads [images."NAME"]. A name means the same with and without the tag that registries take by default.
func (b *builder) imageTables(t *table) {
	layers := map[string]knownLayer{}
	b.named(t, "images", func(name string, i *table) {
		b.imageName(name, i)
		m := image.Image{Name: taggedName(name), Registry: b.registryOf(name, i)}
		m.Missing, m.Lazy = i.boolean("missing", false), i.boolean("lazy", false)
		m.Layers = b.layers(m.Name, m.Missing, i, layers)
		i.done()
		if other, ok := b.images[m.Name]; ok {
			b.fail("E023", i.n.key, fmt.Sprintf("the image `%s` is described twice", b.config.Images[other].Name), "",
				"a name without a tag means the tag `latest`; keep one of them")
			return
		}
		b.images[m.Name] = len(b.config.Images)
		b.config.Images = append(b.config.Images, m)
	})
}

// imageName refuses what cannot be the name of an image in a task definition.
func (b *builder) imageName(name string, t *table) {
	if name == "" || len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		b.fail("E026", t.n.key, "that is not the name of an image", "", `write it as task definitions do: [images."repo/name:tag"]`)
	}
}

// layers reads `size`, or `layers`, or neither for an image that is not there.
func (b *builder) layers(name string, missing bool, t *table, known map[string]knownLayer) []image.Layer {
	size, list := t.get("size"), t.get("layers")
	factor := image.UnpackedQuarters / 4.0
	if t.get("unpacked") != nil || size != nil || list != nil {
		factor = t.number("unpacked", 1, mostUnpacked, factor)
	}
	switch {
	case size != nil && list != nil:
		b.fail("E023", list.key, fmt.Sprintf("`%s` has `size` and `layers`", t.p), "keep one of them", "the size is the sum of the layers")
	case list != nil && list.kind != aTable:
		b.add(wrongType(list, t.p.join("layers"), "a table of layers", `layers = { base = "120 MB", app = "80 MB" }`))
	case list != nil:
		return b.namedLayers(b.table(list, t.p.join("layers")), factor, known)
	case size != nil:
		if bytes, ok := b.bytesOf(size, t.p.join("size")); ok {
			return unpackedBy(factor, image.DefaultLayers(name, bytes))
		}
	case !missing:
		t.missing("size", `size = "350 MB"`)
	}
	return nil
}

// namedLayers reads layers by name. They are in the order of their names, as everything that has a name.
func (b *builder) namedLayers(t *table, factor float64, known map[string]knownLayer) []image.Layer {
	if len(t.n.keys) == 0 || len(t.n.keys) > mostLayers {
		b.fail("E032", t.n.at, fmt.Sprintf("`%s` has %d layers", t.p, len(t.n.keys)), fmt.Sprintf("an image has 1 to %d", mostLayers))
		return nil
	}
	var list []image.Layer
	for _, id := range slices.Sorted(slices.Values(t.n.keys)) {
		c, p := t.n.table[id], t.p.join(id)
		b.goodName(b.table(c, p), "a layer")
		bytes, ok := b.bytesOf(c, p)
		if !ok {
			continue
		}
		layer := unpackedBy(factor, []image.Layer{{ID: id, Size: bytes}})[0]
		if first, ok := known[id]; ok && first.Layer != layer {
			b.add(contradicts(c, p, first))
		}
		known[id] = knownLayer{layer, t.p[1]}
		list = append(list, layer)
	}
	return list
}

func contradicts(c *node, p path, first knownLayer) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E023", At: c.at, Message: fmt.Sprintf("`%s`: the layer has another size in image %q", p, first.in),
		Notes: []string{"layers with the same name are the same layer, whichever images hold it"},
		Help:  []string{"write the same size and the same `unpacked` in both images, or give one layer another name"},
	}
}

// unpackedBy sets what layers take on the disk.
func unpackedBy(factor float64, layers []image.Layer) []image.Layer {
	for i := range layers {
		layers[i].Unpacked = int64(float64(layers[i].Size) * factor)
	}
	return layers
}

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

// imageReference reads the name of an image that has to be described.
func (b *builder) imageReference(n *node, p path) (int, bool) {
	if n.kind == aString {
		if i := b.imageIndex(n.text); i >= 0 {
			return i, true
		}
	}
	return b.reference(n, p, "image", b.images)
}
