package graph_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// data returns the values of a model's weights after Init, by name.
func data(t *testing.T, m *graph.Model, seed uint64) map[string][]float32 {
	t.Helper()
	if err := m.Init(seed); err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, w := range m.Weights() {
		values[w.Name] = slices.Clone(w.Data)
	}
	return values
}

// Initial weights follow from the seed and the weight's name. The rest of the model does not
// matter.
func TestInitFollowsFromSeedAndName(t *testing.T) {
	x := graph.Input("x", 5)
	small := graph.New("net", x, graph.Dense("dense", x, 4))
	x = graph.Input("y", 5)
	h := graph.Dense("dense", graph.ReLU("relu", graph.Dense("before", x, 5)), 4)
	large := graph.New("net_model", x, graph.Dense("last", graph.Dense("after", h, 5), 4))

	a, b := data(t, small, 3), data(t, large, 3)
	for name, w := range a {
		if !slices.Equal(w, b[name]) {
			t.Errorf("%s differs in two models", name)
		}
	}
	if slices.Equal(b["net/before/kernel"], b["net/after/kernel"][:20]) || slices.Equal(b["net/dense/kernel"], b["net/last/kernel"]) {
		t.Error("kernels of two names are alike")
	}
	if again := data(t, small, 3); !slices.Equal(a["net/dense/kernel"], again["net/dense/kernel"]) {
		t.Error("the same seed gave another kernel")
	}
	if other := data(t, small, 4); slices.Equal(a["net/dense/kernel"], other["net/dense/kernel"]) {
		t.Error("another seed gave the same kernel")
	}
	if slices.ContainsFunc(a["net/dense/bias"], func(v float32) bool { return v != 0 }) {
		t.Errorf("a bias begins as %v, want zeros", a["net/dense/bias"])
	}
}

// Glorot's uniform distribution: bounds ±sqrt(6/(in+out)), variance 2/(in+out), mean 0.
func TestGlorotUniform(t *testing.T) {
	const in, out = 300, 200
	x := graph.Input("x", in)
	kernel := data(t, graph.New("m", x, graph.Dense("dense", x, out)), 1)["m/dense/kernel"]
	limit := math.Sqrt(6. / (in + out))
	sum, squares, largest := 0.0, 0.0, 0.0
	for _, v := range kernel {
		sum += float64(v)
		squares += float64(v) * float64(v)
		largest = math.Max(largest, math.Abs(float64(v)))
	}
	n := float64(len(kernel))
	if largest > limit*1.0000001 || largest < limit*0.999 {
		t.Errorf("the largest magnitude is %v, want nearly %v", largest, limit)
	}
	// Four standard errors: of the mean sigma/sqrt(n), of the variance sigma²·sqrt(0.8/n).
	variance := 2. / (in + out)
	if mean := sum / n; math.Abs(mean) > 4*math.Sqrt(variance/n) {
		t.Errorf("the mean is %v", mean)
	}
	if v := squares / n; math.Abs(v-variance) > 4*variance*math.Sqrt(0.8/n) {
		t.Errorf("the variance is %v, want %v", v, variance)
	}
}

func TestOnes(t *testing.T) {
	w := make([]float32, 3)
	graph.Ones.Fill(w, graph.Shape{3}, nil)
	if !slices.Equal(w, []float32{1, 1, 1}) {
		t.Errorf("ones are %v", w)
	}
}

// Graphs keep a weight's memory: Init and LoadWeights write into it.
func TestWeightsKeepTheirMemory(t *testing.T) {
	x := graph.Input("x", 2)
	m := graph.New("m", x, graph.Dense("dense", x, 2))
	data(t, m, 1)
	before := &m.Weights()[0].Data[0]
	data(t, m, 2)
	if &m.Weights()[0].Data[0] != before {
		t.Error("Init gave a weight new memory")
	}
}

