package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/pkg/errors"
	"google.golang.org/protobuf/proto"

	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
)

// Graph is the graph of a file while it is written. It keeps the first error.
type Graph struct {
	nodes        []*pb.NodeProto
	initializers []*pb.TensorProto
	taken        map[string]bool   // names of values and nodes
	constants    map[string]string // what is made once, though its model may be applied twice: the names of values
	int8         bool
	err          error
}

// Attr is an attribute of a node: its value is an int, a float32, a string or an []int.
type Attr struct {
	Name  string
	Value any
}

// model adds the layers of a model, and returns the name of its output.
func (g *Graph) model(m *graph.Model, x string) (string, error) {
	values := map[*graph.Node]string{m.Nodes()[0]: x}
	for _, n := range m.Nodes()[1:] {
		var in []string
		for _, p := range n.Inputs() {
			in = append(in, values[p])
		}
		y, err := g.layer(m, n, in)
		if err != nil {
			return "", err
		}
		values[n] = y
	}
	return values[m.Nodes()[len(m.Nodes())-1]], nil
}

// layer adds one call of a layer, and returns the name of its output.
func (g *Graph) layer(m *graph.Model, n *graph.Node, in []string) (y string, err error) {
	if inner := n.Model(); inner != nil {
		return g.model(inner, in[0])
	}
	convert, err := converterOf(n.Layer().Kind())
	if err == nil {
		y, err = convert(&Call{Graph: g, Node: n, In: in, name: strings.TrimSuffix(m.Name(), "_model") + "/" + n.Name()})
	}
	switch {
	case err != nil:
	case g.err != nil:
		err = g.err
	case !g.taken[y]:
		err = errors.Errorf("want a value of the graph as the output, got %q from the converter", y)
	}
	return y, errors.WithMessagef(err, "model %q: layer %q (%s)", m.Name(), n.Name(), n.Layer().Kind())
}

// add adds a node with one output of the same name.
func (g *Graph) add(name, op string, inputs []string, attributes []Attr) string {
	name = g.unique(name)
	n := &pb.NodeProto{Name: proto.String(name), OpType: proto.String(op), Input: inputs, Output: []string{name}}
	for _, a := range attributes {
		n.Attribute = append(n.Attribute, g.attribute(a))
	}
	g.nodes = append(g.nodes, n)
	return name
}

// unique returns a name that no value has yet: a model that is applied twice has its layers twice.
func (g *Graph) unique(name string) string {
	free := name
	for i := 2; g.taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	g.taken[free] = true
	return free
}

func (g *Graph) attribute(a Attr) *pb.AttributeProto {
	p := &pb.AttributeProto{Name: proto.String(a.Name)}
	switch v := a.Value.(type) {
	case int:
		p.Type, p.I = pb.AttributeProto_INT.Enum(), proto.Int64(int64(v))
	case float32:
		p.Type, p.F = pb.AttributeProto_FLOAT.Enum(), proto.Float32(v)
	case string:
		p.Type, p.S = pb.AttributeProto_STRING.Enum(), []byte(v)
	case []int:
		p.Type = pb.AttributeProto_INTS.Enum()
		for _, i := range v {
			p.Ints = append(p.Ints, int64(i))
		}
	default:
		g.fail(errors.Errorf("attribute %q: want an int, a float32, a string or an []int, got a %T", a.Name, a.Value))
	}
	return p
}

// once returns the name of a value that make makes, and makes it the first time alone.
func (g *Graph) once(name string, make func() string) string {
	made, ok := g.constants[name]
	if !ok {
		made = make()
		g.constants[name] = made
	}
	return made
}

// constant adds an initialiser with the numbers in raw, little-endian, and returns its name.
func (g *Graph) constant(name string, kind pb.TensorProto_DataType, shape []int, raw func() []byte) string {
	return g.once(name, func() string {
		t := &pb.TensorProto{Name: proto.String(g.unique(name)), DataType: proto.Int32(int32(kind)), RawData: raw()}
		for _, d := range shape {
			t.Dims = append(t.Dims, int64(d))
		}
		g.initializers = append(g.initializers, t)
		return t.GetName()
	})
}

func (g *Graph) floats(name string, shape []int, values []float32) string {
	g.finite(name, values)
	return g.constant(name, pb.TensorProto_FLOAT, shape, func() []byte {
		raw := make([]byte, 0, 4*len(values))
		for _, v := range values {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		return raw
	})
}

func (g *Graph) finite(name string, values []float32) {
	for _, v := range values {
		if v-v != 0 {
			g.fail(errors.Errorf("%s: want finite numbers, got NaN or infinity", name))
			return
		}
	}
}

// zeroBorder is the mode of borders of zeros, and almostZero stands for zero in those before poolings.
const (
	zeroBorder = "constant"
	almostZero = 1e-30
)

// keepBorders gives borders of zeros before poolings a number that is not zero, but so small that it makes no
// difference. ONNX Runtime 1.19 moves a border of zeros into the pooling after it, as its padding, which does not count:
// of negative numbers it then returns the largest, not 0.
func (g *Graph) keepBorders() {
	borders := map[string]*pb.NodeProto{}
	for _, n := range g.nodes {
		switch n.GetOpType() {
		case "Pad":
			if string(n.Attribute[0].GetS()) == zeroBorder {
				borders[n.Output[0]] = n
			}
		case "MaxPool", "AveragePool":
			if border := borders[n.Input[0]]; border != nil && len(border.Input) == 2 {
				border.Input = append(border.Input, g.floats("almost_zero", nil, []float32{almostZero}))
			}
		}
	}
}

func (g *Graph) fail(err error) {
	if g.err == nil {
		g.err = err
	}
}
