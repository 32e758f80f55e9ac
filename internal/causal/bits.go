package causal

import (
	"math"

	"github.com/gorgonae/gorgonae/internal/f32"
)

// steps is in how many steps a coder counts probabilities. Each symbol gets one of them at least.
const steps = 1 << 16

// inkNats returns -log P of whether a number is above 0, for the logit z, and the derivative by z.
// The calculation is in float64.
func inkNats(z float64, above bool) (nats, dz float64) {
	if !above {
		z = -z
	}
	e := f32.Exp(-math.Abs(z))
	p := 1 / (1 + e) // F(|z|)
	q := float64(p * e)
	if z < 0 {
		p, q = q, p
	}
	a := float64(p * ((steps - 2.0) / steps))
	sum := a + 1.0/steps
	if dz = -float64(a / sum * q); !above {
		dz = -dz
	}
	return -f32.Log(sum), dz
}

// shares has what the gates multiply, by how often a value was seen, at most 3 times.
var shares = [4][gates]float32{{0, 0}, {1, 0}, {1, 0.5}, {1, 1}}

// logits writes the logits of the values of a row of outputs y, less the largest of them. Value v has
// y[v], plus the first gate's product, plus the second one's; these are 0 if it was not seen.
func logits(z, y []float32, often []byte) {
	var a, b [4]float32 // without a branch, because the processor cannot predict it
	for n := 1; n < len(shares); n++ {
		a[n], b[n] = y[values]*shares[n][0], y[values+1]*shares[n][1]
	}
	z, y, often = z[:values], y[:values], often[1:1+values]
	largest := float32(math.Inf(-1))
	for i, v := range y {
		n := often[i] & 3
		v += a[n]
		v += b[n]
		z[i] = v
		if v > largest {
			largest = v
		}
	}
	for i := range z {
		z[i] -= largest
	}
}

// valueNats returns -log P of value v above 0. e has the exponentials of a row of logits. If d is not
// nil, it gets the derivatives by the outputs, times weight. Three sums, of elements 0, 3, ..., of 1,
// 4, ... and of 2, 5, ..., are taken in order in float64, and then added in order.
func valueNats(e, d []float32, v byte, often []byte, weight float64) float64 {
	e = e[:values]
	var s0, s1, s2 float64
	for i := 0; i < values; i += 3 {
		s0 += float64(e[i])
		s1 += float64(e[i+1])
		s2 += float64(e[i+2])
	}
	sum := s0 + s1 + s2
	a := float64(float64(e[v-1]) / sum * ((steps - values) / float64(steps)))
	all := a + 1.0/steps
	if d != nil {
		valueGradient(e, d, v, often, sum, float64(a/all*weight))
	}
	return -f32.Log(all)
}

// valueGradient writes the derivatives, for the weight g of the softmax's logarithm: g times the
// softmax, less g for value v.
func valueGradient(e, d []float32, v byte, often []byte, sum, g float64) {
	by := float32(g / sum)
	often = often[1 : 1+values]
	out := d[:values]
	var a, b float32
	for i, x := range e[:values] {
		x = float32(x * by)
		out[i] = x
		s := &shares[often[i]&3]
		a += float32(x * s[0])
		b += float32(x * s[1])
	}
	s := &shares[often[v-1]&3]
	out[v-1] = float32(float64(out[v-1]) - g)
	d[values] = float32(float64(a) - float64(g*float64(s[0])))
	d[values+1] = float32(float64(b) - float64(g*float64(s[1])))
}
