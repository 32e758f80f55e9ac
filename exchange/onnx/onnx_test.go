package onnx_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/onnx"
	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
)

// parsed writes a model and parses the file.
func parsed(t *testing.T, m *graph.Model, o onnx.Options) *pb.ModelProto {
	t.Helper()
	var files [2]bytes.Buffer
	for i := range files {
		if err := onnx.Encode(&files[i], m, o); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the same model gives two different files")
	}
	file := &pb.ModelProto{}
	if err := (proto.UnmarshalOptions{}).Unmarshal(files[0].Bytes(), file); err != nil {
		t.Fatal(err)
	}
	if len(file.ProtoReflect().GetUnknown()) > 0 {
		t.Error("the file has unknown fields")
	}
	return file
}

// checkGraph checks what every reader relies on: values are made before they are read, by one node each.
func checkGraph(t *testing.T, g *pb.GraphProto) {
	t.Helper()
	made := map[string]bool{g.Input[0].GetName(): true}
	for _, w := range g.Initializer {
		if made[w.GetName()] {
			t.Errorf("two values have the name %q", w.GetName())
		}
		made[w.GetName()] = true
	}
	names := map[string]bool{}
	for _, n := range g.Node {
		for _, x := range n.Input {
			if x != "" && !made[x] {
				t.Errorf("node %q reads %q, which no node before it makes", n.GetName(), x)
			}
		}
		if made[n.Output[0]] || names[n.GetName()] || len(n.Output) != 1 {
			t.Errorf("node %q or its output %q is there twice", n.GetName(), n.Output)
		}
		made[n.Output[0]], names[n.GetName()] = true, true
	}
	if !made[g.Output[0].GetName()] {
		t.Errorf("no node makes the output %q", g.Output[0].GetName())
	}
}

// dims returns the axes of a value, the batch as -1.
func dims(v *pb.ValueInfoProto) (d []int) {
	for _, axis := range v.GetType().GetTensorType().GetShape().GetDim() {
		if axis.GetDimParam() == "batch" {
			d = append(d, -1)
		} else {
			d = append(d, int(axis.GetDimValue()))
		}
	}
	return d
}

func tutorial(t *testing.T) *autoencoder.Autoencoder {
	t.Helper()
	ae, err := autoencoder.Build(autoencoder.NewTutorial(), graph.Shape{1, 28, 28})
	if err != nil {
		t.Fatal(err)
	}
	filled(t, ae.Model, 1)
	return ae
}

func TestFile(t *testing.T) {
	ae := tutorial(t)
	image := graph.Shape{1, 28, 28}
	file := parsed(t, ae.Model, onnx.Options{Version: "v1.2.3", Meta: map[string]string{"b": "2", "a": "1"},
		Input: onnx.End{Name: "image", Doc: "grey", Image: image}, Output: onnx.End{Name: "reconstruction", Image: image}})
	if file.GetIrVersion() != onnx.IRVersion || len(file.OpsetImport) != 1 || file.OpsetImport[0].GetVersion() != onnx.Opset || file.OpsetImport[0].GetDomain() != "" {
		t.Errorf("the versions are %d and %v", file.GetIrVersion(), file.OpsetImport)
	}
	if file.GetProducerName() != "gorgonae" || file.GetProducerVersion() != "v1.2.3" || file.Graph.GetName() != "AE" {
		t.Errorf("the file is of %q %q, graph %q", file.GetProducerName(), file.GetProducerVersion(), file.Graph.GetName())
	}
	var keys []string
	for _, m := range file.MetadataProps {
		keys = append(keys, m.GetKey())
		if m.GetKey() == "gorgonae.architecture" {
			if again, err := graph.ReadArchitecture([]byte(m.GetValue())); err != nil || again.Name() != "AE" {
				t.Errorf("the architecture in the metadata cannot be read: %v", err)
			}
		}
	}
	if !slices.Equal(keys, []string{"a", "b", "gorgonae.architecture"}) {
		t.Errorf("the metadata are %v", keys)
	}
	in, out := file.Graph.Input, file.Graph.Output
	if len(in) != 1 || len(out) != 1 || in[0].GetName() != "image" || out[0].GetName() != "reconstruction" || in[0].GetDocString() != "grey" ||
		!slices.Equal(dims(in[0]), []int{-1, 1, 28, 28}) || !slices.Equal(dims(out[0]), []int{-1, 1, 28, 28}) {
		t.Errorf("input %v, output %v", in, out)
	}
	checkGraph(t, file.Graph)
	var nodes []string
	for _, n := range file.Graph.Node {
		nodes = append(nodes, n.GetName()+" "+n.GetOpType())
	}
	want := []string{"image/vector Reshape", "encoder/encoder_dense_1 Gemm", "encoder/encoder_leakyrelu_1 LeakyRelu", "encoder/encoder_dense_2 Gemm",
		"decoder/decoder_dense_1 Gemm", "decoder/decoder_leakyrelu_1 LeakyRelu", "decoder/decoder_dense_2 Gemm", "decoder/decoder_output LeakyRelu", "reconstruction/image Reshape"}
	for _, w := range want {
		if !slices.Contains(nodes, w) {
			t.Errorf("there is no node %q: %q", w, nodes)
		}
	}
	checkWeights(t, ae.Model, file.Graph)
}

