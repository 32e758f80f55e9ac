package handwriting

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"runtime"
	"testing"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
)

// The bytes are pinned: other bytes are another data set, and every processor must draw the same
// bytes. To try another processor, run GOARCH=arm64 go test -c ./handwriting, and run the binary
// there or under qemu-aarch64 with -test.run Pinned.
func TestPinned(t *testing.T) {
	for _, c := range []struct {
		name        string
		train, test int
		want        string
	}{
		{"prefix", 1000, 500, "e5cdbda113e9294bb1c4448302e390b1f4b5d015b6239b1454253b83e4316fa9"},
		{"whole", 60000, 10000, "7f1aa6c6e21f4a99401515aedeb29f140afd2bccb441cd6b59a7fc4880d2c77b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "whole" && testing.Short() {
				t.Skip("the whole set is drawn without -short only")
			}
			tr, te := Draw(c.train, c.test)
			h := sha256.New()
			for _, part := range [][]byte{tr.Pixels, tr.Labels, te.Pixels, te.Labels} {
				h.Write(part)
			}
			if got := hex.EncodeToString(h.Sum(nil)); got != c.want {
				t.Errorf("SHA-256 of Draw(%d, %d) is %s, want %s", c.train, c.test, got, c.want)
			}
		})
	}
}

// Rounding to bytes hides most differences in the last bits, but not all. This test compares the
// bits themselves. They differ if the compiler fuses a product with an addition, as it may on arm64
// and with GOAMD64=v3.
func TestBitsPinned(t *testing.T) {
	const want = "7083edbe777b80d98893e3647c6d20f52d9787351a5c766937008b72eeaf2062"
	h := sha256.New()
	hash := func(v ...float64) {
		for _, f := range v {
			h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)))
		}
	}
	r := random.New(1)
	for i, w := range newWriters() {
		var c canvas
		for _, path := range fit(w.write(r, i%10)) {
			for k, p := range path {
				hash(p.x, p.y, p.pen)
				c.line(path[max(k-1, 0)], p)
			}
		}
		hash(c[:]...)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("SHA-256 of the paths and canvases is %s, want %s", got, want)
	}
}

// An image depends neither on the number of cores nor on the number of images.
func TestDependsOnTheIndexAlone(t *testing.T) {
	draw := func(cores, train, test int) (tr, te *images.Set) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		return Draw(train, test)
	}
	wantTr, wantTe := draw(1, 1000, 300)
	for _, c := range []struct{ cores, train, test int }{{7, 1000, 300}, {2, 257, 256}, {3, 1, 0}} {
		tr, te := draw(c.cores, c.train, c.test)
		for _, s := range []struct {
			got, want *images.Set
			n         int
		}{{tr, wantTr, c.train}, {te, wantTe, c.test}} {
			if s.got.Name != "handwriting" || s.got.Height != 28 || s.got.Width != 28 || len(s.got.Labels) != s.n ||
				s.got.Len() != s.n {
				t.Fatalf("%d cores: %q with %d images of %dx%d and %d labels, want %d", c.cores, s.got.Name, s.got.Len(),
					s.got.Height, s.got.Width, len(s.got.Labels), s.n)
			}
			if !bytes.Equal(s.got.Pixels, s.want.Pixels[:s.n*784]) || !bytes.Equal(s.got.Labels, s.want.Labels[:s.n]) {
				t.Errorf("%d images on %d cores are not the first of 1000 or 300 on one core", s.n, c.cores)
			}
		}
	}
	if bytes.Equal(wantTr.Pixels[:784*10], wantTe.Pixels[:784*10]) {
		t.Error("training and test images begin alike")
	}
}

