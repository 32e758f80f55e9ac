package run

import (
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// The weights of a model are counted before they are allocated: 4 bytes each, as often as training keeps
// them.
func TestFitsMemory(t *testing.T) {
	x := graph.Input("x", 100)
	m := graph.New("m", x, graph.Dense("d", x, 9)) // 909 weights
	if err := fitsMemory(m, 2, 4*909*4); err != nil {
		t.Errorf("a model that just fits gives %v", err)
	}
	err := fitsMemory(m, 2, 4*909*4-1)
	if err == nil || !strings.Contains(err.Error(), "got a model of 909 weights") || !strings.Contains(err.Error(), "smaller size") {
		t.Errorf("a model that does not fit gives %v", err)
	}
	for _, w := range m.Weights() {
		if w.Data != nil {
			t.Error("weights are allocated")
		}
	}
}

// A model that no machine holds is refused at once.
func TestHugeModel(t *testing.T) {
	s, err := NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	s.Config.(*autoencoder.Tutorial).Hidden = slices.Repeat([]int{1 << 15}, 500)
	if _, err = s.build(graph.Shape{1, 28, 28}); err == nil || !strings.Contains(err.Error(), "images of 28 x 28") || !strings.Contains(err.Error(), "machine's memory") {
		t.Errorf("got %v", err)
	}
}
