package images

// A picture is scaled by the cubic of Catmull and Rom ("A class of local interpolating splines",
// 1974), first along its rows and then along its columns. Where it becomes smaller, the cubic is as
// much wider, so that no detail is skipped. All weights and sums are whole numbers: so the pixels
// have the same bits on every processor.

const (
	weightBits = 14 // of a weight's fraction
	extraBits  = 6  // of the fraction of numbers between the two passes
)

// tap says how a pixel of the result is made: from the pixels first, first+1, ... of the source.
type tap struct {
	first   int
	weights []int64 // their sum is 1 << weightBits
}

// taps returns the taps for an axis of from pixels that becomes one of to pixels.
func taps(from, to int) []tap {
	scale := float64(from) / float64(to)
	wide := max(scale, 1)
	all := make([]tap, to)
	for i := range all {
		center := float64(float64(float64(i)+0.5)*scale) - 0.5
		first := max(int(ceil(center-float64(2*wide))), 0)
		last := min(int(floor(center+float64(2*wide))), from-1)
		values := make([]float64, last-first+1)
		sum := 0.0
		for k := range values {
			values[k] = catmullRom(float64(float64(float64(first+k)-center) / wide))
			sum += values[k]
		}
		all[i] = tap{first, rounded(values, sum)}
	}
	return all
}

// rounded returns weights in whole numbers whose sum is exactly 1 << weightBits. Pixels beyond the border
// have none: if the pixel at the border stood for them, a line along the border of a photograph would be
// many times too strong in a small picture.
func rounded(values []float64, sum float64) []int64 {
	weights := make([]int64, len(values))
	left, largest := int64(1<<weightBits), 0
	for k, v := range values {
		weights[k] = int64(floor(float64(float64(v/sum)*(1<<weightBits)) + 0.5))
		left -= weights[k]
		if weights[k] > weights[largest] {
			largest = k
		}
	}
	weights[largest] += left
	return weights
}

// catmullRom is the cubic, 0 beyond 2.
func catmullRom(x float64) float64 {
	if x < 0 {
		x = -x
	}
	switch {
	case x < 1: // 1.5x³ - 2.5x² + 1
		return float64(float64(float64(float64(1.5*x)-2.5)*x)*x) + 1
	case x < 2: // -0.5x³ + 2.5x² - 4x + 2
		return float64(float64(float64(float64(float64(-0.5*x)+2.5)*x)-4)*x) + 2
	}
	return 0
}

func floor(x float64) float64 {
	n := float64(int64(x))
	if n > x {
		n--
	}
	return n
}

func ceil(x float64) float64 { return -floor(-x) }

// resample scales a picture, (height, width, channels), to another height and width. most is the
// largest number.
func resample[T number](x []T, height, width, channels, toHeight, toWidth int, most int64) []T {
	columns, rows := taps(width, toWidth), taps(height, toHeight)
	between := make([]int32, height*toWidth*channels)
	for i := range height {
		row := x[i*width*channels:][:width*channels]
		for j, t := range columns {
			for c := range channels {
				sum := int64(0)
				at := t.first*channels + c
				for _, w := range t.weights {
					sum += w * int64(row[at])
					at += channels
				}
				between[(i*toWidth+j)*channels+c] = int32((sum + 1<<(weightBits-extraBits-1)) >> (weightBits - extraBits))
			}
		}
	}
	y := make([]T, toHeight*toWidth*channels)
	n := toWidth * channels
	sums := make([]int64, n)
	for i, t := range rows {
		clear(sums)
		for k, w := range t.weights {
			for j, v := range between[(t.first+k)*n:][:n] {
				sums[j] += w * int64(v)
			}
		}
		for j, sum := range sums {
			v := (sum + 1<<(weightBits+extraBits-1)) >> (weightBits + extraBits)
			y[i*n+j] = T(min(max(v, 0), most))
		}
	}
	return y
}

// fit brings a picture of a size to another one. ground, a number for each channel, fills what Pad
// adds.
func fit[T number](x []T, from, to Size, how Fit, ground []T, most int64) []T {
	if from == to {
		return x
	}
	scaled := to
	wider := int64(from.Width)*int64(to.Height) >= int64(to.Width)*int64(from.Height)
	switch {
	case how == Crop && wider:
		x, from = center(x, from, Size{from.Channels, from.Height, side(to.Width, from.Height, to.Height, from.Width)}, nil)
	case how == Crop:
		x, from = center(x, from, Size{from.Channels, side(to.Height, from.Width, to.Width, from.Height), from.Width}, nil)
	case how == Pad && wider:
		scaled.Height = side(from.Height, to.Width, from.Width, to.Height)
	case how == Pad:
		scaled.Width = side(from.Width, to.Height, from.Height, to.Width)
	}
	if from != scaled {
		x = resample(x, from.Height, from.Width, from.Channels, scaled.Height, scaled.Width, most)
	}
	x, _ = center(x, scaled, to, ground)
	return x
}

// side returns n · to / from, rounded, and from 1 to most.
func side(n, to, from, most int) int {
	return int(min(max((int64(n)*int64(to)+int64(from)/2)/int64(from), 1), int64(most)))
}

// center returns the middle of a picture, or the picture in the middle of a ground.
func center[T number](x []T, from, to Size, ground []T) ([]T, Size) {
	if from == to {
		return x, to
	}
	y := make([]T, 0, to.Numbers())
	top, left, c := (from.Height-to.Height)/2, (from.Width-to.Width)/2, from.Channels // negative if the ground shows
	for i := range to.Height {
		for j := range to.Width {
			if r, q := i+top, j+left; r >= 0 && r < from.Height && q >= 0 && q < from.Width {
				y = append(y, x[(r*from.Width+q)*c:][:c]...)
			} else {
				y = append(y, ground...)
			}
		}
	}
	return y, to
}
