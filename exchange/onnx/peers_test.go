package onnx_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/onnx"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// peer is a model to be compared with its file in ONNX Runtime.
type peer struct {
	name    string
	model   *graph.Model
	options onnx.Options
	batches []int
	session map[string]string // settings of ONNX Runtime

	same func(x []float32) bool // whether an example can be compared; nil for all
	want *graph.Model           // what the file computes; nil for the model
}

// python returns the interpreter that has ONNX Runtime.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("PEERS_PYTHON")
	if path == "" {
		t.Skip("SKIPPED: PEERS_PYTHON does not name a Python interpreter with onnx and onnxruntime, so no file is compared with ONNX Runtime (make exchange does)")
	}
	return path
}

// comparePeers writes the models, runs all files in one process of Python, and compares the outputs with those of
// Predict: no number may differ by more than 1e-5 of the largest.
func comparePeers(t *testing.T, interpreter string, peers []peer) {
	t.Helper()
	dir := t.TempDir()
	type runs struct {
		File    string            `json:"file"`
		X       string            `json:"x"`
		Y       string            `json:"y"`
		Shape   []int             `json:"shape"`
		Batches []int             `json:"batches"`
		Options map[string]string `json:"options"`
	}
	var cases []runs
	inputs := make([][]float32, len(peers))
	for i, p := range peers {
		name := filepath.Join(dir, strconv.Itoa(i))
		if err := onnx.Write(name+".onnx", p.model, p.options); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		rows := 0
		for _, n := range p.batches {
			rows += n
		}
		inputs[i] = pixels(rows*p.model.In().Size(), uint64(i))
		shape := outer(p.model.In(), p.options.Input)
		writeFloats(t, name+".x", graph.ChannelsFirst(inputs[i], shape))
		cases = append(cases, runs{name + ".onnx", name + ".x", name + ".y", shape, p.batches, p.session})
	}
	text, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "cases.json")
	if err := os.WriteFile(manifest, text, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(interpreter, "testdata/peer.py", manifest).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i, p := range peers {
		worst = max(worst, p.compare(t, inputs[i], readFloats(t, cases[i].Y)))
	}
	t.Logf("%d models, the largest difference is %.2g of the largest number", len(peers), worst)
}

// compare compares outputs of ONNX Runtime with those of Predict, and returns the largest difference.
func (p *peer) compare(t *testing.T, x, got []float32) float64 {
	t.Helper()
	model := p.model
	if p.want != nil {
		model = p.want
	}
	y, err := model.Predict(context.Background(), x)
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	want := graph.ChannelsFirst(y, outer(model.Out(), p.options.Output))
	if len(got) != len(want) {
		t.Errorf("%s: want %d numbers, got %d", p.name, len(want), len(got))
		return 0
	}
	in, out := model.In().Size(), model.Out().Size()
	largest, difference, at, skipped := 0.0, 0.0, 0, 0
	for r := range len(x) / in {
		if p.same != nil && !p.same(x[r*in:][:in]) {
			skipped++
			continue
		}
		for i := r * out; i < (r+1)*out; i++ {
			largest = max(largest, math.Abs(float64(want[i])))
			if d := math.Abs(float64(want[i]) - float64(got[i])); !(d <= difference) {
				difference, at = d, i
			}
		}
	}
	if rows := len(x) / in; skipped > rows/20 {
		t.Errorf("%s: %d of %d examples were not compared", p.name, skipped, rows)
	}
	if !(difference <= 1e-5*largest) {
		t.Errorf("%s: number %d is %v in ONNX Runtime, want %v: it differs by %.2g of the largest, %.3g", p.name, at, got[at], want[at], difference/largest, largest)
	}
	return difference / max(largest, math.SmallestNonzeroFloat32)
}

// outer returns the shape of an end in the file.
func outer(s graph.Shape, e onnx.End) graph.Shape {
	if e.Image != nil {
		return e.Image
	}
	return s
}

