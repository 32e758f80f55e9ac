package onnx_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/exchange/onnx"
	"github.com/gorgonae/gorgonae/graph"
)

// softsign is a layer of another package.
type softsign struct{}

func (softsign) Kind() string                                 { return "Softsign" }
func (softsign) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (softsign) Weights(...graph.Shape) []graph.Spec          { return nil }
func (softsign) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	return b.Try(G.HadamardDiv(in[0], b.Try(G.Add(b.Try(G.Abs(in[0])), G.NewConstant(float32(1))))))
}

func withLayer(l graph.Layer) *graph.Model {
	x := graph.Input("x", 3)
	inner := graph.New("inner", x, graph.Call("own", l, x))
	y := graph.Input("y", 3)
	return graph.New("m", y, inner.Apply(y))
}

func TestRegister(t *testing.T) {
	err := onnx.Encode(&bytes.Buffer{}, withLayer(softsign{}), onnx.Options{})
	wantError(t, err, `model "inner": layer "own" (Softsign)`, "onnx.Register", "BatchNorm")
	onnx.Register("Softsign", func(c *onnx.Call) (string, error) {
		return c.Do("Softsign", c.In), nil
	})
	m := withLayer(softsign{})
	if n := parsed(t, m, onnx.Options{}).Graph.Node; len(n) != 1 || n[0].GetOpType() != "Softsign" || n[0].GetName() != "inner/own" {
		t.Errorf("the nodes are %v", n)
	}
	for _, kind := range []string{"Softsign", "Dense"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a second converter for %s was taken", kind)
				}
			}()
			onnx.Register(kind, nil)
		}()
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		convert onnx.Converter
		want    string
	}{
		"attribute": {func(c *onnx.Call) (string, error) {
			return c.Do("Elu", c.In, onnx.Attr{Name: "alpha", Value: 1.5}), nil
		}, `attribute "alpha": want an int, a float32, a string or an []int, got a float64`},
		"weight": {func(c *onnx.Call) (string, error) { return c.Do("Add", []string{c.In[0], c.Weight("kernel")}), nil }, `want a weight "kernel"`},
		"output": {func(c *onnx.Call) (string, error) { return "nowhere", nil }, `got "nowhere" from the converter`},
		"config": {func(c *onnx.Call) (string, error) {
			var l []int
			c.Config(&l)
			return c.In[0], nil
		}, "configuration"},
		"number": {func(c *onnx.Call) (string, error) {
			return c.Do("Add", []string{c.In[0], c.Floats("f", nil, []float32{float32(math.NaN())})}), nil
		}, "want finite numbers, got NaN"},
	} {
		onnx.Register("Odd "+name, c.convert)
		wantError(t, onnx.Encode(&bytes.Buffer{}, withLayer(odd{kind: "Odd " + name}), onnx.Options{}), `layer "own" (Odd `+name+")", c.want)
	}
	ae := tutorial(t)
	for want, o := range map[string]onnx.Options{
		"input: want an image of (784) numbers":  {Input: onnx.End{Image: graph.Shape{3, 28, 28}}},
		"output: want an image of (784) numbers": {Output: onnx.End{Image: graph.Shape{784, 1}}},
		"want different names":                   {Input: onnx.End{Name: "x"}, Output: onnx.End{Name: "x"}},
	} {
		wantError(t, onnx.Encode(&bytes.Buffer{}, ae.Model, o), `model "AE"`, want)
	}
	ae.Encoder.Weights()[1].Data[3] = float32(math.Inf(1))
	for _, int8 := range []bool{false, true} {
		wantError(t, onnx.Encode(&bytes.Buffer{}, ae.Model, onnx.Options{Int8: int8}), "encoder/encoder_dense_1/bias", "NaN or infinity")
	}
	dir := filepath.Join(t.TempDir(), "onnx")
	_, err := onnx.WriteParts(dir, ae, graph.Shape{1, 28, 28}, onnx.Options{})
	wantError(t, err, "cannot write "+filepath.Join(dir, "encoder.onnx"), "NaN or infinity")
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder is there, though nothing could be written")
	}
	x := graph.Input("x", 3)
	wantError(t, onnx.Encode(&bytes.Buffer{}, graph.New("m", x, graph.Dense("d", x, 2)), onnx.Options{}), "no values yet")
}

// odd is a layer of any kind.
type odd struct {
	softsign
	kind string
}

func (o odd) Kind() string { return o.kind }

// wantError checks that an error says all the texts, in one line.
func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one about %q", want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error %q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the error has several lines: %q", err)
	}
}
