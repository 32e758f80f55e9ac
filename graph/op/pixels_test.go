package op

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/causal"
)

// plainPixels computes the bits of images as the comments of package causal define them: in float64,
// each number by itself, and from the whole image before it.
type plainPixels struct {
	causal.Net
	image []int // bytes, (height, width, channels)
	w     [][]float64
}

func (p *plainPixels) value(row, col, channel int) int {
	if row < 0 || row >= p.Height || col < 0 || col >= p.Width {
		return 0
	}
	return p.image[(row*p.Width+col)*p.Channels+channel]
}

func (p *plainPixels) unit(row, col, channel int) float64 {
	return float64(p.value(row, col, channel)) / 255
}

// mean returns the mean of a block of 4 columns over all channels.
func (p *plainPixels) mean(top, rows, left int) float64 {
	sum := 0.0
	for i := range rows {
		for j := range 4 {
			for c := range p.Channels {
				sum += p.unit(top+i, left+j, c)
			}
		}
	}
	return sum / float64(rows*4*p.Channels)
}

func (p *plainPixels) hats(at, n int) (x []float64) {
	for k := range 8 {
		x = append(x, math.Max(0, 1-math.Abs(7*float64(at)/math.Max(1, float64(n-1))-float64(k))))
	}
	return x
}

// known returns the channels of a pixel that come before a channel, and zeros for all but the last of
// the others.
func (p *plainPixels) known(row, col, channel int) (v []int) {
	for c := range p.Channels - 1 {
		if v = append(v, 0); c < channel {
			v[c] = p.value(row, col, c)
		}
	}
	return v
}

func (p *plainPixels) plain(row, col, channel int) (x []float64) {
	for c := range p.Channels {
		for i := row - 5; i < row; i++ {
			for j := col - 5; j <= col+5; j++ {
				x = append(x, p.unit(i, j, c))
			}
		}
		for j := col - 5; j < col; j++ {
			x = append(x, p.unit(row, j, c))
		}
	}
	for _, v := range p.known(row, col, channel) {
		x = append(x, float64(v)/255)
	}
	for _, top := range []int{-9, -13} {
		for k := -4; k < 4; k++ {
			x = append(x, p.mean(row+top, 4, col+4*k))
		}
	}
	for k := range 2 {
		x = append(x, p.mean(row-3, 4, col-9-4*k), p.mean(row-5, 2, col-9-4*k), p.mean(row-5, 5, col+6+4*k))
	}
	x = append(append(x, p.hats(row, p.Height)...), p.hats(col, p.Width)...)
	x = append(x, p.summary(row, col, channel)...)
	for c := 0; c < p.Channels && p.Channels > 1; c++ {
		x = append(x, 0)
		if c == channel {
			x[len(x)-1] = 1
		}
	}
	return x
}

// before calls f with all values above 0 of a channel before a pixel.
func (p *plainPixels) before(row, col, channel int, f func(i, j, v int)) {
	for i := range row + 1 {
		for j := 0; j < p.Width && (i < row || j < col); j++ {
			if v := p.value(i, j, channel); v > 0 {
				f(i, j, v)
			}
		}
	}
}

func (p *plainPixels) summary(row, col, channel int) []float64 {
	h, w := float64(p.Height), float64(p.Width)
	x := []float64{0, 0, 0, 0, 0, 0, 0, 1, 1, 1}
	top, left, right := -1, p.Width, -1
	p.before(row, col, channel, func(i, j, v int) {
		if top < 0 {
			top = i
		}
		left, right = min(left, j), max(right, j)
		unit := float64(v) / 255
		x[4] += 4 * unit / (h * w)
		x[5] += 16 * unit * (float64(i) - (h-1)/2) / (h * w * h)
		x[6] += 16 * unit * (float64(j) - (w-1)/2) / (h * w * w)
		if i == row {
			x[7] = float64(col-j) / w
		}
		if j == col {
			x[8] = float64(row-i) / h
		}
		if j == min(col+1, p.Width-1) {
			x[9] = float64(row-i) / h
		}
	})
	if top >= 0 {
		x[0], x[1], x[2], x[3] = 1, float64(row-top)/h, float64(col-left)/w, float64(right-col)/w
	}
	return x
}

