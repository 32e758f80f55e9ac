package codec

import (
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// roundNetwork returns the decoder network with rounded weights, as a section's content and as the
// model that a reader makes of it. round rounds weight i.
func roundNetwork(m *graph.Model, round func(i int, w *graph.Weight) tensor) (content []byte, rounded *graph.Model, err error) {
	text, err := m.Architecture()
	if err != nil {
		return nil, nil, err
	}
	var tensors []tensor
	for i, w := range m.Weights() {
		tensors = append(tensors, round(i, w))
	}
	content = appendNetwork(nil, text, tensors)
	rounded, err = readNetwork(content, 0)
	return content, rounded, err
}

// vectorBits is by how many bits a vector, such as a bias, is more exact than a kernel. There are
// few of its numbers, and an error in one of them changes all images.
const vectorBits = 4

// roundTensor rounds a weight to integers of a number of bits.
func roundTensor(s shape, w []float32, bits int) tensor {
	t := tensor{shape: s, axis: channelAxis(s.Shape), q: make([]int32, len(w))}
	if t.axis < 0 {
		bits += vectorBits
	}
	most := int32(1)<<(bits-1) - 1
	for _, at := range t.byChannel() {
		channel := make([]float32, len(at))
		for k, i := range at {
			channel[k] = w[i]
		}
		scale := bestScale(channel, most)
		t.scales = append(t.scales, scale)
		for k, i := range at {
			t.q[i] = roundWeight(channel[k], scale, most)
		}
	}
	return t
}

// finestBits bounds how finely weights are rounded to scales that follow from their influence.
const finestBits = 12

// leastInfluence is the least influence of a channel beside that of the greatest channel that is
// believed. Influence is measured by small changes, and a channel that small ones hardly change can
// still be changed by large ones: a pixel that is black in all images stays so only as long as its
// weights are about right.
const leastInfluence = 0.02

// weighTensor rounds a weight. With a step s, each of its numbers has an error of s²/12, which costs
// influence·price·s²/12, and takes about -log2(s) bits. The sum is least for s² =
// 6/(influence·price·ln 2). The step of a channel follows from its mean influence.
func weighTensor(s shape, w []float32, influence []float64, price float64) tensor {
	t := tensor{shape: s, axis: channelAxis(s.Shape), q: make([]int32, len(w))}
	by := t.byChannel()
	means, top := make([]float64, len(by)), 0.0
	for c, at := range by {
		n := 0
		for _, i := range at {
			if s.keep == nil || s.keep(i) {
				means[c] += influence[i]
				n++
			}
		}
		means[c] /= float64(max(n, 1))
		top = max(top, means[c])
	}
	bits := finestBits
	if t.axis < 0 {
		bits += vectorBits
	}
	most := int32(1)<<(bits-1) - 1
	for c, at := range by {
		greatest := float32(0)
		for _, i := range at {
			greatest = max(greatest, w[i], -w[i])
		}
		step := float64(greatest) // of a weight without influence
		if x := price * max(means[c], top*leastInfluence); x > 0 {
			step = math.Sqrt(6 / (x * math.Ln2))
		}
		scale := roundFloat(max(step, float64(greatest)/float64(most)), scaleDigits)
		t.scales = append(t.scales, scale)
		for _, i := range at {
			t.q[i] = roundWeight(w[i], scale, most)
		}
	}
	return t
}

// byChannel returns the places of the elements of each channel.
func (t *tensor) byChannel() [][]int {
	outer, count, inner := channels(t.Shape, t.axis)
	by := make([][]int, count)
	for c := range by {
		by[c] = make([]int, 0, outer*inner)
		for o := range outer {
			for k := range inner {
				by[c] = append(by[c], (o*count+c)*inner+k)
			}
		}
	}
	return by
}

// channelAxis returns the axis of a kernel's outputs: the last of a dense layer's (in, units), and
// the first of a convolution's (filters, channels, rows, columns). A vector has none.
func channelAxis(s graph.Shape) int {
	switch len(s) {
	case 0, 1:
		return -1
	case 2:
		return 1
	}
	return 0
}

func roundWeight(v, scale float32, most int32) int32 {
	if scale == 0 {
		return 0
	}
	return max(-most, min(most, int32(math.RoundToEven(float64(v/scale)))))
}

// scaleDigits is the number of binary digits of a scale behind the first one.
const scaleDigits = 7

// bestScale returns the scale that makes the squared error of a channel's weights least. A scale
// below the greatest weight divided by most cuts the greatest weights, and rounds all others finer.
func bestScale(w []float32, most int32) float32 {
	greatest := float32(0)
	for _, v := range w {
		greatest = max(greatest, v, -v)
	}
	best, least := float32(0), math.Inf(1)
	for _, share := range []float64{1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6} {
		scale := roundFloat(float64(greatest)/float64(most)*share, scaleDigits)
		sum := 0.0
		for _, v := range w {
			d := float64(v) - float64(float32(roundWeight(v, scale, most))*scale)
			sum += float64(d * d)
		}
		if sum < least {
			best, least = scale, sum
		}
	}
	return best
}
