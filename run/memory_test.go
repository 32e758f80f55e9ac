package run

import (
	"strings"
	"testing"

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

// A dense model of huge pictures is refused at once.
func TestHugePictures(t *testing.T) {
	s, err := NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.build(graph.Shape{3, 8000, 8000}); err == nil || !strings.Contains(err.Error(), "8000 x 8000") || !strings.Contains(err.Error(), "machine's memory") {
		t.Errorf("got %v", err)
	}
}