// near returns the values that are embedded.
func (p *plainPixels) near(row, col, channel int) (v []int) {
	for c := range p.Channels {
		for i := row - 2; i <= row; i++ {
			for j := col - 2; j <= col+2 && (i < row || j < col); j++ {
				v = append(v, p.value(i, j, c))
			}
		}
	}
	mode, largest := 0, 0
	var count [256]int
	p.before(row, col, channel, func(_, _, v int) {
		if count[v]++; count[v] > count[mode] {
			mode = v
		}
		largest = max(largest, v)
	})
	return append(append(v, p.known(row, col, channel)...), mode, largest)
}

func (p *plainPixels) dense(x []float64, weights [][]float64) []float64 {
	for l := 0; l < len(weights); l += 2 {
		kernel, bias := weights[l], weights[l+1]
		y := append([]float64{}, bias...)
		for j := range y {
			for i, v := range x {
				y[j] += v * kernel[i*len(bias)+j]
			}
			if l+2 < len(weights) && y[j] < 0 {
				y[j] *= 0.1
			}
		}
		x = y
	}
	return x
}

// bits returns the bits of a number.
func (p *plainPixels) bits(row, col, channel int) float64 {
	x := p.plain(row, col, channel)
	for _, v := range p.near(row, col, channel) {
		x = append(x, p.w[0][v*p.Embedding:][:p.Embedding]...)
	}
	v := p.value(row, col, channel)
	split := 2 + 2*(len(p.Ink)+1)
	ink := 1 / (1 + math.Exp(-p.dense(x, p.w[2:split])[0]))
	if v == 0 {
		return -math.Log2((1-ink)*65534/65536 + 1.0/65536)
	}
	var count [256]float64
	distinct, palette := 0.0, make([]float64, p.Palette)
	p.before(row, col, channel, func(_, _, v int) {
		if count[v]++; count[v] == 1 {
			distinct++
			for k := range palette {
				palette[k] += p.w[1][v*p.Palette+k]
			}
		}
	})
	for _, s := range palette {
		x = append(x, s/(1+distinct))
	}
	y := p.dense(x, p.w[split:])
	sum := 0.0
	for i := range 255 {
		if n := count[1+i]; n > 0 {
			y[i] += y[255] + y[256]*math.Min(n-1, 2)/2
		}
		sum += math.Exp(y[i])
	}
	return -math.Log2(ink*65534/65536+1.0/65536) - math.Log2(math.Exp(y[v-1])/sum*65281/65536+1.0/65536)
}

func plainPixelBits(net causal.Net, rows int, scale float64) func(y, x [][]float64) {
	return func(y, x [][]float64) {
		y[0][0] = 0
		n := net.Size()
		for r := range rows {
			p := plainPixels{Net: net, image: make([]int, n), w: x[1:]}
			for i, v := range x[0][r*n:][:n] {
				p.image[i] = int(math.Max(0, math.Min(255, math.Floor(v*255+0.5))))
			}
			for i := range n {
				y[0][0] += scale * p.bits(i/net.Channels/net.Width, i/net.Channels%net.Width, i%net.Channels)
			}
		}
	}
}

// The bits, and the gradients of all weights, agree with the plain definition.
func TestPixelBits(t *testing.T) {
	for _, c := range []struct {
		rows int
		net  causal.Net
	}{
		{5, causal.Net{Channels: 1, Height: 3, Width: 2, Embedding: 1, Palette: 1}},
		{1, causal.Net{Channels: 1, Height: 14, Width: 12, Embedding: 1, Palette: 2, Ink: []int{2}, Value: []int{1, 2}}},
		{1, causal.Net{Channels: 3, Height: 2, Width: 3, Embedding: 2, Palette: 1, Ink: []int{1, 2}, Value: []int{2}}},
	} {
		o := PixelBits(c.rows, c.net, 0.25, nil)
		x, want := make([][]float32, len(o.In)), [][]float64{{0}}
		plain := plainPixelBits(c.net, c.rows, 0.25)
		got := [][]float32{{0}}
		for range o.More {
			got = append(got, nil)
		}
		check := newCheck(o, func(y, x [][]float64) { plain(y[:1], x) }, 1)
		copy(x, check.x)
		spreadOut(x[0])
		for i := range x {
			check.x64[i] = wide(x[i])
		}
		plain(want, check.x64)
		o.RunAll(got, x)
		if d := math.Abs(float64(got[0][0]) - want[0][0]); !(d <= 1e-5*want[0][0]) {
			t.Errorf("%s is %v, want %v", o.Name, got[0][0], want[0][0])
		}
		checkPixelGradients(t, o, x, plain)
		refusesWrongInputs(t, o)
	}
}