// The comments give MNIST's numbers.
func TestLikeMNIST(t *testing.T) {
	const n = 5000
	s, _ := Draw(n, 0)
	var sum, squares, inked, border float64
	for i := range n {
		var mass, massX, massY float64
		for k, v := range s.Image(i) {
			x, y := k%28, k/28
			g := float64(v) / 255
			sum, squares = sum+g, squares+g*g
			mass, massX, massY = mass+g, massX+g*float64(x), massY+g*float64(y)
			if v > 0 {
				inked++
			}
			if x < 4 || x >= 24 || y < 4 || y >= 24 {
				border += g
			}
		}
		if dx, dy := massX/mass-14, massY/mass-14; math.Abs(dx) > 0.6 || math.Abs(dy) > 0.6 {
			t.Errorf("image %d: the centre of mass is (%.2f, %.2f) off pixel (14, 14)", i, dx, dy)
		}
	}
	mean := sum / (n * 784)
	for _, c := range []struct {
		what           string
		got, low, high float64
	}{
		{"mean", mean, 0.125, 0.137}, // 0.1307
		{"standard deviation", math.Sqrt(squares/(n*784) - mean*mean), 0.3, 0.32}, // 0.3081
		{"share of pixels with ink", inked / (n * 784), 0.18, 0.2},                // 0.191
		{"share of the ink in the border of 4 pixels", border / sum, 0, 0.03},     // 0.033
	} {
		if !(c.got >= c.low && c.got <= c.high) {
			t.Errorf("%s is %.4f, want %v to %v", c.what, c.got, c.low, c.high)
		}
	}
}

func TestLabels(t *testing.T) {
	const n = 5000
	tr, te := Draw(n, n)
	for _, s := range []*images.Set{tr, te} {
		var count [10]int
		var pairs [10][10]int // how often each label follows another: there is no order to learn
		for i, l := range s.Labels {
			count[l]++
			if i > 0 {
				pairs[s.Labels[i-1]][l]++
			}
		}
		for a := range count { // within five standard deviations
			if math.Abs(float64(count[a])-n/10) > 5*math.Sqrt(n/10) {
				t.Errorf("digit %d: %d of %d images", a, count[a], n)
			}
			for b := range count {
				if math.Abs(float64(pairs[a][b])-n/100) > 5*math.Sqrt(n/100) {
					t.Errorf("%d follows %d %d times of %d", b, a, pairs[a][b], n)
				}
			}
		}
	}
}

// Digits differ, but not trivially: the class with the nearest mean image is right for 80 % of the
// test images. For MNIST it is right for 82 %.
func TestClasses(t *testing.T) {
	tr, te := Draw(5000, 1000)
	var means [10][784]float64
	var count [10]float64
	for i, l := range tr.Labels {
		count[l]++
		for k, v := range tr.Image(i) {
			means[l][k] += float64(v)
		}
	}
	right := 0
	for i, l := range te.Labels {
		best, nearest := math.Inf(1), 0
		for c := range means {
			d := 0.
			for k, v := range te.Image(i) {
				e := float64(v) - means[c][k]/count[c]
				d += e * e
			}
			if d < best {
				best, nearest = d, c
			}
		}
		if nearest == int(l) {
			right++
		}
	}
	if right < 740 || right > 880 {
		t.Errorf("%d of 1000 test images are nearest to the mean of their class, want 740 to 880", right)
	}
}

// All writers are different people, and each is consistent: two images of a digit are closer to
// each other if one writer wrote both.
func TestWriters(t *testing.T) {
	all := newWriters()
	seen := map[hand]bool{}
	for _, w := range all {
		seen[w.hand] = true
	}
	if len(all) != 500 || len(seen) != len(all) {
		t.Fatalf("%d hands of %d writers, want 500 of 500", len(seen), len(all))
	}
	r := random.New(1)
	image := func(w *writer, digit int) (p [784]byte) {
		render(p[:], fit(w.write(r, digit)), r)
		return p
	}
	var own, other float64
	for i, w := range all {
		a, b, c := image(w, i%10), image(w, i%10), image(all[(i+1)%len(all)], i%10)
		for k := range a {
			own += math.Pow(float64(a[k])-float64(b[k]), 2)
			other += math.Pow(float64(a[k])-float64(c[k]), 2)
		}
	}
	if own > 0.75*other {
		t.Errorf("the squared distance between images of one writer is %.2f of that between writers, want at most 0.75",
			own/other)
	}
}

// BenchmarkDraw draws 1000 images in each iteration.
func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		Draw(1000, 0)
	}
}
