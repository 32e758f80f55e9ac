package op

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// squareWindow is windows with the same size, stride and padding in rows and columns.
func squareWindow(s Shape, size, stride, padding int) Window {
	return Window{Height: s[1], Width: s[2], Channels: s[3], Rows: (s[1]+2*padding-size)/stride + 1, Cols: (s[2]+2*padding-size)/stride + 1,
		Tall: size, Wide: size, Down: stride, Across: stride, Top: padding, Left: padding}
}

// refPool calls term with the pixels of each window that are in the image, row by row. What term
// returns is the output.
func refPool(rows int, w Window, term func(pixels []float64) float64) Reference {
	return func(y []float64, x [][]float64) {
		for k := range y {
			c, j, i, r := k%w.Channels, k/w.Channels%w.Cols, k/w.Channels/w.Cols%w.Rows, k/w.Channels/w.Cols/w.Rows
			var pixels []float64
			for v := range w.Tall {
				for u := range w.Wide {
					v, u := i*w.Down-w.Top+v, j*w.Across-w.Left+u
					if v >= 0 && v < w.Height && u >= 0 && u < w.Width {
						pixels = append(pixels, x[0][((r*w.Height+v)*w.Width+u)*w.Channels+c])
					}
				}
			}
			y[k] = term(pixels)
		}
	}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// refBilinear interpolates between the centres of pixels.
func refBilinear(s Shape, down, across int) Reference {
	sample := func(x []float64, r, c int, v, u float64) float64 {
		v, u = min(max(v, 0), float64(s[1]-1)), min(max(u, 0), float64(s[2]-1))
		at := func(i, j int) float64 { return x[((r*s[1]+min(i, s[1]-1))*s[2]+min(j, s[2]-1))*s[3]+c] }
		i, j := int(v), int(u)
		v, u = v-float64(i), u-float64(j)
		return (1-v)*((1-u)*at(i, j)+u*at(i, j+1)) + v*((1-u)*at(i+1, j)+u*at(i+1, j+1))
	}
	return func(y []float64, x [][]float64) {
		wide, high := across*s[2], down*s[1]
		for k := range y {
			c, j, i, r := k%s[3], k/s[3]%wide, k/s[3]/wide%high, k/s[3]/wide/high
			y[k] = sample(x[0], r, c, (float64(i)+0.5)/float64(down)-0.5, (float64(j)+0.5)/float64(across)-0.5)
		}
	}
}

func TestImageOps(t *testing.T) {
	step := uint64(3)
	noise := Noise{Key: 5, Step: &step}
	src := random.New(1, "images")
	n := func(limit int) int { return 1 + int(src.Uint64n(uint64(limit))) }
	for trial := range 12 {
		rows := n(3)
		s := Shape{rows, n(6), n(6), n(4)}
		w := Window{Height: s[1], Width: s[2], Channels: s[3], Tall: n(3), Wide: n(3), Down: n(3), Across: n(3)}
		w.Top, w.Left = n(w.Tall)-1, n(w.Wide)-1
		w.Rows, w.Cols = (s[1]+w.Top-1)/w.Down+1, (s[2]+w.Left-1)/w.Across+1
		down, across, border := n(3), n(3), Border{n(3) - 1, n(3) - 1, n(3) - 1, n(3) - 1}
		vector := Shape{2 + n(3), 1 + n(9)}
		for _, c := range []struct {
			op  Op
			ref Reference
		}{
			{MaxPool(rows, w), refPool(rows, w, slices.Max)},
			{AveragePool(rows, w), refPool(rows, w, mean)},
			{GlobalAveragePool(s), refPool(rows, Window{Height: s[1], Width: s[2], Channels: s[3], Rows: 1, Cols: 1, Tall: s[1], Wide: s[2], Down: 1, Across: 1}, mean)},
			{UpSample(s, down, across), func(y []float64, x [][]float64) {
				for k := range y {
					wide, high := across*s[2], down*s[1]
					c, j, i, r := k%s[3], k/s[3]%wide, k/s[3]/wide%high, k/s[3]/wide/high
					y[k] = x[0][((r*s[1]+i/down)*s[2]+j/across)*s[3]+c]
				}
			}},
			{Bilinear(s, down, across), refBilinear(s, down, across)},
			{ZeroPad(s, border), func(y []float64, x [][]float64) {
				clear(y)
				for k, v := range x[0] {
					c, j, i, r := k%s[3], k/s[3]%s[2], k/s[3]/s[2]%s[1], k/s[3]/s[2]/s[1]
					y[((r*(border.Top+s[1]+border.Bottom)+border.Top+i)*(border.Left+s[2]+border.Right)+border.Left+j)*s[3]+c] = v
				}
			}},
			{Crop(s, border), func(y []float64, x [][]float64) {
				for k := range y {
					c, j, i, r := k%s[3], k/s[3]%s[2], k/s[3]/s[2]%s[1], k/s[3]/s[2]/s[1]
					y[k] = x[0][((r*(border.Top+s[1]+border.Bottom)+border.Top+i)*(border.Left+s[2]+border.Right)+border.Left+j)*s[3]+c]
				}
			}},
			{EdgePad(s, border), func(y []float64, x [][]float64) {
				wide, high := border.Left+s[2]+border.Right, border.Top+s[1]+border.Bottom
				for k := range y {
					c, j, i, r := k%s[3], k/s[3]%wide-border.Left, k/s[3]/wide%high-border.Top, k/s[3]/wide/high
					y[k] = x[0][((r*s[1]+min(max(i, 0), s[1]-1))*s[2]+min(max(j, 0), s[2]-1))*s[3]+c]
				}
			}},
			{LayerNorm(vector, 1e-3), refNorm(vector[1], 1e-3, func(i int) int { return i / vector[1] })},
			{LayerNorm(Shape{2, 3, 2, 5}, 0.1), refNorm(5, 0.1, func(i int) int { return i / 5 })},
			{Softmax(vector[0], vector[1]), func(y []float64, x [][]float64) {
				for i, v := range x[0] {
					sum := 0.0
					for _, u := range x[0][i/vector[1]*vector[1]:][:vector[1]] {
						sum += math.Exp(u - v)
					}
					y[i] = 1 / sum
				}
			}},
			{SpatialDropout(0.4, noise, s), func(y []float64, x [][]float64) {
				ones, mask := slices.Repeat([]float32{1}, rows*s[3]), make([]float32, rows*s[3])
				Dropout(0.4, noise, Shape{rows, s[3]}).Run(mask, [][]float32{ones})
				for i, v := range x[0] {
					y[i] = v * float64(mask[i/(s[1]*s[2]*s[3])*s[3]+i%s[3]])
				}
			}},
			{GaussianNoise(0.3, noise, s), func(y []float64, x [][]float64) {
				add := make([]float32, len(y))
				GaussianNoise(0.3, noise, s).Run(add, [][]float32{make([]float32, len(y))})
				for i, v := range x[0] {
					y[i] = v + float64(add[i])
				}
			}},
		} {
			if err := Check(c.op, c.ref, uint64(trial)); err != nil {
				t.Error(err)
			}
			refusesWrongInputs(t, c.op)
		}
	}
}

// channelsLast turns PyTorch's images into ours. It changes nothing else.
func channelsLast(x safetensors.Tensor) ([]float32, Shape) {
	s := Shape(x.Shape)
	if len(s) != 4 {
		return x.Data, s
	}
	y, out := make([]float32, len(x.Data)), Shape{s[0], s[2], s[3], s[1]}
	Transpose(s[1], s[2]*s[3], s, out).Run(y, [][]float32{x.Data})
	return y, out
}

// scan reads the numbers in the name of a case.
func scan(t *testing.T, name, format string, into ...any) {
	t.Helper()
	if _, err := fmt.Sscanf(name, format, into...); err != nil {
		t.Fatalf("the case %s is not named as %s: %v", name, format, err)
	}
}

// imageCase is the op and the inputs of a case of images or norms. ok is false for other cases.
func imageCase(t *testing.T, name string, s Shape) (o Op, inputs []string, ok bool) {
	var i, size, stride, padding int
	inputs = []string{"x"}
	switch family, _, _ := strings.Cut(name, "_"); family {
	case "maxpool2d":
		scan(t, name, "maxpool2d_%d_k%d_s%d_p%d", &i, &size, &stride, &padding)
		return MaxPool(s[0], squareWindow(s, size, stride, padding)), inputs, true
	case "avgpool2d":
		scan(t, name, "avgpool2d_%d_k%d_s%d_p%d_excludepad", &i, &size, &stride, &padding)
		return AveragePool(s[0], squareWindow(s, size, stride, padding)), inputs, true
	case "globalavgpool":
		return GlobalAveragePool(s), inputs, true
	case "upsample2d":
		if strings.HasSuffix(name, "bilinear_f2") {
			return Bilinear(s, 2, 2), inputs, true
		}
		return UpSample(s, 2, 2), inputs, true
	case "batchnorm":
		if strings.HasSuffix(name, "train0") {
			return ChannelNorm(s, 1e-3, nil), []string{"x", "scale", "offset", "mean", "var"}, true
		}
		return BatchNorm(s, 1e-3, nil), []string{"x", "scale", "offset"}, true
	case "layernorm":
		return LayerNorm(s, 1e-3), []string{"x", "scale", "offset"}, true
	case "softmax":
		return Softmax(s[0], s[1]), inputs, true
	}
	return Op{}, nil, false
}

func TestImageOpsAgreeWithPyTorch(t *testing.T) {
	tensors := golden(t)
	cases := map[string]int{}
	for name, x := range tensors {
		name, isInput := strings.CutSuffix(name, "/x")
		if !isInput {
			continue
		}
		_, s := channelsLast(x)
		o, inputs, ok := imageCase(t, name, s)
		if !ok {
			continue
		}
		family, _, _ := strings.Cut(name, "_")
		cases[family]++
		t.Run(name, func(t *testing.T) { agreesWithPyTorch(t, tensors, name, o, inputs) })
		if mean, ok := tensors[name+"/mean"]; ok {
			t.Run(name+" statistics", func(t *testing.T) { statisticsAgree(t, tensors, name, s, mean) })
		}
	}
	for family, n := range map[string]int{"maxpool2d": 4, "avgpool2d": 4, "globalavgpool": 2, "upsample2d": 4, "batchnorm": 5, "layernorm": 1, "softmax": 1} {
		if cases[family] != n {
			t.Errorf("%d cases of %s were compared, want %d", cases[family], family, n)
		}
	}
}

// agreesWithPyTorch compares the output and the gradients of one case.
func agreesWithPyTorch(t *testing.T, tensors map[string]safetensors.Tensor, name string, o Op, inputs []string) {
	get := func(what string) []float32 {
		x, ok := tensors[name+"/"+what]
		if !ok {
			t.Fatalf("there is no %s/%s", name, what)
		}
		if strings.HasSuffix(what, "kernel") {
			return x.Data
		}
		data, _ := channelsLast(x)
		return data
	}
	names := []string{"y"}
	results := run(t, func(tape *Tape) []*G.Node {
		var leaves, trained []*G.Node
		names = names[:1]
		for i, input := range inputs {
			_, hasGradient := tensors[name+"/d"+input]
			leaves = append(leaves, tape.Var(input, o.In[i], get(input), hasGradient))
			if hasGradient {
				trained, names = append(trained, leaves[i]), append(names, "d"+input)
			}
		}
		y := tape.Do(o, leaves...)
		return append([]*G.Node{y}, tape.Grad(tape.Do(dot(o.Out, get("r")), y), trained...)...)
	})
	for i, what := range names {
		want := get(what)
		if len(want) != len(results[i]) {
			t.Fatalf("%s has %d numbers, want %d", what, len(results[i]), len(want))
		}
		if err := close32(what, results[i], wide(want)); err != nil {
			t.Error(err)
		}
	}
}
