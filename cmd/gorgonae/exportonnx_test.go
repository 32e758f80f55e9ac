package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/handwriting"
)

// export writes the files of ONNX, says how large they are and what quantising costs, and refuses what makes no sense.
func TestExportONNX(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	out := works(t, "export", "run", "--format", "onnx")
	if lines := strings.Split(out, "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "run/onnx/encoder.onnx") || !strings.HasSuffix(lines[0], "kB") {
		t.Errorf("export prints %q", out)
	}
	for _, name := range []string{"encoder", "decoder", "autoencoder"} {
		if text := read(t, "run/onnx/"+name+".onnx"); !strings.Contains(text, `"architecture":"tutorial"`) || !strings.Contains(text, "gorgonae.part") || strings.Contains(text, "trained images") {
			t.Errorf("%s.onnx does not have the settings, or more than these", name)
		}
	}
	refused(t, []string{"run/onnx/encoder.onnx exists", "--force"}, "export", "run", "--format", "onnx")
	works(t, "export", "run", "--format", "onnx", "--force")
	out = works(t, "export", "run", "--format", "onnx", "--quantize", "int8", "--data", "pics", "-o", "small")
	if !strings.Contains(out, "as float32") || !strings.Contains(out, "as int8") || !strings.Contains(out, "of pics") {
		t.Errorf("export prints %q", out)
	}
	refused(t, []string{"--size is for convolutional models", "this one takes images of 8 x 8 pixels alone"}, "export", "run", "--format", "onnx", "--size", "16x24", "-o", "b")
	refused(t, []string{"--size: want"}, "export", "run", "--format", "onnx", "--size", "16", "-o", "b")
	refused(t, []string{"--quantize measures its loss on test images", "--data"}, "export", "run", "--format", "onnx", "--quantize", "int8", "-o", "b")
	refused(t, []string{"--quantize: want int8", `got "int4"`}, "export", "run", "--format", "onnx", "--quantize", "int4", "-o", "b")
	refused(t, []string{"--data is for --quantize"}, "export", "run", "--format", "onnx", "--data", "pics", "-o", "b")
	refused(t, []string{"--layout belongs to"}, "export", "run", "--format", "onnx", "--layout", "keras", "-o", "b")
	refused(t, []string{"--quantize belongs to --format onnx"}, "export", "run", "--format", "numpy", "--quantize", "int8", "-o", "b.npz")
	if _, err := os.Stat("b"); err == nil {
		t.Error("a refused export made the folder")
	}
}

// A convolutional model can be exported for images of other sizes: its files have other shapes, and the same weights.
func TestExportONNXSize(t *testing.T) {
	workplace(t)
	works(t, "train", "--model", "conv", "--data", "pics", "--epochs", "1", "--batch", "8", "--out", "run")
	works(t, "export", "run", "--format", "onnx")
	works(t, "export", "run", "--format", "onnx", "--size", "37x50", "-o", "large")
	large := read(t, "large/autoencoder.onnx")
	for _, want := range []string{`{"shape":[1,37,50]}`, "encoder/edgepad2d_1", "decoder/crop2d_1"} {
		if !strings.Contains(large, want) {
			t.Errorf("the file for images of 37 x 50 does not have %s", want)
		}
	}
	if small := read(t, "run/onnx/autoencoder.onnx"); strings.Contains(small, "edgepad") || !strings.Contains(small, `{"shape":[1,8,8]}`) {
		t.Error("the file for images of 8 x 8 has a border, or another shape")
	}
}

// A model without layers that compress has files that return images, and export says so.
func TestExportONNXOfLossless(t *testing.T) {
	workplace(t)
	works(t, "train", "--model", "lossless", "--data", "pics", "--epochs", "1", "--batch", "8", "--ink", "2", "--value", "2", "--out", "run")
	status, _, notes := call(t, "export", "run", "--format", "onnx")
	if status != 0 || !strings.Contains(notes, "note: the model stores images without loss, so the files return images unchanged") {
		t.Errorf("status %d, notes %q", status, notes)
	}
	refused(t, []string{"--quantize is for models with kernels"}, "export", "run", "--format", "onnx", "--quantize", "int8", "--data", "pics", "-o", "b")
}

// README's commands export the tutorial's model, and the reconstructions of ONNX Runtime have the squared errors that
// export prints.
func TestPeersReadmeExportONNX(t *testing.T) {
	python, peer, readme := peers(t), testFile(t, "../../exchange/onnx/testdata/peer.py"), read(t, "../../README.md")
	workplace(t)
	works(t, "train", "--data", "handwriting", "--epochs", "1", "--out", "runs/tutorial-mnist")
	var printed string
	for line := range strings.Lines(readme) {
		if words := strings.Fields(line); strings.HasPrefix(line, "    gorgonae export ") && strings.Contains(line, "onnx") {
			printed = works(t, words[1:]...)
		}
	}
	errors := regexp.MustCompile(`squared error +([0-9.]+) as float32, ([0-9.]+) as int8 .* over 10000 test images of handwriting`).FindStringSubmatch(printed)
	if errors == nil {
		t.Fatalf("the last export of README.md printed %q", printed)
	}
	_, test := handwriting.Draw(1, 10000)
	x := make([]float32, test.Len()*784)
	for i := range test.Len() {
		if err := test.Example(0, i, x[i*784:][:784], nil); err != nil {
			t.Fatal(err)
		}
	}
	var raw bytes.Buffer
	if err := binary.Write(&raw, binary.LittleEndian, x); err != nil {
		t.Fatal(err)
	}
	write(t, "x", raw.Bytes())
	for i, dir := range []string{"runs/tutorial-mnist/onnx", "small"} {
		cases, err := json.Marshal([]map[string]any{{"file": dir + "/autoencoder.onnx", "x": "x", "y": "y", "shape": []int{1, 28, 28}, "batches": []int{5000, 5000}}})
		if err != nil {
			t.Fatal(err)
		}
		write(t, "cases.json", cases)
		script(t, python, peer, "cases.json")
		y, sum := make([]float32, len(x)), 0.0
		if err := binary.Read(strings.NewReader(read(t, "y")), binary.LittleEndian, y); err != nil {
			t.Fatal(err)
		}
		for j, v := range y {
			sum += (float64(v) - float64(x[j])) * (float64(v) - float64(x[j]))
		}
		want, err := strconv.ParseFloat(errors[1+i], 64)
		if got := sum / float64(test.Len()); err != nil || !(math.Abs(got-want) <= 1e-4) {
			t.Errorf("%s: the squared error of an image is %.5f in ONNX Runtime, export printed %.4f", dir, got, want)
		}
	}
}
