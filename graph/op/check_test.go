package op

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// Check must find mistakes: all ops rely on it.
func TestCheckFindsMistakes(t *testing.T) {
	s := Shape{2, 3}
	good := Activation(Tanh(), s)
	ref := refEach(math.Tanh)
	for name, break_ := range map[string]func(o *Op){
		"wrong output": func(o *Op) {
			o.Run = func(y []float32, x [][]float32) { copy(y, x[0]) }
		},
		"output not overwritten": func(o *Op) {
			run := o.Run
			o.Run = func(y []float32, x [][]float32) {
				z := make([]float32, len(y))
				run(z, x)
				for i := range y {
					y[i] += z[i]
				}
			}
		},
		"input changed": func(o *Op) {
			run := o.Run
			o.Run = func(y []float32, x [][]float32) { run(y, x); x[0][0] = 0 }
		},
		"wrong gradient": func(o *Op) {
			o.Grad = func(_ *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node { return []*G.Node{dy} }
		},
		"no gradient":      func(o *Op) { o.Grad = nil },
		"too few":          func(o *Op) { o.Grad = func(*Tape, []*G.Node, *G.Node, *G.Node) []*G.Node { return nil } },
		"gradient missing": func(o *Op) { o.Grad = func(*Tape, []*G.Node, *G.Node, *G.Node) []*G.Node { return []*G.Node{nil} } },
		"misshapen gradient": func(o *Op) {
			o.Grad = func(t *Tape, _ []*G.Node, _, dy *G.Node) []*G.Node {
				return []*G.Node{t.Do(Reshape(s, Shape{3, 2}), dy)}
			}
		},
	} {
		bad := good
		break_(&bad)
		if err := Check(bad, ref, 1); err == nil {
			t.Errorf("%s: Check found nothing", name)
		}
	}
	if err := Check(good, ref, 1); err != nil {
		t.Error(err)
	}
	if err := Check(productAndSum(s), ref, 1); err == nil {
		t.Error("Check took an op with two outputs")
	}
}

// CheckAll must find mistakes in each output, and where they come together.
func TestCheckAllFindsMistakes(t *testing.T) {
	s := Shape{2, 3}
	good := productAndSum(s)
	for name, break_ := range map[string]func(o *Op){
		"second output wrong": func(o *Op) {
			o.RunAll = func(y, x [][]float32) { good.RunAll(y, x); y[1][2]++ }
		},
		"second output not overwritten": func(o *Op) {
			o.RunAll = func(y, x [][]float32) { good.RunAll([][]float32{y[0], make([]float32, 6)}, x) }
		},
		"optional output always written": func(o *Op) { o.Optional = []int{1} },
		"other output wrong without the optional one": func(o *Op) {
			o.Optional = []int{1}
			o.RunAll = func(y, x [][]float32) {
				if y[1] != nil {
					good.RunAll(y, x)
				} else {
					copy(y[0], x[0])
				}
			}
		},
		"second gradient wrong": func(o *Op) {
			o.GradAll = func(t *Tape, x, y, dy []*G.Node) []*G.Node {
				if dy[1] != nil {
					dy[1] = t.Do(Add(2, s), dy[1], dy[1])
				}
				return good.GradAll(t, x, y, dy)
			}
		},
		"gradients not added up": func(o *Op) {
			o.GradAll = func(t *Tape, x, y, dy []*G.Node) []*G.Node {
				if dy[1] != nil {
					dy = []*G.Node{nil, dy[1]}
				}
				return good.GradAll(t, x, y, dy)
			}
		},
		"no gradients": func(o *Op) { o.GradAll = nil },
	} {
		bad := good
		break_(&bad)
		if err := CheckAll(bad, refProductAndSum, 1); err == nil {
			t.Errorf("%s: CheckAll found nothing", name)
		}
	}
	if err := CheckAll(good, refProductAndSum, 1); err != nil {
		t.Error(err)
	}
}