// spreadOut makes numbers from about -1/3 to 4/3 of those that a check draws: some are clamped.
func spreadOut(x []float32) {
	for i, v := range x {
		x[i] = 0.5 + v/2.4
	}
}

// checkPixelGradients compares some numbers of each gradient with central differences.
func checkPixelGradients(t *testing.T, o Op, x [][]float32, plain func(y, x [][]float64)) {
	t.Helper()
	const h = 1e-5
	y := [][]float32{{0}}
	for _, s := range o.More {
		y = append(y, make([]float32, s.Size()))
	}
	o.RunAll(y, x)
	x64 := make([][]float64, len(x))
	for i := range x {
		x64[i] = wide(x[i])
	}
	for i := 1; i < len(x); i++ {
		largest := 0.0
		for _, d := range y[i] {
			largest = math.Max(largest, math.Abs(float64(d)))
		}
		for n := 0; n < len(x[i]); n += 1 + len(x[i])/25 {
			v := x64[i][n]
			up, down := [][]float64{{0}}, [][]float64{{0}}
			x64[i][n] = v + h
			plain(up, x64)
			x64[i][n] = v - h
			plain(down, x64)
			x64[i][n] = v
			want := (up[0][0] - down[0][0]) / (2 * h)
			if d := math.Abs(float64(y[i][n]) - want); !(d <= 1e-5*largest+1e-9) {
				t.Fatalf("%s: the gradient of weight %d, number %d is %v, want %v", o.Name, i, n, y[i][n], want)
			}
		}
	}
}

// Gradients reach the weights through a graph, and are scaled by that of the bits.
func TestPixelBitsInGraph(t *testing.T) {
	net := causal.Net{Channels: 1, Height: 4, Width: 5, Embedding: 1, Palette: 1, Value: []int{2}}
	o := PixelBits(2, net, 0.5, nil)
	x := newCheck(o, nil, 3).x
	want := [][]float32{{0}}
	for _, s := range o.More {
		want = append(want, make([]float32, s.Size()))
	}
	o.RunAll(want, x)
	for _, factor := range []float32{1, 3} {
		got := run(t, func(t *Tape) []*G.Node {
			leaves := []*G.Node{t.Var("images", o.In[0], x[0], false)}
			for i, s := range o.More {
				leaves = append(leaves, t.Var(fmt.Sprint("weight ", i), s, x[1+i], true))
			}
			loss := t.DoAll(o, leaves...)[0]
			if factor != 1 {
				loss = t.Do(Add(3, Shape{}), loss, loss, loss)
			}
			return append([]*G.Node{loss}, t.Grad(loss, leaves[1:]...)...)
		})
		for k, w := range want {
			for i, v := range w {
				if d := math.Abs(float64(got[k][i] - factor*v)); d > 1e-6*math.Abs(float64(factor*v)) {
					t.Fatalf("with a factor of %v, result %d, number %d is %v, want %v", factor, k, i, got[k][i], factor*v)
				}
			}
		}
	}
}

// With noise, the bits are an estimate: their mean over many steps is that of all numbers.
func TestPixelBitsOfASample(t *testing.T) {
	net := causal.Net{Channels: 1, Height: 12, Width: 12, Embedding: 1, Palette: 1, Ink: []int{2}, Value: []int{2}}
	step := uint64(0)
	all, sampled := PixelBits(2, net, 1, nil), PixelBits(2, net, 1, &Noise{Key: 3, Step: &step})
	x := newCheck(all, nil, 1).x
	clear(x[0])
	x[0][30], x[0][31], x[0][200] = 1, 0.5, 0.25
	y := make([][]float32, len(all.In))
	y[0] = []float32{0}
	all.RunAll(y, x)
	want := float64(y[0][0])
	const steps = 400
	sum, different := 0.0, false
	for range steps {
		step++
		sampled.RunAll(y, x)
		sum += float64(y[0][0])
		different = different || float64(y[0][0]) != want
	}
	if mean := sum / steps; math.Abs(mean-want) > 0.03*want || !different {
		t.Errorf("the mean of the estimates is %v, want %v; they differ: %v", mean, want, different)
	}
}
