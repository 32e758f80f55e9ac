package op

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
)

// A prediction runs without the TapeMachine. It must give the same bits as the machine.
func TestInlineGivesTheTapesBits(t *testing.T) {
	const rows, in, units = 5, 7, 3
	x := make([]float32, rows*in)
	kernel, bias := make([]float32, in*units), []float32{1, -2, 3}
	for i := range kernel {
		kernel[i] = float32(i%5) - 1.7
	}
	act := LeakyReLU(0.3)
	p, err := Compile(func(t *Tape) []*G.Node {
		data := t.Var("x", Shape{rows, in}, x, false)
		h := t.Do(Dense(rows, in, units, &act), data, t.Var("kernel", Shape{in, units}, kernel, false), t.Var("bias", Shape{units}, bias, false))
		y := t.Do(Concat(Shape{rows, units}, Shape{rows, units}), h, t.Do(Activation(Tanh(), Shape{rows, units}), h))
		return []*G.Node{y, h, data, t.Do(SquaredNorm(ShapeOf(y), 0.5), y)}
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.inline == nil {
		t.Fatal("a program of our ops alone goes over the TapeMachine")
	}
	inline := p.inline
	for run := range 3 {
		for i := range x {
			x[i] = float32(i*(run+1)%11) - 4.2
		}
		var results [2][][]float32
		for way := range results {
			p.inline = [][]*call{inline, nil}[way]
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			for i := range p.results {
				results[way] = append(results[way], slices.Clone(p.Result(i)))
				clear(p.Result(i))
			}
		}
		for i := range p.results {
			if !slices.Equal(results[0][i], results[1][i]) {
				t.Errorf("run %d: result %d is %v inline, %v on the tape", run, i, results[0][i], results[1][i])
			}
		}
	}
}

func TestWhatIsNotInline(t *testing.T) {
	x := make([]float32, 4)
	for name, write := range map[string]func(t *Tape, x *G.Node) []*G.Node{
		"stock operation": func(t *Tape, x *G.Node) []*G.Node { return []*G.Node{t.Try(G.Tanh(x))} },
		"gradient": func(t *Tape, x *G.Node) []*G.Node {
			loss := t.Do(SquaredNorm(Shape{4}, 1), x)
			return t.Grad(loss, x)
		},
	} {
		p, err := Compile(func(t *Tape) []*G.Node { return write(t, t.Var("x", Shape{4}, x, true)) })
		if err != nil {
			t.Fatal(err)
		}
		if p.inline != nil {
			t.Errorf("a program with a %s does not run on the TapeMachine", name)
		}
		if err := p.Run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// RunOn gives the bits of Run, inline and on the tape, and keeps no memory of the caller. The leaf is
// read by two ops and through a view, and another op reads the result.
func TestRunOn(t *testing.T) {
	data, x := make([]float32, 6), []float32{1, -2, 3, -4, 5, -6}
	p, err := Compile(func(t *Tape) []*G.Node {
		leaf := t.Var("x", Shape{2, 3}, data, false)
		sum := t.Do(Add(2, Shape{2, 3}), leaf, t.Do(Activation(Tanh(), Shape{2, 3}), t.Do(Reshape(Shape{2, 3}, Shape{2, 3}), leaf)))
		return []*G.Node{sum, t.Do(SquaredNorm(Shape{2, 3}, 1), sum)}
	})
	if err != nil {
		t.Fatal(err)
	}
	copy(data, x)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	want, norm := slices.Clone(p.Result(0)), p.Result(1)[0]
	inline := p.inline
	for way, calls := range [][]*call{inline, nil} {
		p.inline = calls
		clear(data)
		y := make([]float32, 6)
		if err := p.RunOn(data, x, y); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(y, want) || p.Result(1)[0] != norm {
			t.Errorf("way %d: got %v and %v, want %v and %v", way, y, p.Result(1)[0], want, norm)
		}
		clear(data)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(p.Result(0), make([]float32, 6)) || !slices.Equal(y, want) {
			t.Errorf("way %d: Run thereafter gives %v and changes y to %v", way, p.Result(0), y)
		}
	}
	if p.RunOn(data, x[1:], want) == nil || p.RunOn(data, x, want[1:]) == nil {
		t.Error("memory of another length is taken")
	}
}

// The numbers to run on may be those of another leaf, for example weights. The program reads its own
// leaves again thereafter.
func TestRunOnAnotherLeaf(t *testing.T) {
	data, other := []float32{1, 2}, []float32{30, 40}
	p, err := Compile(func(t *Tape) []*G.Node {
		return []*G.Node{t.Do(Add(2, Shape{2}), t.Var("x", Shape{2}, data, false), t.Var("other", Shape{2}, other, false))}
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.inline == nil {
		t.Fatal("a program of our ops alone goes over the TapeMachine")
	}
	y := make([]float32, 2)
	for _, c := range []struct{ x, want []float32 }{{other, []float32{60, 80}}, {[]float32{5, 6}, []float32{35, 46}}} {
		if err := p.RunOn(data, c.x, y); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(y, c.want) {
			t.Errorf("on %v: got %v, want %v", c.x, y, c.want)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if want := []float32{31, 42}; !slices.Equal(p.Result(0), want) {
		t.Errorf("Run thereafter: got %v, want %v", p.Result(0), want)
	}
}
