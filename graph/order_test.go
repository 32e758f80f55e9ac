package graph_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// In the order of pixels, Flatten and Reshape move nothing: the numbers stay as they lie in memory.
func TestPixelByPixel(t *testing.T) {
	x := graph.Input("x", 2, 2, 3)
	flat := graph.FlattenIn(graph.PixelByPixel, "flat", x)
	m := graph.New("m", x, graph.ReshapeIn(graph.PixelByPixel, "image", flat, 3, 2, 2))
	if err := m.Err(); err != nil {
		t.Fatal(err)
	}
	ramp := make([]float32, 2*12)
	for i := range ramp {
		ramp[i] = float32(i)
	}
	if got := predict(t, m, ramp); !slices.Equal(got, ramp) {
		t.Errorf("a ramp becomes %v", got)
	}
	text, err := m.Architecture()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"config":{"order":"channels-last"}`, `"config":{"shape":[3,2,2],"order":"channels-last"}`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the architecture has no %s: %s", want, text)
		}
	}
	again, err := graph.ReadArchitecture(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := predict(t, again, ramp); !slices.Equal(got, ramp) {
		t.Errorf("a ramp becomes %v in the model that was read", got)
	}
	y := graph.Input("y", 2, 2, 3)
	wantError(t, graph.New("m", y, graph.FlattenIn("rows", "flat", y)).Err(), `want the order "channels-last"`, `got "rows"`)
}

// Without a scale or an offset, a norm keeps ones or zeros there, which no training changes.
func TestNormWithoutScaleOrOffset(t *testing.T) {
	x := graph.Input("x", 2)
	n := graph.BatchNorm("batch", x, graph.NoScale)
	m := graph.New("m", x, graph.LayerNorm("layer", n, graph.NoScale, graph.NoOffset))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	trained := []string{}
	for _, w := range m.Weights() {
		if !w.Kept {
			trained = append(trained, w.Name)
		}
	}
	if !slices.Equal(trained, []string{"m/batch/offset"}) {
		t.Errorf("the trained weights are %q, want the offset of the batch norm", trained)
	}
	tr := newTraining(t, m, graph.Train, 1, []float32{1, 2, 3, 5})
	tr.run(t, 0)
	if len(tr.updates) != 2 {
		t.Errorf("the updates are %v, want those of the averages", tr.updates)
	}
	text, err := m.Architecture()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"config":{"scale":false}`, `"config":{"scale":false,"offset":false}`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the architecture has no %s: %s", want, text)
		}
	}
	again, err := graph.ReadArchitecture(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range again.Weights() {
		if w.Kept != m.Weights()[i].Kept {
			t.Errorf("%s is kept: %v", w.Name, w.Kept)
		}
	}
}
