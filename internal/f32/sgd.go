package f32

// SGD updates weights w and velocity v in place from the gradient g, as PyTorch's SGD does, every operation in float32:
//
//	v[i] = v[i]*momentum + g[i]
//	w[i] -= rate * v[i]                        without nesterov
//	w[i] -= rate * (g[i] + momentum*v[i])      with it
func SGD(w, g, v []float32, rate, momentum float32, nesterov bool) {
	same3(w, g, v)
	f := sgd
	if nesterov {
		f = sgdNesterov
	}
	parallelRange(len(w), grain, operands{y: w, a: g, b: v, s: scalars(rate, momentum)}, f)
}

func sgd(x operands, lo, hi int) {
	w, v, rate, momentum := x.y[lo:hi], x.b[lo:hi], x.s[0], x.s[1]
	for i, gi := range x.a[lo:hi] {
		vi := float32(v[i]*momentum) + gi
		v[i] = vi
		w[i] -= float32(rate * vi)
	}
}

func sgdNesterov(x operands, lo, hi int) {
	w, v, rate, momentum := x.y[lo:hi], x.b[lo:hi], x.s[0], x.s[1]
	for i, gi := range x.a[lo:hi] {
		vi := float32(v[i]*momentum) + gi
		v[i] = vi
		w[i] -= float32(rate * (gi + float32(momentum*vi)))
	}
}
