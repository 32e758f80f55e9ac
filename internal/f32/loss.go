package f32

import "math"

// SquaredError returns scale * sum of d*d with d = y[i] - target[i] in float32; the squares are exact in float64, the
// sum is that of sum.go, and its product with scale is rounded to float32.
func SquaredError(y, target []float32, scale float32) float32 {
	same(y, target)
	var total float64
	for len(y) > 0 {
		n := min(len(y), block)
		total += squaredError(y[:n], target[:n])
		y, target = y[n:], target[n:]
	}
	return float32(total * float64(scale))
}

func squaredError(y, target []float32) float64 {
	var l lanes
	for i, v := range y {
		d := float64(v - target[i])
		l[i&15] += float64(d * d)
	}
	return l.sum()
}

// SquaredErrorGrad writes dx[i] = (2*scale) * (y[i] - target[i]).
func SquaredErrorGrad(dx, y, target []float32, scale float32) {
	same3(dx, y, target)
	for i, v := range y {
		dx[i] = 2 * scale * (v - target[i])
	}
}

// AbsoluteError returns scale * sum of |y[i] - target[i]|, with the difference in float32 and the sum and the product
// as in SquaredError.
func AbsoluteError(y, target []float32, scale float32) float32 {
	same(y, target)
	var total float64
	for len(y) > 0 {
		n := min(len(y), block)
		total += absoluteError(y[:n], target[:n])
		y, target = y[n:], target[n:]
	}
	return float32(total * float64(scale))
}

func absoluteError(y, target []float32) float64 {
	var l lanes
	for i, v := range y {
		l[i&15] += math.Abs(float64(v - target[i]))
	}
	return l.sum()
}

// AbsoluteErrorGrad writes, with d = y[i] - target[i],
//
//	dx[i] = scale   if d > 0
//	dx[i] = -scale  if d < 0
//	dx[i] = d       if d is 0 or NaN
func AbsoluteErrorGrad(dx, y, target []float32, scale float32) {
	same3(dx, y, target)
	up, down := math.Float32bits(scale), math.Float32bits(-scale)
	for i, v := range y {
		d := v - target[i]
		b := math.Float32bits(d)
		if d > 0 {
			b = up
		}
		if d < 0 {
			b = down
		}
		dx[i] = math.Float32frombits(b)
	}
}

// LogisticLoss returns scale times the binary cross-entropy between targets in [0, 1] and predictions sigmoid(z[i]),
// summed: the terms
//
//	max(z[i], 0) - z[i]*target[i] + log1p(exp(-|z[i]|))
//
// are in float64, the sum is that of sum.go, and its product with scale is rounded to float32. An infinite logit gives
// NaN.
func LogisticLoss(z, target []float32, scale float32) float32 {
	same(z, target)
	var total float64
	for len(z) > 0 {
		n := min(len(z), block)
		total += logisticLoss(z[:n], target[:n])
		z, target = z[n:], target[n:]
	}
	return float32(total * float64(scale))
}

func logisticLoss(z, target []float32) float64 {
	var l lanes
	for i, v := range z {
		l[i&15] += crossEntropy(widen(v), widen(target[i]))
	}
	return l.sum()
}

func crossEntropy(z, t float64) float64 {
	a := math.Abs(z)
	return float64(0.5*(z+a)) - float64(z*t) + log1p(exp(-a))
}

// LogisticLossGrad writes dx[i] = scale * (sigmoid(z[i]) - target[i]). It is computed in float64 as
//
//	scale * (((1-t)*p - t*q) / (1+e))  with e = exp(-|z|) and (p, q) = (1, e) for z >= 0, (e, 1) for z < 0
//
// which does not cancel where a confident prediction is right, and rounded once.
func LogisticLossGrad(dx, z, target []float32, scale float32) {
	same3(dx, z, target)
	for i, v := range z {
		dx[i] = float32(float64(scale) * crossEntropySlope(widen(v), widen(target[i])))
	}
}

func crossEntropySlope(z, t float64) float64 {
	e := exp(-math.Abs(z))
	p := pick(z >= 0, 1, e)
	q := pick(z >= 0, e, 1)
	return (float64((1-t)*p) - float64(t*q)) / (1 + e)
}
