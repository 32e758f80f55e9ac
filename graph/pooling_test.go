package graph_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// What layers of images refuse.
func TestImageLayerErrors(t *testing.T) {
	for name, c := range map[string]struct {
		shape graph.Shape
		call  func(x *graph.Node) *graph.Node
		want  []string
	}{
		"vector":         {graph.Shape{784}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D(x, 2, 2, graph.Same, "l") }, []string{`"l" (MaxPool2D)`, "3 axes, got shape (784)"}},
		"window":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.AveragePool2D(x, 5, 1, graph.Valid, "l") }, []string{`"l" (AveragePool2D)`, "5 elements does not fit into 4"}},
		"width":          {graph.Shape{1, 9, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D(x, 5, 1, graph.Valid, "l") }, []string{"does not fit into 4"}},
		"stride":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D(x, 2, 0, graph.Same, "l") }, []string{"stride 0"}},
		"padding":        {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D(x, 2, 2, 2, "l") }, []string{"2 pixels with 2 of padding"}},
		"global":         {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.GlobalAveragePool2D(x, "l") }, []string{"(GlobalAveragePool2D)", "3 axes"}},
		"factor":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D(x, 0, graph.Nearest, "l") }, []string{"(UpSample2D)", "factor 0"}},
		"large factor":   {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D(x, 1<<29, graph.Nearest, "l") }, []string{"elements"}},
		"interpolation":  {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D(x, 2, "cubic", "l") }, []string{`"cubic"`, `"nearest" or "bilinear"`}},
		"border":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.ZeroPad2D(x, 1, 1, -1, 1, "l") }, []string{"(ZeroPad2D)", "1, 1, -1 and 1"}},
		"channels of no": {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.SpatialDropout(x, 0.5, "l") }, []string{"(SpatialDropout)", "3 axes"}},
		"share":          {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.SpatialDropout(x, 1, "l") }, []string{"(SpatialDropout)", "a share of 1"}},
		"deviation":      {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.GaussianNoise(x, -1, "l") }, []string{"(GaussianNoise)", "deviation -1"}},
		"softmax":        {graph.Shape{1, 2, 2}, func(x *graph.Node) *graph.Node { return graph.Softmax(x, "l") }, []string{"(Softmax)", "1 axes, got shape (1, 2, 2)"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := graph.Input("x", c.shape...)
			wantError(t, graph.New("m", x, c.call(x)).Err(), c.want...)
		})
	}
}
