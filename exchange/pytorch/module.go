package pytorch

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Module returns Python that makes the modules of PyTorch which compute what an autoencoder computes in
// prediction, with the names of its exported state dictionary: encoder, decoder, and model, which joins them.
// It is an error if a part branches, or has a layer that PyTorch lacks. If only the joining has one, such
// as the rounding of a codec, the Python has no model.
func Module(ae *autoencoder.Autoencoder) (string, error) {
	var b strings.Builder
	b.WriteString(preamble)
	for _, m := range []*graph.Model{ae.Encoder, ae.Decoder} {
		lines, err := chain(m, ae)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n%s = %s\n", variable(m.Name()), sequential(lines))
	}
	lines, err := chain(ae.Model, ae)
	if err != nil {
		fmt.Fprintf(&b, "\n# There is no model of both: %s.\n", strings.ReplaceAll(err.Error(), "\n", " "))
		return b.String(), nil
	}
	fmt.Fprintf(&b, "\nmodel = %s\n", sequential(lines))
	return b.String(), nil
}

// WriteModule writes what Module returns into a file, atomically.
func WriteModule(path string, ae *autoencoder.Autoencoder) error {
	text, err := Module(ae)
	if err != nil {
		return errors.WithMessagef(err, "cannot write %s", path)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

const preamble = `from collections import OrderedDict

from torch import nn


class Means(nn.Module):
    """The means of a code: the first half of its numbers; the others are log-variances."""

    def forward(self, x):
        return x[:, : x.shape[1] // 2]

`

// line is a module of a nn.Sequential.
type line struct{ name, module string }

func sequential(lines []line) string {
	var b strings.Builder
	b.WriteString("nn.Sequential(OrderedDict([\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "    (%s, %s),\n", python(l.name), l.module)
	}
	b.WriteString("]))")
	return b.String()
}

// variable returns the name of a part, as package weights has it.
func variable(model string) string {
	return strings.NewReplacer(".", "_", "-", "_", " ", "_").Replace(strings.TrimSuffix(model, "_model"))
}

// chain returns the modules of a model whose layers follow one another.
func chain(m *graph.Model, ae *autoencoder.Autoencoder) (lines []line, err error) {
	nodes := m.Nodes()
	for i, n := range nodes[1:] {
		in := n.Inputs()
		if len(in) != 1 || in[0] != nodes[i] {
			return nil, errors.Errorf("model %q: want layers that follow one another, got %q, which does not: write the module by hand", m.Name(), n.Name())
		}
		name := strings.ReplaceAll(n.Name(), ".", "_")
		if inner := n.Model(); inner != nil {
			if inner != ae.Encoder && inner != ae.Decoder {
				return nil, errors.Errorf("model %q: want an encoder and a decoder alone, got %q: write the module by hand", m.Name(), inner.Name())
			}
			lines = append(lines, line{variable(inner.Name()), variable(inner.Name())})
			continue
		}
		modules, err := modulesOf(n)
		if err != nil {
			return nil, errors.WithMessagef(err, "layer %q (%s)", n.Name(), n.Layer().Kind())
		}
		for _, l := range modules {
			lines = append(lines, line{name + l.name, l.module})
		}
	}
	return lines, nil
}

// settings are the configurations of all layers that PyTorch has.
type settings struct {
	Bias, Scale, Offset      *bool
	Kernel, Stride, Dilation graph.Pair
	Size, Factor             graph.Pair
	Padding                  graph.Padding
	OutputPad                graph.Pair `json:"output_pad"`
	Groups                   int
	Epsilon, Momentum        *float64
	Slope, Alpha, P          float64
	Interpolation            string
	Top, Bottom, Left, Right int
}

// simple are the modules of layers without settings, or of those that do nothing in prediction.
var simple = map[string]string{
	"ReLU": "nn.ReLU()", "SiLU": "nn.SiLU()", "GELU": "nn.GELU()", "Sigmoid": "nn.Sigmoid()", "Tanh": "nn.Tanh()", "Softplus": "nn.Softplus()",
	"Softmax": "nn.Softmax(dim=1)", "Flatten": "nn.Flatten()", "GaussianNoise": "nn.Identity()", "ActivityL2": "nn.Identity()", "GaussianSample": "Means()",
}

// modulesOf returns the modules of a layer, most often one. Names are endings for the layer's name.
func modulesOf(n *graph.Node) ([]line, error) {
	kind, in := n.Layer().Kind(), n.Inputs()[0].Shape()
	if module, ok := simple[kind]; ok {
		return []line{{"", module}}, nil
	}
	text, err := n.Config()
	if err != nil {
		return nil, err
	}
	c := settings{Stride: graph.Pair{1, 1}, Dilation: graph.Pair{1, 1}}
	if kind != "Reshape" { // whose settings have no part in the module
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, errors.WithStack(err)
		}
	}
	bias := title(c.Bias == nil || *c.Bias)
	switch kind {
	case "Dense":
		return one("nn.Linear(%d, %d, bias=%s)", in[0], n.Shape()[0], bias)
	case "Conv2D":
		return c.convolution(in, n.Shape(), bias)
	case "ConvTranspose2D":
		return c.transposed(in, n.Shape(), bias)
	case "MaxPool2D", "AveragePool2D":
		return c.pooling(kind, in)
	case "BatchNorm", "LayerNorm":
		return c.norm(kind, in)
	case "LeakyReLU":
		return one("nn.LeakyReLU(%v)", c.Slope)
	case "ELU":
		return one("nn.ELU(%v)", c.Alpha)
	case "Dropout":
		return one("nn.Dropout(%v)", c.P)
	case "SpatialDropout":
		return one("nn.Dropout2d(%v)", c.P)
	case "UpSample2D":
		corners := map[bool]string{true: ", align_corners=False"}[c.Interpolation == "bilinear"]
		return one("nn.Upsample(scale_factor=(%d, %d), mode=%q%s)", c.Factor[0], c.Factor[1], c.Interpolation, corners)
	case "GlobalAveragePool2D":
		return []line{{"", "nn.AdaptiveAvgPool2d(1)"}, {"_flat", "nn.Flatten()"}}, nil
	case "ZeroPad2D":
		return one("nn.ZeroPad2d((%d, %d, %d, %d))", c.Left, c.Right, c.Top, c.Bottom)
	case "EdgePad2D":
		return one("nn.ReplicationPad2d((%d, %d, %d, %d))", c.Left, c.Right, c.Top, c.Bottom)
	case "Crop2D":
		return one("nn.ZeroPad2d((%d, %d, %d, %d))", -c.Left, -c.Right, -c.Top, -c.Bottom)
	case "Reshape":
		if len(in) == 1 {
			return one("nn.Unflatten(1, (%s))", join(n.Shape()))
		}
	}
	return nil, errors.Errorf("want a layer that PyTorch has as a module, got another: write it by hand")
}

func one(format string, args ...any) ([]line, error) {
	return []line{{"", fmt.Sprintf(format, args...)}}, nil
}

// title returns a boolean of Python.
func title(b bool) string { return map[bool]string{true: "True", false: "False"}[b] }

func join(shape []int) string {
	text := ""
	for _, n := range shape {
		text += fmt.Sprintf("%d, ", n)
	}
	return strings.TrimSuffix(text, " ")
}

func tuple(p graph.Pair) string { return fmt.Sprintf("(%d, %d)", p[0], p[1]) }
