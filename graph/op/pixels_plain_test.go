package op

import (
	"math"

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
