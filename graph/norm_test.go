package graph_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// In training the statistics of the batch normalise a channel, and the running averages move by a
// hundredth of the way. In evaluation the running averages normalise it.
func TestBatchNorm(t *testing.T) {
	x := graph.Input("x", 2, 1, 2)
	m := graph.New("m", x, graph.Flatten("flat", graph.BatchNorm("norm", x)))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range m.Weights() {
		if names = append(names, w.Name); w.Kept != (w.Name == "m/norm/mean" || w.Name == "m/norm/variance") {
			t.Errorf("weight %s is kept: %v", w.Name, w.Kept)
		}
	}
	if want := []string{"m/norm/scale", "m/norm/offset", "m/norm/mean", "m/norm/variance"}; !slices.Equal(names, want) {
		t.Fatalf("its weights are %q, want %q", names, want)
	}
	copy(m.Weights()[2].Data, []float32{1, 2})
	copy(m.Weights()[3].Data, []float32{3, 0.5})
	data := []float32{1, 2, 10, 10, 3, 6, 20, 40} // two images, each channel by channel, of two pixels
	memory := graph.ChannelsLast(data, m.In())
	tr := newTraining(t, m, graph.Train, 1, memory)
	tr.run(t, 0)
	means, variances := []float64{3, 20}, []float64{3.5, 150}
	var want, wantEval []float64
	for i, v := range data {
		c := i / 2 % 2
		want = append(want, (float64(v)-means[c])/math.Sqrt(variances[c]+1e-3))
		wantEval = append(wantEval, (float64(v)-[]float64{1, 2}[c])/math.Sqrt([]float64{3, 0.5}[c]+1e-3))
	}
	agree(t, tr.y, want)
	agree(t, predict(t, m, memory), wantEval)
	agree(t, tr.updates["m/norm/mean"], []float64{0.99*1 + 0.01*3, 0.99*2 + 0.01*20})
	agree(t, tr.updates["m/norm/variance"], []float64{0.99*3 + 0.01*3.5, 0.99*0.5 + 0.01*150})
}

// Each call of a model that is applied twice moves the running averages, one after another.
func TestBatchNormTwice(t *testing.T) {
	x := graph.Input("x", 1)
	inner := graph.New("inner", x, graph.BatchNorm("norm", x))
	y := graph.Input("y", 1)
	m := graph.New("m", y, graph.Concat("", inner.Apply(y), inner.Apply(graph.Add("", y, y))))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	tr := newTraining(t, m, graph.Train, 1, []float32{100, 300})
	tr.run(t, 0)
	agree(t, tr.updates["inner/norm/mean"], []float64{0.99*(0.01*200) + 0.01*400})
	agree(t, tr.updates["inner/norm/variance"], []float64{0.99*(0.99+0.01*10000) + 0.01*40000})
	if len(tr.updates) != 2 {
		t.Errorf("the updates are %v, want one of each average", tr.updates)
	}
}

func TestNormOptions(t *testing.T) {
	x := graph.Input("x", 1)
	m := graph.New("m", x, graph.BatchNorm("norm", x, graph.Epsilon(0.5), graph.Momentum(0.75)))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	tr := newTraining(t, m, graph.Train, 1, []float32{1, 3})
	tr.run(t, 0)
	agree(t, tr.y, []float64{-1 / math.Sqrt(1.5), 1 / math.Sqrt(1.5)})
	agree(t, tr.updates["m/norm/mean"], []float64{0.25 * 2})
	agree(t, tr.updates["m/norm/variance"], []float64{0.75 + 0.25*1})
	for option, want := range map[graph.BatchNormOption]string{
		graph.Epsilon(0): "want an epsilon above 0, got 0", graph.Epsilon(float32(math.NaN())): "got NaN", graph.Epsilon(float32(math.Inf(1))): "got +Inf",
		graph.Momentum(1): "want a momentum from 0 to less than 1, got 1", graph.Momentum(-0.1): "got -0.1",
	} {
		x := graph.Input("x", 1)
		wantError(t, graph.New("m", x, graph.BatchNorm("norm", x, option)).Err(), `"norm" (BatchNorm)`, want)
	}
}

func TestNormErrors(t *testing.T) {
	x := graph.Input("x", 2, 3)
	wantError(t, graph.New("m", x, graph.BatchNorm("norm", x)).Err(), `"norm" (BatchNorm)`, "features or images, got shape (2, 3)")
	x = graph.Input("x", 2, 3)
	wantError(t, graph.New("m", x, graph.LayerNorm("norm", x)).Err(), `"norm" (LayerNorm)`, "(2, 3)")
}
