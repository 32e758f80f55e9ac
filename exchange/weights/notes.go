package weights

import (
	"fmt"
	"strings"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// noteAll says what a user of another library would not expect of a model's layers. The weights alone do
// not show it, and a model without it predicts something else.
func noteAll(m *graph.Model, l Layout, image images.Size) (notes []string) {
	if l == Own {
		return nil
	}
	lacks := map[string][]string{}
	var kinds []string
	for _, mm := range m.Models() {
		for _, n := range mm.Nodes() {
			if kind := n.Layer().Kind(); len(n.Weights()) > 0 && !Known(l, kind) {
				if lacks[kind] == nil {
					kinds = append(kinds, kind)
				}
				lacks[kind] = append(lacks[kind], n.Name())
			}
		}
	}
	for _, kind := range kinds {
		notes = append(notes, fmt.Sprintf("%s lacks layers of kind %s: the weights of %s are written as they are", title(l), kind, strings.Join(lacks[kind], ", ")))
	}
	if len(m.In()) == 1 && image.Channels > 1 && m.In()[0] == image.Channels*image.Height*image.Width {
		notes = append(notes, map[Layout]string{
			PyTorch: "the model takes images as vectors, channel by channel: x.flatten(1) of (n, channels, height, width)",
			Keras:   "the model takes images as vectors, pixel by pixel: Flatten of (n, height, width, channels)",
		}[l])
	}
	return notes
}

func title(l Layout) string {
	if l == PyTorch {
		return "PyTorch"
	}
	return "Keras"
}
