// Package onnx writes models as ONNX files. ONNX Runtime and many other programs run them: on servers, on phones, in
// browsers.
//
//	files, err := onnx.WriteParts("runs/deep/onnx", ae, graph.Shape{1, 28, 28}, onnx.Options{})
//
// writes encoder.onnx, decoder.onnx and autoencoder.onnx, so that one device can encode and another one decode. A file
// computes what graph.Model.Predict computes, but for the last bits: noise and dropout are not in it, a sampling layer
// gives its means, and a code layer rounds.
//
// In files, images are (batch, channels, height, width), float32, from 0 for black to 1 for white. The batch has any
// size. Nodes have the names of layers, initialisers those of weights: "encoder/encoder_dense_1/kernel".
//
// Files have IR version 8 and operator set 17, so that ONNX Runtime from 1.12 of 2022 on reads them.
package onnx

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"google.golang.org/protobuf/proto"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/onnx/internal/pb"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// The versions of the files. Operator set 17 is the first with LayerNormalization; IR version 8 is that of its time.
const (
	IRVersion = 8
	Opset     = 17
)

// maxBytes bounds the weights of a file: protobuf messages have less than 2 GiB.
const maxBytes = 1<<31 - 1<<20

// Options say what a file holds beside the model.
type Options struct {
	// Version is the version of the program that writes the file.
	Version string

	// Meta is metadata that readers show: keys and values.
	Meta map[string]string

	// Int8 stores the kernels of dense and convolutional layers as 8-bit integers with a scale for each output channel,
	// and DequantizeLinear nodes that make floats of them. The file then has about a quarter of the size. Quantized says
	// what the kernels become.
	Int8 bool

	// Input and Output describe the ends of the model.
	Input, Output End
}

// End is the input or the output of a model in a file.
type End struct {
	Name string // of the value; "" for that of the layer
	Doc  string // what its numbers mean

	// Image is the shape of images, (channels, height, width), if the model has them as vectors of all their numbers,
	// pixel by pixel. The file then has images.
	Image graph.Shape
}

// Encode writes a model as an ONNX file. It refuses a model with a layer whose kind has no Converter, and weights that
// are not finite.
func Encode(w io.Writer, m *graph.Model, o Options) error {
	text, err := encode(m, o)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return errors.WithStack(err)
}

// Write writes a model as an ONNX file, atomically: if it fails, an older file stays. It refuses what Encode refuses.
func Write(path string, m *graph.Model, o Options) error {
	text, err := encode(m, o)
	if err != nil {
		return errors.WithMessagef(err, "cannot write %s", path)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// PartPaths returns the paths of the files that WriteParts writes into a folder.
func PartPaths(dir string) (paths []string) {
	for _, name := range []string{"encoder", "decoder", "autoencoder"} {
		paths = append(paths, filepath.Join(dir, name+".onnx"))
	}
	return paths
}

// File is a file that WriteParts has written.
type File struct {
	Path string
	Size int64 // in bytes
}

// WriteParts writes the encoder, the decoder and the whole autoencoder into a folder, as encoder.onnx, decoder.onnx and
// autoencoder.onnx. It makes the folder if there is none. Before it writes the first file, it knows that all three can be
// written. image is the shape of the images, (channels, height, width), for models that take them as vectors; it may be
// nil for others. Inputs and outputs have the names "image", "code" and "reconstruction", whatever the options say.
func WriteParts(dir string, ae *autoencoder.Autoencoder, image graph.Shape, o Options) ([]File, error) {
	const about = "images, from 0 for black to 1 for white"
	x, y := End{"image", about, image}, End{"reconstruction", about, image}
	code := End{Name: "code", Doc: "codes"}
	parts := []struct {
		model   *graph.Model
		in, out End
	}{{ae.Encoder, x, code}, {ae.Decoder, code, x}, {ae.Model, x, y}}
	var files []File
	var texts [][]byte
	for i, path := range PartPaths(dir) {
		p, one := parts[i], o
		one.Input, one.Output = p.in, p.out
		one.Meta = maps.Clone(o.Meta)
		if one.Meta == nil {
			one.Meta = map[string]string{}
		}
		one.Meta["gorgonae.part"] = strings.TrimSuffix(filepath.Base(path), ".onnx")
		text, err := encode(p.model, one)
		if err != nil {
			return nil, errors.WithMessagef(err, "cannot write %s", path)
		}
		files, texts = append(files, File{path, int64(len(text))}), append(texts, text)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, errors.Wrap(err, "cannot make the folder for ONNX files")
	}
	for i, f := range files {
		err := atomicfile.Write(f.Path, func(w io.Writer) error {
			_, err := w.Write(texts[i])
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// encode returns the bytes of a file.
func encode(m *graph.Model, o Options) ([]byte, error) {
	if err := m.Ready(); err != nil {
		return nil, err
	}
	arch, err := m.Architecture()
	if err != nil {
		return nil, err
	}
	size := 0
	for _, w := range m.Weights() {
		if size += 4 * w.Shape.Size(); size > maxBytes {
			return nil, errors.Errorf("model %q: want weights of less than 2 GiB together, as one ONNX file holds, got more", m.Name())
		}
	}
	var file *pb.ModelProto
	m.Change(func() { file, err = describe(m, o) }) // so that nobody changes the weights meanwhile
	if err != nil {
		return nil, err
	}
	meta := maps.Clone(o.Meta)
	if meta == nil {
		meta = map[string]string{}
	}
	meta["gorgonae.architecture"] = string(arch)
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		file.MetadataProps = append(file.MetadataProps, &pb.StringStringEntryProto{Key: proto.String(key), Value: proto.String(meta[key])})
	}
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(file)
	return text, errors.Wrapf(err, "model %q", m.Name())
}

// describe makes the file's message without its metadata.
func describe(m *graph.Model, o Options) (*pb.ModelProto, error) {
	g := &Graph{taken: map[string]bool{}, constants: map[string]string{}, int8: o.Int8}
	nodes := m.Nodes()
	in, err := o.Input.value(nodes[0])
	if err != nil {
		return nil, errors.WithMessagef(err, "model %q: input", m.Name())
	}
	out, err := o.Output.value(nodes[len(nodes)-1])
	if err != nil {
		return nil, errors.WithMessagef(err, "model %q: output", m.Name())
	}
	if in.GetName() == out.GetName() {
		return nil, errors.Errorf("model %q: want different names for input and output, got %q for both", m.Name(), in.GetName())
	}
	g.taken[in.GetName()], g.taken[out.GetName()] = true, true
	y, err := g.model(m, g.enter(in.GetName(), m.In(), o.Input.Image))
	if err != nil {
		return nil, err
	}
	g.leave(out.GetName(), y, m.Out(), o.Output.Image)
	g.keepBorders()
	if g.err != nil {
		return nil, errors.WithMessagef(g.err, "model %q", m.Name())
	}
	return &pb.ModelProto{
		IrVersion:       proto.Int64(IRVersion),
		OpsetImport:     []*pb.OperatorSetIdProto{{Domain: proto.String(""), Version: proto.Int64(Opset)}},
		ProducerName:    proto.String("gorgonae"),
		ProducerVersion: proto.String(o.Version),
		Graph: &pb.GraphProto{
			Name: proto.String(m.Name()), Node: g.nodes, Initializer: g.initializers,
			Input: []*pb.ValueInfoProto{in}, Output: []*pb.ValueInfoProto{out},
		},
	}, nil
}
