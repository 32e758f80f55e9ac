package codec

import (
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// roundNetwork returns the decoder network with weights of a number of bits, as a section's content
// and as the model that a reader makes of it.
func roundNetwork(m *graph.Model, bits int) (content []byte, rounded *graph.Model, err error) {
	text, err := m.Architecture()
	if err != nil {
		return nil, nil, err
	}
	var tensors []tensor
	for _, w := range m.Weights() {
		tensors = append(tensors, roundTensor(shape{Shape: w.Shape}, w.Data, bits))
	}
	content = appendNetwork(nil, text, tensors)
	rounded, err = readNetwork(content)
	return content, rounded, err
}

// vectorBits is by how many bits a vector, such as a bias, is more exact than a kernel. There are
// few of its numbers, and an error in one of them changes all images.
const vectorBits = 4

func roundTensor(s shape, w []float32, bits int) tensor {
	t := tensor{shape: s, axis: channelAxis(s.Shape), q: make([]int32, len(w))}
	if t.axis < 0 {
		bits += vectorBits
	}
	outer, count, inner := channels(s.Shape, t.axis)
	most := int32(1)<<(bits-1) - 1
	channel := make([]float32, 0, outer*inner)
	for c := range count {
		channel = channel[:0]
		for o := range outer {
			channel = append(channel, w[(o*count+c)*inner:][:inner]...)
		}
		scale := bestScale(channel, most)
		t.scales = append(t.scales, scale)
		for o := range outer {
			at := (o*count + c) * inner
			roundChannel(t.q[at:at+inner], w[at:at+inner], scale, most)
		}
	}
	return t
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

func roundChannel(q []int32, w []float32, scale float32, most int32) {
	for i, v := range w {
		q[i] = roundWeight(v, scale, most)
	}
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
