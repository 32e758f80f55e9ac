package op

import (
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/random"
)

// randomGraph writes a graph of random ops over two leaves. They reshape, copy and read nodes that
// were made long before. With stock, some are stock operations. Results are the last node, a loss,
// two random nodes, and the gradients of the leaves if they are trained.
func randomGraph(seed uint64, stock, trained bool, data [2][]float32) func(t *Tape) []*G.Node {
	s, flat := Shape{3, 4}, Shape{12}
	return func(t *Tape) []*G.Node {
		src := random.New(seed, "graphs")
		n := func(limit int) int { return int(src.Uint64n(uint64(limit))) }
		leaves := []*G.Node{t.Var("a", s, data[0], trained), t.Var("b", s, data[1], trained)}
		nodes := slices.Clone(leaves)
		pick := func() *G.Node { return nodes[max(n(len(nodes)), n(len(nodes)))] }
		for range 25 {
			x := pick()
			switch n(9) {
			case 0:
				x = t.Do(Reshape(flat, s), t.Do(Activation(SiLU(), flat), t.Do(Reshape(s, flat), x)))
			case 1:
				x = t.Do(Reshape(flat, s), t.Do(Reshape(s, flat), x))
			case 2:
				x = t.Do(Add(3, s), x, pick(), pick())
			case 3:
				x = t.Do(Copy(s), x)
			case 4:
				x = t.Do(Transpose(2, 4, Shape{3, 8}, Shape{3, 8}), t.Do(Concat(s, s), x, pick()))
				kernel := slices.Concat(data[0], data[1], data[0][:8])
				x = t.Do(Dense(3, 8, 4, nil), x, t.Var("kernel", Shape{8, 4}, kernel, false), t.Var("bias", Shape{4}, data[1][:4], false))
			case 5:
				o := productAndSum(s)
				o.Constant = [][]int{nil, {0}, {1}, {0, 1}}[n(4)]
				y := t.DoAll(o, x, pick())
				x = y[n(2)]
				nodes = append(nodes, y[n(2)])
			case 6, 7:
				if stock {
					x = t.Try([]func(a, b *G.Node) (*G.Node, error){plus, G.Sub, G.HadamardProd}[n(3)](x, pick()))
					break
				}
				fallthrough
			default:
				x = t.Do(Activation([]Act{Tanh(), Sigmoid(), GELU()}[n(3)], s), x)
			}
			nodes = append(nodes, x)
		}
		y := t.Do(Activation(Tanh(), s), t.Do(Add(3, s), nodes[len(nodes)-1], leaves[0], leaves[1]))
		loss := t.Do(SquaredNorm(s, 0.5), y)
		results := []*G.Node{y, loss, pick(), pick()}
		if trained {
			results = append(results, t.Grad(loss, leaves...)...)
		}
		return results
	}
}

func plus(a, b *G.Node) (*G.Node, error) { return G.Add(a, b) }

// With and without shared memory the results are the same, bit for bit, in each run.
func TestSharedMemoryChangesNoBit(t *testing.T) {
	less := 0
	for seed := range uint64(60) {
		src := random.New(seed, "data")
		var data [2][]float32
		for k := range data {
			for range 12 {
				data[k] = append(data[k], src.Float32()-0.5)
			}
		}
		stock, trained := seed%2 == 1, seed/2%2 == 1
		var want [][]float32
		var sizes [2]int
		for way, apart := range []bool{true, false} {
			tape := newTape(0)
			tape.apart = apart
			p, err := compile(randomGraph(seed, stock, trained, data), tape)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			sizes[way] = distinct(tape)
			for run := range 3 {
				if err := p.Run(); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				for i := range p.results {
					if apart && run == 0 {
						want = append(want, slices.Clone(p.Result(i)))
					} else if !slices.Equal(p.Result(i), want[i]) {
						t.Fatalf("seed %d, apart %v, run %d: result %d is %v, want %v", seed, apart, run, i, p.Result(i), want[i])
					}
				}
			}
		}
		if sizes[1] < sizes[0] {
			less++
		}
	}
	if less < 50 {
		t.Errorf("%d of 60 programs share memory, want most", less)
	}
}

// distinct is the number of places in memory where outputs begin.
func distinct(t *Tape) int {
	places := map[*float32]bool{}
	for _, a := range t.own {
		if a.memory != nil {
			places[&a.memory[0]] = true
		}
	}
	return len(places)
}

// Sharing needs the order in which the machine runs ops.
func TestOrderIsTheMachines(t *testing.T) {
	data := [2][]float32{make([]float32, 12), make([]float32, 12)}
	for seed := range uint64(30) {
		tape := newTape(0)
		p, err := compile(randomGraph(seed, seed%2 == 1, seed/2%2 == 1, data), tape)
		if err != nil {
			t.Fatal(err)
		}
		roots := tape.g.Inputs()
		var ran []string
		for n, a := range tape.own {
			if slices.Contains(p.results, a) {
				roots = append(roots, n)
			}
			if !a.runs {
				continue
			}
			run, id := a.Op, a.id
			a.RunAll = func(y, x [][]float32) {
				ran = append(ran, id)
				run.run(y, x)
			}
		}
		order, err := tape.order(roots)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, n := range order {
			if a := tape.own[n]; a != nil && a.runs {
				want = append(want, a.id)
			}
		}
		inline := p.inline
		for _, p.inline = range [][]*call{inline, nil} {
			ran = nil
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(ran, want) {
				t.Fatalf("seed %d: the ops ran in the order %v, want %v", seed, ran, want)
			}
		}
	}
}

// A prediction of a deep chain takes the memory of two outputs and its result. A training step
// takes that of the activations and little more.
func TestMemoryOfAChain(t *testing.T) {
	const depth, size = 50, 1 << 18
	x := make([]float32, size)
	for _, c := range []struct {
		trained bool
		most    uint64 // outputs
	}{{false, 3}, {true, depth + 5}} {
		compiled := allocated(func() {
			_, err := Compile(func(t *Tape) []*G.Node {
				s := Shape{size}
				w := t.Var("x", s, x, c.trained)
				y := w
				for range depth {
					y = t.Do(Activation(SiLU(), s), y)
				}
				if !c.trained {
					return []*G.Node{y}
				}
				return t.Grad(t.Do(SquaredNorm(s, 1), y), w)
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		if outputs := compiled / (4 * size); outputs > c.most {
			t.Errorf("a chain of %d ops (trained: %v) takes the memory of %d outputs, want at most %d", depth, c.trained, outputs, c.most)
		}
	}
}

// A small output gets no large slot. A slot grows for an output that is a little larger.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		idle []int
		size int
		want int // the size of the slot, negative for a new one
	}{
		{nil, 5, -5},
		{[]int{100}, 5, -5},
		{[]int{2}, 5, -5},
		{[]int{10, 6}, 5, 6},
		{[]int{3, 10}, 5, 5},
		{[]int{9, 5, 6}, 5, 5},
	} {
		var idle []*slot
		for _, size := range c.idle {
			idle = append(idle, &slot{size: size})
		}
		got := fit(&idle, c.size).size
		if len(idle) == len(c.idle) {
			got = -got
		}
		if got != c.want {
			t.Errorf("of slots %v, an output of %d gets %d, want %d", c.idle, c.size, got, c.want)
		}
	}
}