// Bounds and moments of the initialisers of kernels, in a Dense layer and in a convolution.
func TestInitialisersOfKernels(t *testing.T) {
	const in, out = 300, 200
	for init, c := range map[graph.Init]struct{ variance, limit, spread float64 }{
		// The standard error of the variance is variance·√(spread/n): spread is kurtosis - 1.
		graph.GlorotUniform: {2. / (in + out), math.Sqrt(6. / (in + out)), 0.8},
		graph.GlorotNormal:  {2. / (in + out), 2 / 0.8796 * math.Sqrt(2./(in+out)), 2},
		graph.HeUniform:     {2. / in, math.Sqrt(6. / in), 0.8},
		graph.HeNormal:      {2. / in, 2 / 0.8796 * math.Sqrt(2./in), 2},
	} {
		x := graph.Input("x", in)
		image := graph.Input("image", 50, 4, 4)
		kernels := [][]float32{
			data(t, graph.New("m", x, graph.Dense("l", x, out, graph.KernelInit(init))), 1)["m/l/kernel"],
			data(t, graph.New("m", image, graph.Conv2D("l", image, out/6, graph.Pair{2, 3}, graph.KernelInit(init))), 1)["m/l/kernel"],
		}
		for i, kernel := range kernels {
			c := c
			if i == 1 && (init == graph.GlorotUniform || init == graph.GlorotNormal) { // out is 198
				c.variance, c.limit = c.variance*500/498, c.limit*math.Sqrt(500./498)
			}
			sum, squares, largest := 0.0, 0.0, 0.0
			for _, v := range kernel {
				sum += float64(v)
				squares += float64(v) * float64(v)
				largest = math.Max(largest, math.Abs(float64(v)))
			}
			n := float64(len(kernel))
			if largest > c.limit*1.0001 || largest < c.limit*0.99 {
				t.Errorf("%s: the largest magnitude is %v, want nearly %v", init, largest, c.limit)
			}
			if mean := sum / n; math.Abs(mean) > 4*math.Sqrt(c.variance/n) {
				t.Errorf("%s: the mean is %v", init, mean)
			}
			if v := squares / n; math.Abs(v-c.variance) > 4*c.variance*math.Sqrt(c.spread/n) {
				t.Errorf("%s: the variance is %v, want %v", init, v, c.variance)
			}
		}
	}
}

// The bits of the normal initialisers are pinned: a model starts with the same numbers on every
// machine.
func TestNormalInitialisersArePinned(t *testing.T) {
	x := graph.Input("x", 3)
	kernel := data(t, graph.New("m", x, graph.Dense("l", x, 2, graph.KernelInit(graph.HeNormal))), 1)["m/l/kernel"]
	want := []uint32{0x3f93bff5, 0x3fdfa7fb, 0xbfb650f8, 0xbfbb194e, 0xbfd83190, 0xbe8d7018}
	var got []uint32
	for _, v := range kernel {
		got = append(got, math.Float32bits(v))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the kernel's bits are %#x, want %#x", got, want)
	}
}

// The options of a layer stand in its configuration. Defaults are left out, as in the files of the
// first version.
func TestOptionsInFiles(t *testing.T) {
	type node = *graph.Node
	vector, image := graph.Shape{4}, graph.Shape{1, 4, 4}
	for want, c := range map[string]struct {
		in   graph.Shape
		call func(x node) node
	}{
		`{"units":2}`: {vector, func(x node) node {
			return graph.Dense("", x, 2, graph.KernelInit(graph.GlorotUniform), graph.BiasInit(graph.Zeros))
		}},
		`{"units":2,"bias":false}`: {vector, func(x node) node { return graph.Dense("", x, 2, graph.NoBias) }},
		`{"units":2,"kernel_init":"he-normal","bias_init":"ones"}`: {vector, func(x node) node {
			return graph.Dense("", x, 2, graph.BiasInit(graph.Ones), graph.KernelInit(graph.HeNormal))
		}},
		`{"filters":2,"kernel":3,"stride":1,"dilation":1,"padding":"valid","bias":true,"kernel_init":"he-uniform"}`: {image, func(x node) node {
			return graph.Conv2D("", x, 2, 3, graph.KernelInit(graph.HeUniform))
		}},
		`{}`: {vector, func(x node) node { return graph.BatchNorm("", x, graph.Epsilon(0.001), graph.Momentum(0.99)) }},
		`{"epsilon":0.00001,"momentum":0}`: {vector, func(x node) node {
			return graph.BatchNorm("", x, graph.Epsilon(1e-5), graph.Momentum(0))
		}},
		`{"epsilon":0.25}`: {vector, func(x node) node { return graph.LayerNorm("", x, graph.Epsilon(0.25)) }},
	} {
		x := graph.Input("x", c.in...)
		n := c.call(x)
		m := graph.New("m", x, n)
		text, err := m.Architecture()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `"config":`+want+`}`) {
			t.Errorf("the architecture is %s, want the configuration %s", text, want)
		}
		again, err := graph.ReadArchitecture(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Architecture(); err != nil || string(got) != string(text) || !reflect.DeepEqual(again.Nodes()[1].Layer(), n.Layer()) {
			t.Errorf("read and written again it is %s (%v), want %s", got, err, text)
		}
	}
	x := graph.Input("x", 4)
	m := graph.New("m", x, graph.Dense("d", x, 2, graph.BiasInit(graph.Ones)))
	if bias := data(t, m, 1)["m/d/bias"]; !slices.Equal(bias, []float32{1, 1}) {
		t.Errorf("a bias of ones begins as %v", bias)
	}
	x = graph.Input("x", 4)
	wantError(t, graph.New("m", x, graph.Dense("d", x, 2, graph.BiasInit("twos"))).Err(), `"d" (Dense)`, "bias", `got "twos"`)
}
