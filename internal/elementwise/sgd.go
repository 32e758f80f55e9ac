package elementwise

import (
	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/pool"
)

type sgdOperands struct {
	w, g, v        []float32
	rate, momentum float32
}

var overSGD pool.Range[sgdOperands]

// SGD updates the weights w and the velocity v in place from the gradient g. It does what the SGD
// of PyTorch does, with every operation in float32:
//
//	v[i] = v[i]*momentum + g[i]
//	w[i] -= rate * v[i]                    without nesterov
//	w[i] -= rate * (g[i] + momentum*v[i])  with nesterov
func SGD(w, g, v []float32, rate, momentum float32, nesterov bool) {
	f32.SameLengths(w, g, v)
	f := sgd
	if nesterov {
		f = sgdNesterov
	}
	overSGD.Run(len(w), pool.Grain, sgdOperands{w, g, v, rate, momentum}, f)
}

func sgd(x sgdOperands, lo, hi int) {
	w, v, rate, momentum := x.w[lo:hi], x.v[lo:hi], x.rate, x.momentum
	for i, gi := range x.g[lo:hi] {
		vi := float32(v[i]*momentum) + gi
		v[i] = vi
		w[i] -= float32(rate * vi)
	}
}

func sgdNesterov(x sgdOperands, lo, hi int) {
	w, v, rate, momentum := x.w[lo:hi], x.v[lo:hi], x.rate, x.momentum
	for i, gi := range x.g[lo:hi] {
		vi := float32(v[i]*momentum) + gi
		v[i] = vi
		w[i] -= float32(rate * (gi + float32(momentum*vi)))
	}
}
