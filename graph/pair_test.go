package graph_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

func TestPairJSON(t *testing.T) {
	for pair, want := range map[graph.Pair]string{{3, 3}: "3", {3, 5}: "[3,5]", {0, 1}: "[0,1]", {0, 0}: "0"} {
		text, err := json.Marshal(pair)
		if err != nil || string(text) != want {
			t.Errorf("%v is written as %s (%v), want %s", [2]int(pair), text, err, want)
		}
		var got graph.Pair
		if err := json.Unmarshal(text, &got); err != nil || got != pair {
			t.Errorf("%s is read as %v (%v), want %v", text, [2]int(got), err, [2]int(pair))
		}
	}
	for _, text := range []string{"null", "[3]", "[3,4,5]", "[]", "1.5", `"3"`, "[3,null]", "true", "{}", "1e30"} {
		var p graph.Pair
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s is read as %v, want an error", text, [2]int(p))
		} else {
			wantError(t, err, "want a whole number or [rows, columns], got")
		}
	}
}

// A square kernel is written as one number, as in all older files; a rectangle as two.
func TestRectanglesInFiles(t *testing.T) {
	for _, c := range []struct {
		kernel graph.Pair
		want   string
	}{
		{graph.Pair{3, 3}, `{"filters":2,"kernel":3,"stride":2,"dilation":1,"padding":"same","bias":true}`},
		{graph.Pair{3, 5}, `{"filters":2,"kernel":[3,5],"stride":2,"dilation":1,"padding":"same","bias":true}`},
	} {
		x := graph.Input("x", 3, 8, 8)
		m := graph.New("m", x, graph.Conv2D("conv", x, 2, c.kernel, graph.Same, graph.Stride(2)))
		text, err := m.Architecture()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), c.want) {
			t.Errorf("the architecture is %s, want %s in it", text, c.want)
		}
		again, err := graph.ReadArchitecture(text)
		if err != nil {
			t.Fatal(err)
		}
		if s := again.Weights()[0].Shape; !s.Equal(graph.Shape{2, 3, c.kernel[0], c.kernel[1]}) {
			t.Errorf("the kernel read has shape %v", s)
		}
	}
}
