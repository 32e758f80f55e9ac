package op

import (
	"fmt"
	"slices"
	"testing"

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
