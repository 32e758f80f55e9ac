package op

import (
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
)

// run compiles and runs a graph once and returns copies of its results.
func run(t *testing.T, write func(*Tape) []*G.Node) [][]float32 {
	t.Helper()
	n := 0
	p, err := Compile(func(tape *Tape) []*G.Node {
		results := write(tape)
		n = len(results)
		return results
	})
	if err == nil {
		err = p.Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	var y [][]float32
	for i := range n {
		y = append(y, slices.Clone(p.Result(i)))
	}
	return y
}

func equal(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Gorgonia merges nodes that look alike. Ours must stay apart.
func TestNodesThatLookAlikeStayApart(t *testing.T) {
	s := Shape{1, 2}
	y := run(t, func(t *Tape) []*G.Node {
		a, b := t.Var("x", s, []float32{1, 2}, true), t.Var("x", s, []float32{30, 40}, true)
		grads := t.Grad(t.Do(SquaredNorm(Shape{1, 4}, 0.5), t.Do(Concat(s, s), a, b)), a, b)
		return append(grads, t.Do(Add(2, s), a, b))
	})
	equal(t, "gradient of the first leaf", y[0], []float32{1, 2})
	equal(t, "gradient of the second leaf", y[1], []float32{30, 40})
	equal(t, "sum", y[2], []float32{31, 42})

	calls := 0
	count := Op{Name: "Count", In: []Shape{s}, Out: s, Run: func(y []float32, x [][]float32) {
		calls++
		y[0], y[1] = x[0][0]+float32(calls), x[0][1]
	}}
	y = run(t, func(t *Tape) []*G.Node {
		x := t.Var("x", s, []float32{0, 0}, false)
		return []*G.Node{t.Do(count, x), t.Do(count, x)}
	})
	if calls != 2 || y[0][0] == y[1][0] {
		t.Errorf("two operations that look alike ran %d times and gave %v and %v", calls, y[0], y[1])
	}
}

func TestSharedLeafSumsItsGradients(t *testing.T) {
	s := Shape{1, 2}
	const uses = 9
	y := run(t, func(t *Tape) []*G.Node {
		w := t.Var("w", s, []float32{1, -2}, true)
		sum := w
		for range uses {
			sum = t.Do(Add(2, s), sum, w)
		}
		return t.Grad(t.Do(dot(s, []float32{3, 5}), sum), w)
	})
	equal(t, "gradient", y[0], []float32{3 * (uses + 1), 5 * (uses + 1)})
}

// Nothing computes the gradient of the data, which would cost a matrix product.
func TestDataGetsNoGradient(t *testing.T) {
	_, err := Compile(func(tape *Tape) []*G.Node {
		x := tape.Var("x", Shape{2, 3}, make([]float32, 6), false)
		kernel, bias := tape.Var("kernel", Shape{3, 4}, make([]float32, 12), true), tape.Var("bias", Shape{4}, make([]float32, 4), true)
		h := tape.Do(Activation(Tanh(), Shape{2, 3}), x)
		grads := tape.Grad(tape.Do(SquaredNorm(Shape{2, 4}, 1), tape.Do(Dense(2, 3, 4, nil), h, kernel, bias)), kernel, bias)
		p := tape.g.ExactSubgraphRoots(grads...)
		for _, n := range p.AllNodes() {
			if o, _, _ := tape.Source(n); strings.HasPrefix(o.Name, "DenseGradX") || strings.HasPrefix(o.Name, "TanhGrad") {
				t.Errorf("the gradients compute %s", o.Name)
			}
		}
		return grads
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An op is data: it may be written into a graph twice, and into two graphs.
func TestOneOpTwice(t *testing.T) {
	s := Shape{1, 2}
	relu := LeakyReLU(0.5)
	for _, c := range []struct {
		op Op
		// The gradient of the sum of both outputs for x = (1, -3) and (3, 5). Other inputs are 1.
		want []float32
	}{
		{op: SquaredError(s, 1), want: []float32{0, -8, 4, 8}},
		{op: AbsoluteError(s, 1), want: []float32{0, -1, 1, 1}},
		{op: SquaredNorm(s, 1), want: []float32{2, -6, 6, 10}},
		{op: Dense(1, 2, 1, &relu), want: []float32{0.5, 0.5, 1, 1}},
	} {
		write := func(t *Tape) []*G.Node {
			leaves := []*G.Node{t.Var("a", s, []float32{1, -3}, true), t.Var("b", s, []float32{3, 5}, true)}
			var terms []*G.Node
			for _, x := range leaves {
				in := []*G.Node{x}
				for _, s := range c.op.In[1:] {
					in = append(in, t.Var("one", s, slices.Repeat([]float32{1}, s.Size()), false))
				}
				terms = append(terms, t.Do(Reshape(c.op.Out, Shape{}), t.Do(c.op, in...)))
			}
			return t.Grad(t.Do(Add(2, Shape{}), terms...), leaves...)
		}
		for range 2 {
			y := run(t, write)
			equal(t, c.op.Name, slices.Concat(y...), c.want)
		}
	}
}

func TestSource(t *testing.T) {
	s := Shape{1, 2}
	run(t, func(tape *Tape) []*G.Node {
		x := tape.Var("x", s, make([]float32, 2), false)
		in := []*G.Node{x, x}
		y := tape.Do(Add(2, s), in...)
		in[0] = y // the caller may change its slice
		z := tape.Try(G.Tanh(y))
		if o, in, ok := tape.Source(y); o.Name != "Add2(1, 2)" || !slices.Equal(in, []*G.Node{x, x}) || !ok {
			t.Errorf("the source of a sum is %q of %v (%v)", o.Name, in, ok)
		}
		for _, n := range []*G.Node{x, z} {
			if _, _, ok := tape.Source(n); ok {
				t.Errorf("%v has a source, want none", n)
			}
		}
		return []*G.Node{z}
	})
}

func TestErrorsOfGraphs(t *testing.T) {
	s := Shape{2, 3}
	data := make([]float32, 6)
	var foreign *G.Node
	run(t, func(t *Tape) []*G.Node {
		foreign = t.Var("foreign", s, data, true)
		return []*G.Node{foreign}
	})
	norm, act := SquaredNorm(s, 1), Activation(Tanh(), s)
	without := act
	without.Grad = nil
	type node = *G.Node
	cases := map[string]struct {
		write func(t *Tape, w, v node) node // w and v are trained leaves of shape s
		want  []string
	}{
		"no node":          {func(t *Tape, w, v node) node { return nil }, []string{"result 0"}},
		"foreign result":   {func(t *Tape, w, v node) node { return foreign }, []string{"result 0"}},
		"foreign input":    {func(t *Tape, w, v node) node { return t.Do(Add(2, s), w, foreign) }, []string{"Add2(2, 3)", "input 1"}},
		"missing input":    {func(t *Tape, w, v node) node { return t.Do(Add(2, s), w) }, []string{"Add2(2, 3)", "2 inputs, got 1"}},
		"misshapen input":  {func(t *Tape, w, v node) node { return t.Do(Add(2, Shape{6}), w, v) }, []string{"shape (6) for input 0, got (2, 3)"}},
		"nothing to run":   {func(t *Tape, w, v node) node { return t.Do(Op{Name: "None", Out: s}) }, []string{"None", "at least one input"}},
		"empty output":     {func(t *Tape, w, v node) node { return t.Do(like("None", 1, Shape{2, 0}), w) }, []string{"None", "(2, 0)"}},
		"too few numbers":  {func(t *Tape, w, v node) node { return t.Var("u", s, data[1:], true) }, []string{`"u"`, "(2, 3)", "5 numbers"}},
		"too many numbers": {func(t *Tape, w, v node) node { return t.Var("u", Shape{5}, data, true) }, []string{`"u"`, "(5)", "6 numbers"}},
		"scalar leaf":      {func(t *Tape, w, v node) node { return t.Var("u", nil, data[:1], true) }, []string{`"u"`, "one axis"}},
		"negative axes":    {func(t *Tape, w, v node) node { return t.Var("u", Shape{-2, -3}, data, true) }, []string{`"u"`, "(-2, -3)"}},
		"another size":     {func(t *Tape, w, v node) node { return t.Do(Reshape(s, Shape{7}), w) }, []string{"Reshape", "size"}},
		"from the input":   {func(t *Tape, w, v node) node { f := SiLU(); return t.Do(Dense(2, 3, 2, &f), w, v, v) }, []string{"needs its output alone, got SiLU"}},
		"ragged parts":     {func(t *Tape, w, v node) node { return t.Do(Concat(s, Shape{3, 3}), w, v) }, []string{"Concat"}},
		"stock operation":  {func(t *Tape, w, v node) node { return t.Try(G.Mul(w, v)) }, []string{"Inner dimensions"}},
		"no RunAll": {func(t *Tape, w, v node) node {
			return t.Do(Op{Name: "Two", In: []Shape{s}, Out: s, More: []Shape{s}, Run: act.Run}, w)
		}, []string{"Two", "RunAll"}},
		"RunAll for one": {func(t *Tape, w, v node) node {
			return t.Do(Op{Name: "One", In: []Shape{s}, Out: s, RunAll: productAndSum(s).RunAll}, w)
		}, []string{"One", "one output"}},
		"no Run": {func(t *Tape, w, v node) node { return t.Do(Op{Name: "One", In: []Shape{s}, Out: s}, w) }, []string{"One", "Run"}},
		"output 2": {func(t *Tape, w, v node) node {
			o := productAndSum(s)
			o.Constant = []int{2}
			return t.Do(o, w, v)
		}, []string{"ProductAndSum", "below 2", "got 2"}},
		"view of two": {func(t *Tape, w, v node) node {
			return t.Do(Op{Name: "View", In: []Shape{s, s}, Out: s, View: true}, w, v)
		}, []string{"View", "one input"}},
		"empty second output": {func(t *Tape, w, v node) node {
			o := productAndSum(s)
			o.More = []Shape{{2, 0}}
			return t.Do(o, w, v)
		}, []string{"output 1", "(2, 0)"}},
		"own error": {func(t *Tape, w, v node) node { t.Fail(errTest); return nil }, []string{errTest.Error()}},

		"vector loss":    {func(t *Tape, w, v node) node { return t.Grad(t.Do(act, w), w)[0] }, []string{"(2, 3)", "scalar"}},
		"untrained leaf": {func(t *Tape, w, v node) node { return t.Grad(t.Do(norm, w), t.Var("u", s, data, false))[0] }, []string{`"u"`, "trained"}},
		"no leaf":        {func(t *Tape, w, v node) node { y := t.Do(act, w); return t.Grad(t.Do(norm, y), y)[0] }, []string{"leaf"}},
		"idle leaf":      {func(t *Tape, w, v node) node { return t.Grad(t.Do(norm, w), w, v)[0] }, []string{"does not depend on decoder/v:"}},
		"no gradient": {func(t *Tape, w, v node) node { return t.Grad(t.Do(norm, t.Do(without, v)), v)[0] },
			[]string{"differentiating the loss: Tanh(2, 3) has no gradient for its input 0", "decoder/v"}},
		"trained target": {func(t *Tape, w, v node) node { return t.Grad(t.Do(SquaredError(s, 1), w, v), w, v)[0] },
			[]string{"SquaredError", "input 1", "trained decoder/v"}},
		"no stock way": {func(t *Tape, w, v node) node { return t.Grad(t.Try(G.Mean(t.Try(G.Sign(w)))), w)[0] },
			[]string{"no gradient for encoder/w:"}},
		"one stock way": {func(t *Tape, w, v node) node { return t.Grad(t.Do(norm, t.Try(G.Add(v, t.Try(G.Sign(w))))), w, v)[0] },
			[]string{"no gradient for encoder/w:"}},
		"no gradient of several": {func(t *Tape, w, v node) node {
			o := productAndSum(s)
			o.GradAll = nil
			return t.Grad(t.Do(norm, t.DoAll(o, w, v)[1]), v)[0]
		}, []string{"ProductAndSum(2, 3) has no gradient for its input 0", "encoder/w"}},
		"constant output": {func(t *Tape, w, v node) node {
			o := productAndSum(s)
			o.Constant = []int{1}
			return t.Grad(t.Do(norm, t.DoAll(o, w, v)[1]), v)[0]
		}, []string{"no gradient for decoder/v:"}},
		"gradient panics": {func(t *Tape, w, v node) node { return t.Grad(t.Do(norm, t.Do(panics(act), w)), w)[0] }, []string{"panic in Grad"}},
	}
	for name, c := range cases {
		_, err := Compile(func(t *Tape) []*G.Node {
			return []*G.Node{c.write(t, t.Var("encoder/w", s, data, true), t.Var("decoder/v", s, data, true))}
		})
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
		if text := err.Error(); len(text) > 200 || strings.ContainsAny(text, "\n{") || strings.Contains(text, "map[") {
			t.Errorf("%s: not one clear line: %q", name, text)
		}
	}
	if _, err := Compile(func(*Tape) []*G.Node { return nil }); err == nil {
		t.Error("an empty graph: no error")
	}
}

type testError string

func (e testError) Error() string { return string(e) }

const errTest = testError("an error of one's own")

func panics(o Op) Op {
	o.Grad = func(*Tape, []*G.Node, *G.Node, *G.Node) []*G.Node { panic("panic in Grad") }
	return o
}

func TestGradOfNothing(t *testing.T) {
	run(t, func(tape *Tape) []*G.Node {
		loss := tape.Do(SquaredNorm(Shape{2}, 1), tape.Var("x", Shape{2}, make([]float32, 2), false))
		if grads := tape.Grad(loss); len(grads) != 0 {
			t.Errorf("the gradients of no leaves are %v", grads)
		}
		return []*G.Node{loss}
	})
}
