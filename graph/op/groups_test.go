package op

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// doubled is 2x and the column sums of x, in one op.
func doubled(rows, n int, apart bool) Op {
	s := Shape{rows, n}
	return Op{
		Name: fmt.Sprintf("Doubled%v%v", s, apart), In: []Shape{s}, Out: s, More: []Shape{{n}}, Apart: apart,
		RunAll: func(y, x [][]float32) {
			clear(y[1])
			for i, v := range x[0] {
				y[0][i] = 2 * v
				y[1][i%n] += v
			}
		},
	}
}

// Outputs of an op that runs for each group: of one that nothing reads, too, and of one that is a result as it is, a
// sum, and a sum once more.
func TestGroups(t *testing.T) {
	const groups, rows, n = 4, 2, 3
	x := make([]float32, groups*rows*n)
	for i := range x {
		x[i] = float32(i)
	}
	var each, sum []float32
	for g := range groups {
		for j := range n {
			each = append(each, x[g*rows*n+j]+x[g*rows*n+n+j])
		}
	}
	for j := range n {
		sum = append(sum, (each[j]+each[n+j])+(each[2*n+j]+each[3*n+j]))
	}
	for _, apart := range []bool{false, true} {
		write := func(all bool) func(t *Tape) (results, sums []*G.Node) {
			return func(t *Tape) (results, sums []*G.Node) {
				y := t.DoAll(doubled(rows, n, apart), t.Var("x", Shape{rows, n}, x, false))
				if !all {
					return y[:1], nil
				}
				return y, []*G.Node{y[1], y[1]}
			}
		}
		for _, all := range []bool{false, true} {
			p, err := CompileGroups(Groups{N: groups, Rows: rows}, write(all))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			for i, v := range p.Result(0) {
				if v != 2*x[i] {
					t.Errorf("apart %v: number %d is %v, want %v", apart, i, v, 2*x[i])
				}
			}
			if all && !(slices.Equal(p.Result(1), each) && slices.Equal(p.Result(2), sum) && slices.Equal(p.Result(3), sum)) {
				t.Errorf("apart %v: the sums are %v, %v and %v, want %v and twice %v", apart, p.Result(1), p.Result(2), p.Result(3), each, sum)
			}
		}
	}
}

// Gradients of nodes that several ops read, and one that depends on no row, are sums over groups of what each group
// has alone.
func TestGroupsOfGradients(t *testing.T) {
	const groups, rows, n = 4, 3, 5
	s := Shape{rows, n}
	data := newCheck(Op{In: []Shape{{groups * rows, n}, {n, n}, {n}}}, nil, 1).x
	x, w, v := data[0], data[1], data[2]
	write := func(x []float32) func(t *Tape) (results, sums []*G.Node) {
		return func(t *Tape) (results, sums []*G.Node) {
			kernel, idle := t.Var("w", Shape{n, n}, w, true), t.Var("v", Shape{n}, v, true)
			h := t.Do(DenseNoBias(rows, n, n, nil), t.Var("x", s, x, false), kernel)
			act := Tanh()
			y := t.Do(Add(3, s), h, t.Do(DenseNoBias(rows, n, n, &act), h, kernel), h)
			loss := t.Do(Add(2, Shape{}), t.Do(SquaredNorm(s, 0.1), y), t.Do(SquaredNorm(Shape{n}, 0.3), idle))
			return nil, t.Grad(loss, kernel, idle)
		}
	}
	var each [][][]float32 // sums of each group
	for g := range groups {
		each = append(each, run(t, func(t *Tape) []*G.Node {
			_, gradients := write(x[g*rows*n:][:rows*n])(t)
			return gradients
		}))
	}
	p, err := CompileGroups(Groups{N: groups, Rows: rows}, write(x))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for k := range each[0] {
		want := make([]float32, len(each[0][k]))
		for i := range want {
			want[i] = (each[0][k][i] + each[1][k][i]) + (each[2][k][i] + each[3][k][i])
		}
		equal(t, "gradient", p.Result(k), want)
	}
}

func TestGroupsRefused(t *testing.T) {
	s := Shape{1, 2}
	stock := func(t *Tape) (results, sums []*G.Node) {
		return []*G.Node{t.Try(G.Tanh(t.Var("x", s, make([]float32, 4), false)))}, nil
	}
	if _, err := CompileGroups(Groups{N: 2, Rows: 1}, stock); !errors.Is(err, ErrGroups) {
		t.Errorf("a stock operation: want the error %q, got %v", ErrGroups, err)
	}
	for _, g := range []Groups{{N: 3, Rows: 1}, {N: 0, Rows: 1}, {N: 2}} {
		if _, err := CompileGroups(g, stock); err == nil || errors.Is(err, ErrGroups) {
			t.Errorf("%+v: want another error, got %v", g, err)
		}
	}
}
