package train_test

import (
	"math"

	"github.com/gorgonae/gorgonae/graph"
)

// naive trains an autoencoder of dense layers in float64, in the simplest way: one example at a
// time, gradients derived by hand, Adam by its formula. Every layer ends in a LeakyReLU of slope
// 0.3. With the binary cross-entropy the last one ends in a sigmoid instead.
type naive struct {
	layers  []*naiveLayer
	loss    string // mse, mae, huber or bce
	sum     bool   // over the features instead of their mean
	clip    float64
	penalty float64 // times the squared length of the output of layer at, as ActivityL2 has it
	at      int
	steps   int
}

type naiveLayer struct {
	kernel [][]float64 // [in][out]
	bias   []float64
	params []*naiveParam // of kernel, row by row, then of bias
	x, y   []float64     // input and output of the present example
}

// naiveParam is one number of a weight with its gradient and moments.
type naiveParam struct {
	w       *float64
	g, m, v float64
}

// newNaive copies the weights of a model: kernel, bias, kernel, bias, ...
func newNaive(weights []*graph.Weight) *naive {
	n := &naive{loss: "mse"}
	for i := 0; i < len(weights); i += 2 {
		kernel, bias := weights[i], weights[i+1]
		l := &naiveLayer{bias: make([]float64, len(bias.Data))}
		for r := range kernel.Shape[0] {
			row := make([]float64, len(l.bias))
			for c := range row {
				row[c] = float64(kernel.Data[r*len(row)+c])
				l.params = append(l.params, &naiveParam{w: &row[c]})
			}
			l.kernel = append(l.kernel, row)
		}
		for c, b := range bias.Data {
			l.bias[c] = float64(b)
			l.params = append(l.params, &naiveParam{w: &l.bias[c]})
		}
		n.layers = append(n.layers, l)
	}
	return n
}

func (n *naive) sigmoid(layer int) bool { return n.loss == "bce" && layer == len(n.layers)-1 }

func (n *naive) forward(x []float64) []float64 {
	for i, l := range n.layers {
		l.x, l.y = x, make([]float64, len(l.bias))
		for c := range l.y {
			z := l.bias[c]
			for r, v := range x {
				z += v * l.kernel[r][c]
			}
			switch {
			case n.sigmoid(i):
				z = 1 / (1 + math.Exp(-z))
			case z < 0:
				z *= 0.3
			}
			l.y[c] = z
		}
		x = l.y
	}
	return x
}

// example returns the loss of one example, its term, and the gradient of the loss by the last
// layer's output; with the binary cross-entropy, by its logits.
func (n *naive) example(x, target []float64) (loss, term float64, dy []float64) {
	share := 1 / float64(len(target))
	if n.sum {
		share = 1
	}
	for c, y := range n.forward(x) {
		d := y - target[c]
		switch n.loss {
		case "mse":
			loss += share * d * d
			dy = append(dy, share*2*d)
		case "mae":
			loss += share * math.Abs(d)
			dy = append(dy, share*math.Copysign(1, d))
		case "huber":
			if a := math.Abs(d); a <= 1 {
				loss += share * d * d / 2
			} else {
				loss += share * (a - 0.5)
			}
			dy = append(dy, share*math.Max(-1, math.Min(1, d)))
		case "bce":
			loss -= share * (target[c]*math.Log(y) + (1-target[c])*math.Log(1-y))
			dy = append(dy, share*d)
		}
	}
	for _, c := range n.layers[n.at].y {
		term += n.penalty * c * c
	}
	return loss + term, term, dy
}

// backward adds the gradients of one example, divided by the number of rows in its batch.
func (n *naive) backward(dy []float64, rows float64) {
	for i := len(n.layers) - 1; i >= 0; i-- {
		l := n.layers[i]
		dx := make([]float64, len(l.x))
		for c := range dy {
			d := dy[c]
			if i == n.at {
				d += 2 * n.penalty * l.y[c]
			}
			if !n.sigmoid(i) && l.y[c] < 0 {
				d *= 0.3
			}
			for r, v := range l.x {
				l.params[r*len(dy)+c].g += v * d / rows
				dx[r] += l.kernel[r][c] * d
			}
			l.params[len(l.x)*len(dy)+c].g += d / rows
		}
		dy = dx
	}
}

// step trains on a batch and returns the sums of the losses and terms of its examples before the
// update.
func (n *naive) step(x, target [][]float64, rate float64) (loss, term float64) {
	for i := range x {
		l, extra, dy := n.example(x[i], target[i])
		loss, term = loss+l, term+extra
		n.backward(dy, float64(len(x)))
	}
	n.steps++
	norm := 0.0
	for _, l := range n.layers {
		for _, p := range l.params {
			norm += p.g * p.g
		}
	}
	scale := 1.0
	if norm = math.Sqrt(norm); n.clip > 0 && norm > n.clip {
		scale = n.clip / norm
	}
	t := float64(n.steps)
	beta1, beta2 := float64(float32(0.9)), float64(float32(0.999)) // as Keras corrects the bias
	alpha := rate * math.Sqrt(1-math.Pow(beta2, t)) / (1 - math.Pow(beta1, t))
	for _, l := range n.layers {
		for _, p := range l.params {
			g := p.g * scale
			p.m += (g - p.m) * 0.1
			p.v += (g*g - p.v) * 0.001
			*p.w -= alpha * p.m / (math.Sqrt(p.v) + 1e-7)
			p.g = 0
		}
	}
	return loss, term
}

// epoch trains in order and returns the means of the loss and its term over the examples.
func (n *naive) epoch(x, target [][]float64, batch int, rate float64) (loss, term float64) {
	for from := 0; from < len(x); from += batch {
		to := min(from+batch, len(x))
		l, extra := n.step(x[from:to], target[from:to], rate)
		loss, term = loss+l, term+extra
	}
	return loss / float64(len(x)), term / float64(len(x))
}

func (n *naive) evaluate(x, target [][]float64) (loss float64) {
	for i := range x {
		l, _, _ := n.example(x[i], target[i])
		loss += l
	}
	return loss / float64(len(x))
}

func float64s(rows [][]float32) [][]float64 {
	wide := make([][]float64, len(rows))
	for i, row := range rows {
		for _, v := range row {
			wide[i] = append(wide[i], float64(v))
		}
	}
	return wide
}
