package graph_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// Inputs and settings that layers of images refuse.
func TestImageLayerErrors(t *testing.T) {
	for name, c := range map[string]struct {
		shape graph.Shape
		call  func(x *graph.Node) *graph.Node
		want  []string
	}{
		"vector":         {graph.Shape{784}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("l", x, 2, 2, graph.Same) }, []string{`"l" (MaxPool2D)`, "3 axes, got shape (784)"}},
		"window":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.AveragePool2D("l", x, 5, 1, graph.Valid) }, []string{`"l" (AveragePool2D)`, "fits into 4 elements", "reaches over 5"}},
		"width":          {graph.Shape{1, 9, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("l", x, 5, 1, graph.Valid) }, []string{"fits into 4 elements"}},
		"stride":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("l", x, 2, 0, graph.Same) }, []string{"stride 0"}},
		"padding":        {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("l", x, 2, 2, 2) }, []string{"windows of 2 pixels with 2 of padding"}},
		"flat padding":   {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.MaxPool2D("l", x, graph.Pair{3, 1}, 1, 1) }, []string{"windows of 3 x 1 pixels with 1 of padding"}},
		"wide factor":    {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, graph.Pair{1, 0}, graph.Nearest) }, []string{"factor 1 x 0"}},
		"global":         {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.GlobalAveragePool2D("l", x) }, []string{"(GlobalAveragePool2D)", "3 axes"}},
		"factor":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, 0, graph.Nearest) }, []string{"(UpSample2D)", "factor 0"}},
		"large factor":   {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, 1<<29, graph.Nearest) }, []string{"elements"}},
		"interpolation":  {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.UpSample2D("l", x, 2, "cubic") }, []string{`"cubic"`, `"nearest" or "bilinear"`}},
		"border":         {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.ZeroPad2D("l", x, 1, 1, -1, 1) }, []string{"(ZeroPad2D)", "1, 1, -1 and 1"}},
		"channels of no": {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.SpatialDropout("l", x, 0.5) }, []string{"(SpatialDropout)", "3 axes"}},
		"share":          {graph.Shape{1, 4, 4}, func(x *graph.Node) *graph.Node { return graph.SpatialDropout("l", x, 1) }, []string{"(SpatialDropout)", "a share of 1"}},
		"deviation":      {graph.Shape{4}, func(x *graph.Node) *graph.Node { return graph.GaussianNoise("l", x, -1) }, []string{"(GaussianNoise)", "want a standard deviation of 0 or more, got -1"}},
		"softmax":        {graph.Shape{1, 2, 2}, func(x *graph.Node) *graph.Node { return graph.Softmax("l", x) }, []string{"(Softmax)", "1 axes, got shape (1, 2, 2)"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := graph.Input("x", c.shape...)
			wantError(t, graph.New("m", x, c.call(x)).Err(), c.want...)
		})
	}
}