// checkWeights checks that the initialisers hold the weights by their names.
func checkWeights(t *testing.T, m *graph.Model, g *pb.GraphProto) {
	t.Helper()
	for _, w := range m.Weights() {
		i := slices.IndexFunc(g.Initializer, func(p *pb.TensorProto) bool { return p.GetName() == w.Name })
		if i < 0 {
			t.Errorf("weight %q is not in the file", w.Name)
			continue
		}
		p := g.Initializer[i]
		var shape graph.Shape
		for _, d := range p.Dims {
			shape = append(shape, int(d))
		}
		path := filepath.Join(t.TempDir(), "raw")
		if err := os.WriteFile(path, p.RawData, 0o666); err != nil {
			t.Fatal(err)
		}
		if p.GetDataType() != int32(pb.TensorProto_FLOAT) || !shape.Equal(w.Shape) || !slices.Equal(readFloats(t, path), w.Data) {
			t.Errorf("weight %q has shape %v, want %v and its values", w.Name, shape, w.Shape)
		}
	}
}

// Files of all architectures, layers and random models are graphs that readers accept; together they have every kind
// of layers that models have.
func TestGraphs(t *testing.T) {
	kinds := map[string]bool{}
	peers := append(architectures(t), layers(t)...)
	for seed := range uint64(20) {
		peers = append(peers, peer{model: randomModel(t, seed)})
	}
	for _, p := range peers {
		for _, int8 := range []bool{false, true} {
			p.options.Int8 = int8
			g := parsed(t, p.model, p.options).Graph
			checkGraph(t, g)
			if in, out := dims(g.Input[0])[1:], dims(g.Output[0])[1:]; !slices.Equal(in, outer(p.model.In(), p.options.Input)) || !slices.Equal(out, outer(p.model.Out(), p.options.Output)) {
				t.Errorf("%s: the ends have shapes %v and %v", p.name, in, out)
			}
		}
		for _, m := range p.model.Models() {
			for _, n := range m.Nodes() {
				kinds[n.Layer().Kind()] = true
			}
		}
	}
	table, err := os.ReadFile("../../docs/model-file.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(table), "| kind | fields |")
	rows, _, _ = strings.Cut(rows, "\n\n")
	for _, row := range strings.Split(rows, "\n")[2:] {
		for _, kind := range strings.Split(strings.Split(row, "|")[1], ",") {
			if kind = strings.TrimSpace(kind); !kinds[kind] {
				t.Errorf("no model of the tests has a layer of kind %q", kind)
			}
		}
	}
}

// A model that is applied twice has its layers twice, and its weights once.
func TestAppliedTwice(t *testing.T) {
	x := graph.Input("x", 3)
	inner := graph.New("inner_model", x, graph.Dense("dense", x, 3))
	y := graph.Input("y", 3)
	m := graph.New("outer", y, inner.Apply(inner.Apply(y)))
	filled(t, m, 1)
	for _, int8 := range []bool{false, true} {
		g := parsed(t, m, onnx.Options{Int8: int8}).Graph
		checkGraph(t, g)
		names := ""
		for _, n := range g.Node {
			names += n.GetName() + ">" + n.Output[0] + " "
		}
		want := "inner/dense>inner/dense inner/dense_2>inner_model_1 "
		if int8 {
			want = "inner/dense/kernel_transposed>inner/dense/kernel_transposed " + want
		}
		if names != want {
			t.Errorf("the nodes are %s, want %s", names, want)
		}
	}
}

func TestQuantized(t *testing.T) {
	x := graph.Input("x", 40)
	m := graph.New("m", x, graph.Dense("dense", x, 30))
	filled(t, m, 1)
	w := m.Weights()[0]
	for i := range w.Data { // a unit of zeros, and one whose weights are 127 and whole numbers
		switch i % 30 {
		case 0:
			w.Data[i] = 0
		case 1:
			w.Data[i] = float32(127 - i/30)
		}
	}
	q := onnx.Quantized(m)
	if len(q) != 1 || len(q["m/dense/kernel"]) != len(w.Data) {
		t.Fatalf("quantised weights: %v", q)
	}
	for unit := range 30 {
		largest := 0.0
		for i := range 40 {
			largest = max(largest, math.Abs(float64(w.Data[i*30+unit])))
		}
		for i := range 40 {
			v, got := float64(w.Data[i*30+unit]), float64(q["m/dense/kernel"][i*30+unit])
			if math.Abs(v-got) > largest/127/2*(1+1e-6) || unit < 2 && v != got {
				t.Errorf("weight (%d, %d) of %v becomes %v, the largest of the unit is %v", i, unit, v, got, largest)
			}
		}
	}
	var exact, coarse bytes.Buffer
	ae := tutorial(t)
	for _, err := range []error{onnx.Encode(&exact, ae.Model, onnx.Options{}), onnx.Encode(&coarse, ae.Model, onnx.Options{Int8: true})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if share := float64(coarse.Len()) / float64(exact.Len()); share > 0.27 {
		t.Errorf("the quantised file has %.3f of the size of the other, want about a quarter", share)
	}
}

func TestWriteParts(t *testing.T) {
	ae := tutorial(t)
	dir := filepath.Join(t.TempDir(), "new", "onnx")
	meta := map[string]string{"gorgonae.settings": "{}"}
	files, err := onnx.WriteParts(dir, ae, graph.Shape{1, 28, 28}, onnx.Options{Meta: meta})
	if err != nil || len(files) != 3 || len(meta) != 1 {
		t.Fatalf("%v: %v; the metadata became %v", files, err, meta)
	}
	for i, want := range [][]any{
		{"encoder.onnx", "image", []int{-1, 1, 28, 28}, "code", []int{-1, 2}},
		{"decoder.onnx", "code", []int{-1, 2}, "image", []int{-1, 1, 28, 28}},
		{"autoencoder.onnx", "image", []int{-1, 1, 28, 28}, "reconstruction", []int{-1, 1, 28, 28}},
	} {
		text, err := os.ReadFile(files[i].Path)
		if err != nil || int64(len(text)) != files[i].Size {
			t.Fatalf("%v: %d bytes, %v", files[i], len(text), err)
		}
		file := &pb.ModelProto{}
		if err := proto.Unmarshal(text, file); err != nil {
			t.Fatal(err)
		}
		in, out := file.Graph.Input[0], file.Graph.Output[0]
		got, _ := json.Marshal([]any{filepath.Base(files[i].Path), in.GetName(), dims(in), out.GetName(), dims(out)})
		if w, _ := json.Marshal(want); !bytes.Equal(got, w) {
			t.Errorf("got %s, want %s", got, w)
		}
		checkGraph(t, file.Graph)
	}
}
