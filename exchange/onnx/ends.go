package onnx

import (
	"slices"

	"github.com/pkg/errors"
	"google.golang.org/protobuf/proto"

	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
)

// batchAxis is the name of the axis of examples, whose size is not fixed.
const batchAxis = "batch"

// shape returns the shape of the end in the file, without the batch axis.
func (e End) shape(model graph.Shape) (graph.Shape, error) {
	switch {
	case e.Image == nil || e.Image.Equal(model):
		return model, nil
	case len(e.Image) != 3 || len(model) != 1 || e.Image.Size() != model[0]:
		return nil, errors.Errorf("want an image of %v numbers, (channels, height, width), got %v", model, e.Image)
	}
	return e.Image, nil
}

// value describes the end, which is the input or the output of a node.
func (e End) value(n *graph.Node) (*pb.ValueInfoProto, error) {
	s, err := e.shape(n.Shape())
	if err != nil {
		return nil, err
	}
	name := e.Name
	if name == "" {
		name = n.Name()
	}
	dims := []*pb.TensorShapeProto_Dimension{{Value: &pb.TensorShapeProto_Dimension_DimParam{DimParam: batchAxis}}}
	for _, d := range s {
		dims = append(dims, &pb.TensorShapeProto_Dimension{Value: &pb.TensorShapeProto_Dimension_DimValue{DimValue: int64(d)}})
	}
	v := &pb.ValueInfoProto{Name: proto.String(name), Type: &pb.TypeProto{Value: &pb.TypeProto_TensorType{TensorType: &pb.TypeProto_Tensor{
		ElemType: proto.Int32(int32(pb.TensorProto_FLOAT)), Shape: &pb.TensorShapeProto{Dim: dims},
	}}}}
	if e.Doc != "" {
		v.DocString = proto.String(e.Doc)
	}
	return v, nil
}

// enter returns the value that the model takes, of its shape, from the input of the file. A vector of an image has the
// numbers of a pixel side by side, the image has its channels one after another.
func (g *Graph) enter(name string, model, image graph.Shape) string {
	if image == nil || image.Equal(model) {
		return name
	}
	c := &Call{Graph: g, name: name + "/vector"}
	if image[0] > 1 {
		name = c.Step("Transpose", []string{name}, Attr{"perm", []int{0, 2, 3, 1}})
	}
	return c.Reshape(name, model)
}

// leave gives the output of the file its name.
func (g *Graph) leave(name, y string, model, image graph.Shape) {
	if image != nil && !image.Equal(model) {
		c := &Call{Graph: g, name: name + "/image"}
		if image[0] > 1 {
			y = c.Step("Reshape", []string{y, c.Ints("shape", 0, image[1], image[2], image[0])})
			y = c.Do("Transpose", []string{y}, Attr{"perm", []int{0, 3, 1, 2}})
		} else {
			y = c.Reshape(y, image)
		}
	}
	// The node that made the value gives it the name of the output. An input or a value of a nested name that
	// something else reads, too, is renamed there as well.
	i := slices.IndexFunc(g.nodes, func(n *pb.NodeProto) bool { return n.Output[0] == y })
	if i < 0 {
		g.nodes = append(g.nodes, &pb.NodeProto{OpType: proto.String("Identity"), Name: proto.String(name), Input: []string{y}, Output: []string{name}})
		return
	}
	for _, n := range g.nodes {
		for j, x := range n.Input {
			if x == y {
				n.Input[j] = name
			}
		}
	}
	g.nodes[i].Output[0] = name
}
