package codec

import (
	"bytes"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/train"
)

// lossless returns a lossless model with random weights.
func lossless(t testing.TB, size images.Size) *autoencoder.Autoencoder {
	t.Helper()
	c := autoencoder.NewLossless()
	c.Embedding, c.Palette, c.Ink, c.Value = 2, 2, []int{4}, []int{6}
	ae, err := c.Build(graph.Shape(size.Shape()))
	if err == nil {
		err = ae.Model.Init(2)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ae
}

// smallLossless is trained for a moment.
var smallLossless = sync.OnceValue(func() trained {
	c := autoencoder.NewLossless()
	c.Embedding, c.Palette, c.Ink, c.Value = 2, 2, []int{8}, []int{24}
	return trainFor(c, train.MSE().Sum(), train.NewAdam(5e-3), 16, 1, 400, 60)
})

// noise returns images of random bytes, of one byte, and of zeros.
func noise(size images.Size, n int) *images.Set {
	s := &images.Set{Name: "noise", Channels: size.Channels, Height: size.Height, Width: size.Width}
	src := random.New(1, "noise")
	for i := range n {
		constant := byte(src.Uint64())
		for range size.Numbers() {
			v := byte(src.Uint64())
			if i%3 == 1 {
				v = constant
			} else if i%3 == 2 {
				v = 0
			}
			s.Pixels = append(s.Pixels, v)
		}
		s.Labels = append(s.Labels, 0)
	}
	return s
}

// wantExact checks that files give the images of a set, however many are in a chunk.
func wantExact(t *testing.T, m *Model, set *images.Set) Info {
	t.Helper()
	var info Info
	for _, chunk := range []int{0, 1, 7} {
		file, written := write(t, m, set, Options{Chunk: chunk, Measure: true}, nil)
		if written.SquaredError() != 0 {
			t.Errorf("%v, chunks of %d: the squared error is %v", set.Size(), chunk, written.SquaredError())
		}
		chunks, errs := readAll(t, file, ReadOptions{})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		var pixels []byte
		for _, c := range chunks {
			pixels = append(pixels, c.Pixels...)
		}
		if !bytes.Equal(pixels, set.Pixels) {
			t.Errorf("%v, chunks of %d: other images are read", set.Size(), chunk)
		}
		if chunk == 0 {
			info = written
		}
	}
	return info
}

// Images of any kind come back exactly, whether the network knows their kind or not.
func TestLosslessIsExact(t *testing.T) {
	for _, size := range []images.Size{{Channels: 1, Height: 28, Width: 28}, {Channels: 3, Height: 5, Width: 4}, {Channels: 1, Height: 1, Width: 1}, {Channels: 2, Height: 1, Width: 30}} {
		set := noise(size, 10)
		ae := lossless(t, size)
		if size.Numbers() == 784 {
			ae = smallLossless().ae
		}
		m, err := Fit(t.Context(), ae, set, FitOptions{WeightBits: 8})
		if err != nil {
			t.Fatal(err)
		}
		if !m.Lossless() || m.Refinable() || m.Latents() != size.Numbers() {
			t.Errorf("lossless %v, refinable %v, %d latents", m.Lossless(), m.Refinable(), m.Latents())
		}
		wantExact(t, m, set)
	}
}

// The codes have the size that evaluation states, and what File.Bits says of each image.
func TestLosslessRate(t *testing.T) {
	w := smallLossless()
	m := fit(t, w, FitOptions{})
	info := wantExact(t, m, w.test)
	e, err := train.Evaluate(t.Context(), w.ae.Model, w.test, train.MSE().Sum(), 20)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.BitsPerImage(); math.Abs(got-e.Loss) > 0.01*e.Loss {
		t.Errorf("an image has %v bits in the file, and %v in the evaluation", got, e.Loss)
	}
	file, _ := write(t, m, w.test, Options{}, nil)
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	bits, err := f.Bits(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, b := range bits {
		sum += b
	}
	if over := 8*float64(info.Bytes.Codes) - sum; over < -1 || over > 0.001*sum+48*8 {
		t.Errorf("the codes take %d bytes, %v bits more than their rate of %v", info.Bytes.Codes, over, sum)
	}
}

func TestLosslessRefuses(t *testing.T) {
	w := smallLossless()
	for want, o := range map[string]FitOptions{
		"want no error and no bits": {Error: 1}, "want no error and no bits for": {Bits: 100},
		"want no lambda": {Lambda: 2}, "want the model in the file": {External: true},
	} {
		if _, err := Fit(t.Context(), w.ae, w.training, o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: the error is %v, want %q", o, err, want)
		}
	}
	m := fit(t, w, FitOptions{WeightBits: 8})
	if _, err := NewWriter(new(bytes.Buffer), m, Options{Effort: 1}); err == nil {
		t.Error("an effort was accepted")
	}
	if _, err := m.Prior.Encode(t.Context(), make([]int32, 784*11000)); err == nil {
		t.Error("a chunk that is too large was accepted")
	}
	if _, err := m.Prior.Encode(t.Context(), append(make([]int32, 783), 256)); err == nil {
		t.Error("a number that is no byte was accepted")
	}
	other := *m
	other.Size = images.Size{Channels: 1, Height: 14, Width: 56}
	if err := other.check(); err == nil {
		t.Error("a network for images of another size was accepted")
	}
}

// Training, the rounding of weights and the codes of a lossless model are the same everywhere.
func TestTrainedCodecLossless(t *testing.T) {
	const want = "bcabb8cf311d64f66c494664eb6cb5ded2dda4cdca80b8409da899aa6c36b624"
	w := smallLossless()
	file, _ := write(t, fit(t, w, FitOptions{}), first(w.test, 20), Options{}, numbered)
	if got := hash(file); got != want {
		t.Errorf("the file's SHA-256 is %s, want %s as on every processor", got, want)
	}
}

// Wide images have so much context that fewer of them fit into a chunk.
func TestLosslessChunks(t *testing.T) {
	size := images.Size{Channels: 1, Height: 1, Width: 6000}
	m, err := Fit(t.Context(), lossless(t, size), noise(size, 3), FitOptions{WeightBits: 8})
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(new(bytes.Buffer), m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, most := w.Info().Chunk, m.Prior.(*pixelPrior).most(); got != most || most >= defaultChunk {
		t.Errorf("got chunks of %d images, want %d, less than %d", got, most, defaultChunk)
	}
	if _, err := NewWriter(new(bytes.Buffer), m, Options{Chunk: w.Info().Chunk + 1}); err == nil {
		t.Error("a chunk that is too large was accepted")
	}
}

// A wide network gets few images at once: a small file with many of them is refused before it takes memory
// for the layers of all.
func TestLosslessWide(t *testing.T) {
	size, wide := images.Size{Channels: 1, Height: 4, Width: 4}, []int{1024, 1024, 1024}
	net := graph.PixelNet{Embedding: 64, Palette: 64, Ink: wide, Value: wide}
	m, err := pixelModel(size, net)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Weights() {
		w.Data = make([]float32, w.Shape.Size())
	}
	p, err := roundPixels(size, net, m.Weights(), 4)
	if err != nil {
		t.Fatal(err)
	}
	most := p.most()
	if row := 2*1004 + 64 + 6*1024 + 769; most != limit.batch/row {
		t.Errorf("a chunk has up to %d images of %d numbers in both networks, want %d", most, row, limit.batch/row)
	}
	data := make([]byte, 8)
	data[7] = 1
	var before, after runtime.MemStats
	codes := make([]int32, (most+1)*size.Numbers())
	runtime.ReadMemStats(&before)
	err = p.Decode(t.Context(), data, codes)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; err == nil || !strings.Contains(err.Error(), "at most") || n > 1<<16 {
		t.Errorf("%v, after %d bytes of memory", err, n)
	}
}

// Each damaged byte of a file is noticed, and what is read in spite of it is right.
func TestLosslessDamage(t *testing.T) {
	m, set := golden(t, "lossless")
	file, _ := write(t, m, set, Options{Chunk: 8}, nil)
	n := set.Size().Numbers()
	for i := range file {
		damaged := bytes.Clone(file)
		damaged[i] ^= 0x10
		chunks, errs := readAll(t, damaged, ReadOptions{})
		if len(errs) == 0 {
			t.Fatalf("byte %d: the damage is not noticed", i)
		}
		for _, err := range errs {
			if !typedError(err) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
		for _, c := range chunks {
			if !bytes.Equal(c.Pixels, set.Pixels[c.First*n:][:c.Len*n]) {
				t.Fatalf("byte %d: other images are read from %d on", i, c.First)
			}
		}
	}
}

// A stream that its checksum does not protect is refused, or gives other images. It does not end the
// program.
func TestLosslessStreams(t *testing.T) {
	m, set := golden(t, "lossless-colour")
	q := make([]int32, 5*m.Latents())
	for i := range q {
		q[i] = int32(set.Pixels[i])
	}
	data, err := m.Prior.Encode(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range data {
		for _, damaged := range [][]byte{data[:i], append(bytes.Clone(data[:i]), data[i]^0x55)} {
			if len(damaged) > i {
				damaged = append(damaged, data[i+1:]...)
			}
			if err := m.Prior.Decode(t.Context(), damaged, make([]int32, len(q))); err != nil {
				refused++
			}
		}
	}
	if refused < len(data) {
		t.Errorf("of %d damaged streams %d were refused", 2*len(data), refused)
	}
}
