package pooling

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// randomWindow returns windows that cover at least a pixel each. They lie apart, side by side, or
// overlap.
func randomWindow(src *random.Source) *Window {
	n := func(limit int) int { return 1 + int(src.Uint64n(uint64(limit))) }
	w := &Window{Height: n(9), Width: n(9), Channels: n(40), Tall: n(4), Wide: n(4), Down: n(4), Across: n(4)}
	if n(2) == 1 {
		w.Tall, w.Wide, w.Down, w.Across = 2, 2, 2, 2
	} else {
		w.Top, w.Left = n(w.Tall)-1, n(w.Wide)-1
	}
	w.Rows, w.Cols = (w.Height+w.Top-1)/w.Down+1, (w.Width+w.Left-1)/w.Across+1
	if n(4) == 1 {
		w.Rows, w.Cols = n(w.Rows), n(w.Cols)
	}
	return w
}

// eachPixel calls f with the windows and the pixels that they cover, in order, for one sample and
// channel.
func eachPixel(w *Window, f func(window, pixel int, first bool)) {
	for i := range w.Rows {
		for j := range w.Cols {
			first := true
			for r := i*w.Down - w.Top; r < i*w.Down-w.Top+w.Tall; r++ {
				for c := j*w.Across - w.Left; c < j*w.Across-w.Left+w.Wide; c++ {
					if r >= 0 && r < w.Height && c >= 0 && c < w.Width {
						f(i*w.Cols+j, r*w.Width+c, first)
						first = false
					}
				}
			}
		}
	}
}

// naivePooling returns the results that the kernels of pooling should write for one sample and
// channel.
func naivePooling(w *Window, x, dy []float32, mean bool) (largest, maxGrad, sum, sumGrad []float32) {
	windows, pixels := w.Rows*w.Cols, w.Height*w.Width
	largest, sum, count, best := make([]float32, windows), make([]float32, windows), make([]float32, windows), make([]int, windows)
	eachPixel(w, func(i, p int, first bool) {
		switch {
		case first:
			largest[i], sum[i], best[i] = x[p], x[p], p
		default:
			sum[i] += x[p]
			if x[p] > largest[i] || x[p] != x[p] {
				largest[i], best[i] = x[p], p
			}
		}
		count[i]++
	})
	maxGrad, sumGrad = make([]float32, pixels), make([]float32, pixels)
	for i, p := range best {
		maxGrad[p] += dy[i]
		if !mean {
			count[i] = 1
		}
		sum[i] /= count[i]
	}
	eachPixel(w, func(i, p int, _ bool) { sumGrad[p] += dy[i] / count[i] })
	return largest, maxGrad, sum, sumGrad
}

func TestPooling(t *testing.T) {
	kerneltest.EveryWay(t, func(way string) {
		src := random.New(1, "pooling")
		for trial := range 60 {
			w, samples, mean := randomWindow(src), 1+int(src.Uint64n(5)), trial%2 == 0
			if trial == 0 { // the pool shares it out
				w, samples = &Window{Height: 28, Width: 28, Channels: 16, Rows: 14, Cols: 14, Tall: 2, Wide: 2, Down: 2, Across: 2}, 13
			}
			draw := []func(uint64, int) []float32{kerneltest.Normal, kerneltest.Mixed}[trial/2%2]
			x, dy := draw(uint64(trial), samples*w.in()), draw(99, samples*w.out())
			var got [4][]float32
			var checks []func()
			for k, n := range []int{w.out(), w.in(), w.out(), w.in()} {
				var check func()
				got[k], check = kerneltest.Guarded(t, kerneltest.Mixed(7, samples*n))
				checks = append(checks, check)
			}
			MaxPool(got[0], x, samples, w)
			MaxPoolGrad(got[1], dy, x, samples, w)
			SumPool(got[2], x, samples, w, mean)
			SumPoolGrad(got[3], dy, samples, w, mean)
			for _, check := range checks {
				check()
			}
			for s := range samples {
				for c := range w.Channels {
					pick := func(all []float32, pixels int) []float32 {
						part := make([]float32, pixels)
						for p := range part {
							part[p] = all[(s*pixels+p)*w.Channels+c]
						}
						return part
					}
					var want [4][]float32
					want[0], want[1], want[2], want[3] = naivePooling(w, pick(x, w.Height*w.Width), pick(dy, w.Rows*w.Cols), mean)
					for k, name := range []string{"MaxPool", "MaxPoolGrad", "SumPool", "SumPoolGrad"} {
						for p, g := range pick(got[k], len(want[k])) {
							if !kerneltest.SameBits(g, want[k][p]) {
								t.Fatalf("%s, %s, %+v: sample %d, channel %d, pixel %d is %g, want %g", name, way, *w, s, c, p, g, want[k][p])
							}
						}
					}
				}
			}
		}
	})
}

