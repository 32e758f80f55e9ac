package onnx

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
)

// Converter adds nodes for one call of a layer to a graph and returns the name of its output. The operators are those of
// Opset. Values have the batch axis first; images are (batch, channels, height, width).
type Converter func(c *Call) (output string, err error)

// Register lets models with layers of a kind be written, if the layers belong to another package: see graph.Register.
// Call it at the start of a program. It panics if the kind has a converter.
func Register(kind string, c Converter) {
	converters.mu.Lock()
	defer converters.mu.Unlock()
	if converters.table[kind] != nil {
		panic("onnx: two converters are registered for one kind of layers")
	}
	converters.table[kind] = c
}

func converterOf(kind string) (Converter, error) {
	converters.mu.RLock()
	defer converters.mu.RUnlock()
	if c := converters.table[kind]; c != nil {
		return c, nil
	}
	return nil, errors.Errorf("want a kind of layers that ONNX files can hold, %s, got one without a converter: a program registers its own by onnx.Register",
		strings.Join(slices.Sorted(maps.Keys(converters.table)), ", "))
}

var converters = struct {
	mu    sync.RWMutex
	table map[string]Converter
}{table: map[string]Converter{
	"Dense":               dense,
	"Conv2D":              conv2D,
	"ConvTranspose2D":     convTranspose2D,
	"LeakyReLU":           leakyReLU,
	"ReLU":                operator("Relu"),
	"ELU":                 elu,
	"SiLU":                silu,
	"GELU":                gelu,
	"Sigmoid":             operator("Sigmoid"),
	"Tanh":                operator("Tanh"),
	"Softplus":            operator("Softplus"),
	"Softmax":             softmax,
	"Flatten":             reshaped,
	"Reshape":             reshaped,
	"Add":                 add,
	"Concat":              concat,
	"Dropout":             nothing,
	"SpatialDropout":      nothing,
	"GaussianNoise":       nothing,
	"ActivityL2":          nothing,
	"PixelCode":           nothing,
	"GaussianSample":      gaussianSample,
	"FactorizedCode":      code,
	"ConditionalCode":     code,
	"MaxPool2D":           maxPool,
	"AveragePool2D":       averagePool,
	"GlobalAveragePool2D": globalAveragePool,
	"UpSample2D":          upSample,
	"ZeroPad2D":           zeroPad,
	"EdgePad2D":           edgePad,
	"Crop2D":              crop,
	"BatchNorm":           batchNorm,
	"LayerNorm":           layerNorm,
}}

// Call is one call of a layer, for its Converter.
type Call struct {
	*Graph
	Node *graph.Node
	In   []string // the values that the layer is called on

	name string
}

// Do adds the node that makes the layer's output, with the layer's name, and returns the name of that value.
func (c *Call) Do(op string, inputs []string, attributes ...Attr) string {
	return c.add(c.name, op, inputs, attributes)
}

// Step adds a node on the way to the layer's output and returns the name of its value.
func (c *Call) Step(op string, inputs []string, attributes ...Attr) string {
	return c.add(c.name+"/"+op, op, inputs, attributes)
}

// Floats adds a constant of the layer, row-major, and returns its name. No weight may have the same local name.
func (c *Call) Floats(local string, shape []int, values []float32) string {
	return c.floats(c.name+"/"+local, shape, values)
}

// Ints adds a constant vector of integers, as shapes and paddings are, and returns its name.
func (c *Call) Ints(local string, values ...int) string {
	return c.constant(c.name+"/"+local, pb.TensorProto_INT64, []int{len(values)}, func() (raw []byte) {
		for _, v := range values {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
		return raw
	})
}

// Weight adds a weight of the layer as it is, and returns its name.
func (c *Call) Weight(local string) string {
	w := c.weight(local)
	if w == nil {
		return ""
	}
	return c.floats(w.Name, w.Shape, w.Data)
}

func (c *Call) weight(local string) *graph.Weight {
	for _, w := range c.Node.Weights() {
		if w.Local == local {
			return w
		}
	}
	c.fail(errors.Errorf("want a weight %q, got a layer without", local))
	return nil
}

// Config reads the layer's configuration. Fields that it leaves out keep their values; a field that into does not have is
// an error.
func (c *Call) Config(into any) {
	text, err := c.Node.Config()
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		err = d.Decode(into)
	}
	if err != nil {
		c.fail(errors.Wrap(err, "configuration"))
	}
}

// Reshape adds the node that makes the layer's output by giving a value another shape, which has no batch axis.
func (c *Call) Reshape(x string, shape graph.Shape) string {
	return c.Do("Reshape", []string{x, c.Ints("shape", append([]int{0}, shape...)...)}) // 0: as it is
}