func writeFloats(t *testing.T, path string, x []float32) {
	t.Helper()
	raw := make([]byte, 0, 4*len(x))
	for _, v := range x {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	if err := os.WriteFile(path, raw, 0o666); err != nil {
		t.Fatal(err)
	}
}

func readFloats(t *testing.T, path string) (x []float32) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for ; len(raw) > 0; raw = raw[4:] {
		x = append(x, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return x
}

// pixels returns random numbers from 0 to 1.
func pixels(n int, seed uint64) []float32 {
	src := random.New(seed, "pixels")
	x := make([]float32, n)
	for i := range x {
		x[i] = src.Float32()
	}
	return x
}

// filled gives all weights random values, biases and averages too.
func filled(t *testing.T, m *graph.Model, seed uint64) {
	t.Helper()
	if err := m.Init(seed); err != nil {
		t.Fatal(err)
	}
	src := random.New(seed, "weights")
	for _, w := range m.Weights() {
		for i := range w.Data {
			w.Data[i] += 0.2*src.Float32() - 0.1
		}
	}
}

// architectures returns encoder, decoder and whole model of each architecture, for grey and coloured images.
func architectures(t *testing.T) (peers []peer) {
	t.Helper()
	for _, image := range []graph.Shape{{1, 28, 28}, {3, 18, 21}} {
		for _, a := range autoencoder.Architectures() {
			ae, err := autoencoder.Build(a.New(), image)
			if err != nil {
				t.Fatal(err)
			}
			filled(t, ae.Model, 1)
			x, y := onnx.End{Name: "x", Image: image}, onnx.End{Name: "y", Image: image}
			for _, p := range []peer{
				{name: "encoder", model: ae.Encoder, options: onnx.Options{Input: x}},
				{name: "decoder", model: ae.Decoder, options: onnx.Options{Output: y}},
				{name: "autoencoder", model: ae.Model, options: onnx.Options{Input: x, Output: y}, same: roundsAlike(t, ae)},
			} {
				p.name += " of " + a.Name + " for " + image.String()
				p.batches = []int{1, 3, 256}
				peers = append(peers, p)
			}
		}
	}
	return peers
}

// roundsAlike returns a function that tells whether a code layer rounds an example alike, though the encoder's last bits
// differ: whether no latent lies close to the middle between two symbols.
func roundsAlike(t *testing.T, ae *autoencoder.Autoencoder) func(x []float32) bool {
	t.Helper()
	prior, err := ae.Prior()
	if err != nil {
		t.Fatal(err)
	}
	if prior == nil {
		return nil
	}
	return func(x []float32) bool {
		z, err := ae.Encoder.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range z {
			p := float64(v-prior.Offset[i]) / float64(prior.Step[i])
			if math.Abs(p-math.Floor(p)-0.5) < 1e-4 {
				return false
			}
		}
		return true
	}
}

// Every architecture computes in ONNX Runtime what Predict computes, for batches of several sizes.
func TestPeersONNXArchitectures(t *testing.T) {
	comparePeers(t, python(t), architectures(t))
}

// So does every layer, with many settings.
func TestPeersONNXLayers(t *testing.T) {
	comparePeers(t, python(t), layers(t))
}

// So do random models of all layers, with models within models.
func TestPeersONNXRandomModels(t *testing.T) {
	interpreter := python(t)
	var peers []peer
	for seed := range uint64(60) {
		peers = append(peers, peer{name: "random model " + strconv.FormatUint(seed, 10), model: randomModel(t, seed), batches: []int{1, 3, 256}})
	}
	comparePeers(t, interpreter, peers)
}

// The quantised files compute what Predict computes with the weights of Quantized, whether ONNX Runtime makes floats of
// them at the beginning or in each run.
func TestPeersONNXQuantized(t *testing.T) {
	interpreter := python(t)
	var peers []peer
	for i, p := range append(architectures(t), layers(t)...) {
		changed := onnx.Quantized(p.model)
		if len(changed) == 0 {
			continue
		}
		p.options.Int8, p.batches = true, []int{1, 3}
		p.want = copyOf(t, p.model)
		if i%2 == 0 {
			p.session = map[string]string{"session.disable_quant_qdq": "1"}
		}
		for _, w := range p.want.Weights() {
			if values := changed[w.Name]; values != nil {
				if err := w.Set(values); err != nil {
					t.Fatal(err)
				}
			}
		}
		if p.same != nil { // the quantised encoder rounds otherwise
			ae, err := autoencoder.From(p.want)
			if err != nil {
				t.Fatal(err)
			}
			p.same = roundsAlike(t, ae)
		}
		peers = append(peers, p)
	}
	comparePeers(t, interpreter, peers)
}