func TestWindowsAreChecked(t *testing.T) {
	good := Window{Height: 3, Width: 3, Channels: 1, Rows: 2, Cols: 2, Tall: 2, Wide: 2, Down: 2, Across: 2}
	x, y := make([]float32, 9), make([]float32, 4)
	MaxPool(y, x, 1, &good)
	for name, spoil := range map[string]func(w *Window){
		"no stride down":  func(w *Window) { w.Down = 0 },
		"none across":     func(w *Window) { w.Across = 0 },
		"beyond below":    func(w *Window) { w.Down = 3 },
		"beyond beside":   func(w *Window) { w.Across = 3 },
		"before":          func(w *Window) { w.Top = 2 },
		"another size":    func(w *Window) { w.Height = 4 },
		"more windows":    func(w *Window) { w.Rows, w.Down = 3, 1 },
		"no channels":     func(w *Window) { w.Channels = 0 },
		"a window of 0":   func(w *Window) { w.Wide = 0 },
		"negative border": func(w *Window) { w.Left = -1 },
	} {
		bad := good
		spoil(&bad)
		kerneltest.MustPanic(t, name, func() { MaxPool(y, x, 1, &bad) })
		kerneltest.MustPanic(t, name, func() { SumPoolGrad(x, y, 1, &bad, true) })
	}
}

func BenchmarkPooling(b *testing.B) {
	const samples = 128
	for _, w := range []*Window{
		{Height: 28, Width: 28, Channels: 16, Rows: 14, Cols: 14, Tall: 2, Wide: 2, Down: 2, Across: 2},
		{Height: 14, Width: 14, Channels: 8, Rows: 7, Cols: 7, Tall: 2, Wide: 2, Down: 2, Across: 2},
	} {
		x, dx := kerneltest.Normal(1, samples*w.in()), make([]float32, samples*w.in())
		y, dy := make([]float32, samples*w.out()), kerneltest.Normal(2, samples*w.out())
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"MaxPool", func() { MaxPool(y, x, samples, w) }},
			{"MaxPoolGrad", func() { MaxPoolGrad(dx, dy, x, samples, w) }},
			{"SumPool", func() { SumPool(y, x, samples, w, false) }},
			{"SumPoolGrad", func() { SumPoolGrad(dx, dy, samples, w, false) }},
		} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", c.name, w.Height, w.Width, w.Channels), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.run()
				}
			})
		}
	}
}

// The assembly finds the operands at the offsets that asm/pooling has.
func TestOperandsLayout(t *testing.T) {
	var q quads
	kerneltest.WantOffsets(t, map[string]kerneltest.Offset{
		"line": {Got: unsafe.Offsetof(q.line), Want: 0}, "image": {Got: unsafe.Offsetof(q.image), Want: 24},
		"dimage": {Got: unsafe.Offsetof(q.dimage), Want: 48}, "windows": {Got: unsafe.Offsetof(q.windows), Want: 72},
		"width": {Got: unsafe.Offsetof(q.width), Want: 80}, "factor": {Got: unsafe.Offsetof(q.factor), Want: 88},
	})
}
