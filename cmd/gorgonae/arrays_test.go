package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
)

// writeNPY writes an array as NumPy does: values are []float64, []float32 or []byte.
func writeNPY(t *testing.T, path, kind string, shape []int, values any) {
	t.Helper()
	tuple := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]")
	if len(shape) == 1 {
		tuple += ","
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, tuple)
	head += strings.Repeat(" ", 117-len(head)) + "\n"
	b := bytes.NewBufferString("\x93NUMPY\x01\x00")
	for _, part := range []any{uint16(len(head)), []byte(head), values} {
		if err := binary.Write(b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	write(t, path, b.Bytes())
}

func readNPY(t *testing.T, path string) npy.Array {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	a, err := npy.Read(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// net computes the tutorial's network by hand in float64, from the weights of a model file.
type net map[string]*graph.Weight

func readNet(t *testing.T, dir string) net {
	t.Helper()
	f, err := graph.ReadFile(filepath.Join(dir, run.ModelName))
	if err != nil {
		t.Fatal(err)
	}
	n := net{}
	for _, w := range f.Model.Weights() {
		n[w.Name] = w
	}
	return n
}

// part applies the encoder or the decoder.
func (n net) part(name string, x []float64) []float64 {
	for i := 1; n[fmt.Sprintf("%s/%s_dense_%d/kernel", name, name, i)] != nil; i++ {
		kernel := n[fmt.Sprintf("%s/%s_dense_%d/kernel", name, name, i)]
		bias := n[fmt.Sprintf("%s/%s_dense_%d/bias", name, name, i)]
		y := make([]float64, len(bias.Data))
		for k := range y {
			y[k] = float64(bias.Data[k])
			for j, v := range x {
				y[k] += v * float64(kernel.Data[j*len(y)+k])
			}
			if y[k] < 0 {
				y[k] *= float64(float32(0.3))
			}
		}
		x = y
	}
	return x
}

func near(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - want[i]); !(d < 1e-5) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// codesAndImages computes the codes and reconstructions of images by hand.
func (n net) codesAndImages(s *images.Set) (codes, outputs []float64) {
	for i := range s.Len() {
		x := make([]float64, s.Height*s.Width)
		for k, b := range s.Image(i) {
			x[k] = float64(b) / 255
		}
		code := n.part("encoder", x)
		codes = append(codes, code...)
		outputs = append(outputs, n.part("decoder", code)...)
	}
	return codes, outputs
}

func TestEncodeDecode(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run", "--latent", "3")...)
	set, err := images.ReadFolder("pics", images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	codes, outputs := readNet(t, "run").codesAndImages(set)

	if out := works(t, "encode", "run", "--images", "pics", "--out", "codes.npy"); out != "wrote the codes of 40 images, 3 numbers each, to codes.npy\n" {
		t.Errorf("encode prints %q", out)
	}
	a := readNPY(t, "codes.npy")
	if fmt.Sprint(a.Shape) != "[40 3]" {
		t.Errorf("codes of shape %v", a.Shape)
	}
	near(t, "codes", a.Data, codes)

	// The same images as arrays of every type give the same codes, bit for bit.
	bits := read(t, "codes.npy")
	doubles, floats := make([]float64, len(set.Pixels)), make([]float32, len(set.Pixels))
	for i, b := range set.Pixels {
		floats[i] = float32(b) / 255
		doubles[i] = float64(floats[i])
	}
	writeNPY(t, "bytes.npy", "|u1", []int{40, 8, 8}, set.Pixels)
	writeNPY(t, "floats.npy", "<f4", []int{40, 64}, floats)
	writeNPY(t, "doubles.npy", "<f8", []int{40, 8, 8}, doubles)
	for _, file := range []string{"bytes.npy", "floats.npy", "doubles.npy"} {
		works(t, "encode", "run/model.safetensors", "--images", file, "--out", "again.npy")
		if read(t, "again.npy") != bits {
			t.Errorf("%s gives other codes than the folder", file)
		}
	}

	outside := 0
	for i, v := range outputs {
		if outputs[i] = max(0, min(v, 1)); outputs[i] != v {
			outside++
		}
	}
	want := fmt.Sprintf("note: %d of 2560 numbers were outside of [0, 1] and became 0 or 1, as in files of images\n", outside)
	if status, out, errs := call(t, "decode", "run", "codes.npy", "--out", "out.npy"); status != 0 || out != "wrote 40 images of 8 x 8 pixels to out.npy\n" || errs != want {
		t.Errorf("decode prints %q and notes %q, want %q", out, errs, want)
	}
	d := readNPY(t, "out.npy")
	if fmt.Sprint(d.Shape) != "[40 8 8]" {
		t.Errorf("images of shape %v", d.Shape)
	}
	near(t, "images", d.Data, outputs)
	works(t, "decode", "run", "codes.npy")
	if !slices.Equal(names(t, "decoded"), names(t, "pics")) {
		t.Errorf("decode writes the files %v", names(t, "decoded"))
	}
	works(t, "encode", "run", "--images", "out.npy", "--out", "again.npy") // decode's array is read by the others
	if read(t, "again.names.csv") != read(t, "codes.names.csv") {
		t.Errorf("the names in the listings are %s", read(t, "again.names.csv"))
	}
	works(t, "compress", "run", "out.npy", "--out", "out.gae")
	refused(t, []string{"decoded holds images already"}, "decode", "run", "codes.npy")
	drawn, err := images.ReadFolder("decoded", images.Options{})
	if err != nil || !bytes.Equal(drawn.Pixels, images.ToBytes(d.Data)) {
		t.Errorf("the PNG files are not the array's images: %v", err)
	}
	writeNPY(t, "none.npy", "<f4", []int{0, 3}, []float32{})
	works(t, "decode", "run", "none.npy", "--out", "none-decoded.npy")
	if n := readNPY(t, "none-decoded.npy"); fmt.Sprint(n.Shape) != "[0 8 8]" {
		t.Errorf("no codes give images of shape %v", n.Shape)
	}
}

// encode keeps the order of the images in each part of a data set.
func TestEncodeData(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--latent", "1")...)
	data, err := dataset.Open(t.Context(), dataset.Options{Data: "pics"})
	if err != nil {
		t.Fatal(err)
	}
	codes, _ := readNet(t, "run").codesAndImages(setOf(t, data.TestFiles))
	if out := works(t, "encode", "run", "--data", "pics"); out != "wrote the codes of 4 images, 1 number each, to codes.npy\n" {
		t.Errorf("encode prints %q", out)
	}
	near(t, "codes of the test set", readNPY(t, "codes.npy").Data, codes)
	works(t, "encode", "run", "--data", "pics", "--split", "train", "--out", "train.npy")
	if a := readNPY(t, "train.npy"); fmt.Sprint(a.Shape) != "[36 1]" {
		t.Errorf("the codes of the training set have shape %v", a.Shape)
	}
}

func setOf(t *testing.T, files *images.Files) *images.Set {
	t.Helper()
	set, err := files.Set()
	if err != nil {
		t.Fatal(err)
	}
	return set
}
