package op

import (
	"fmt"
	"hash/fnv"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	G "gorgonia.org/gorgonia"
)

// A panic in an op is an error, on Gorgonia's goroutine and on the caller's. The program can run
// again.
func TestRunSurvivesPanics(t *testing.T) {
	s := Shape{2}
	x := []float32{1, 2}
	o := like("Picky", 1, s)
	o.Run = func(y []float32, x [][]float32) {
		if x[0][0] < 0 {
			panic("below zero")
		}
		copy(y, x[0])
	}
	for _, stock := range []bool{false, true} {
		p, err := Compile(func(t *Tape) []*G.Node {
			y := t.Do(o, t.Var("x", s, x, false))
			if stock {
				y = t.Try(G.Neg(t.Try(G.Neg(y))))
			}
			return []*G.Node{t.Do(Add(2, s), y, y)}
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []float32{3, -1, -1, 4} {
			x[0] = v
			err := p.Run()
			switch {
			case v < 0 && (err == nil || !strings.Contains(err.Error(), "Picky(2): below zero")):
				t.Errorf("with %v: error %v, want the panic's", v, err)
			case v > 0 && err != nil:
				t.Errorf("with %v: %v", v, err)
			case v > 0:
				equal(t, "result", p.Result(0), []float32{2 * v, 4})
			}
		}
	}
}

// After a panic in write, another graph can be written.
func TestCompileSurvivesPanics(t *testing.T) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a programming mistake in write was taken for an error")
			}
		}()
		Compile(func(*Tape) []*G.Node { var none []int; return []*G.Node{nil}[none[0]:] })
	}()
	run(t, func(t *Tape) []*G.Node { return []*G.Node{t.Var("x", Shape{1}, []float32{1}, false)} })
}

// mlp is a training graph: two dense layers, a loss, and the gradients of the weights.
func mlp(rows, in, units int, x []float32, w [][]float32) func(*Tape) []*G.Node {
	return func(t *Tape) []*G.Node {
		data := t.Var("x", Shape{rows, in}, x, false)
		shapes := []Shape{{in, units}, {units}, {units, in}, {in}}
		var leaves []*G.Node
		for i, s := range shapes {
			leaves = append(leaves, t.Var(fmt.Sprint("w", i), s, w[i], true))
		}
		h := t.Do(Activation(LeakyReLU(0.3), Shape{rows, units}), t.Do(Dense(rows, in, units, nil), data, leaves[0], leaves[1]))
		y := t.Do(Dense(rows, units, in, nil), h, leaves[2], leaves[3])
		loss := t.Do(SquaredError(Shape{rows, in}, 1/float32(rows*in)), y, data)
		return append([]*G.Node{loss}, t.Grad(loss, leaves...)...)
	}
}

func mlpData(rows, in, units int) (x []float32, w [][]float32) {
	o := Op{Name: "mlp", In: []Shape{{rows, in}, {in, units}, {units}, {units, in}, {in}}}
	o.Out = Shape{}
	c := newCheck(o, nil, 1)
	return c.x[0], c.x[1:]
}

// Gorgonia's machine allocates a little memory at each instruction. It must not depend on the size
// of tensors, even where gradients of a node are added up. A prediction, which runs without the
// machine, allocates nothing.
func TestRunAllocatesLittle(t *testing.T) {
	s := Shape{64, 32}
	x, w := mlpData(64, 32, 16)
	for name, c := range map[string]struct {
		write func(*Tape) []*G.Node
		most  float64 // allocations
	}{
		"training": {mlp(64, 32, 16, x, w), 90},
		"sums of gradients": {func(t *Tape) []*G.Node {
			w := t.Var("w", s, x, true)
			act := func(f Act) *G.Node { return t.Do(Activation(f, s), w) }
			sum := t.Do(Add(4, s), act(Tanh()), act(Sigmoid()), act(Softplus()), act(SiLU()))
			return t.Grad(t.Do(SquaredNorm(s, 1), sum), w)
		}, 90},
		"inference": {func(t *Tape) []*G.Node { return []*G.Node{t.Do(Activation(Tanh(), s), t.Var("x", s, x, false))} }, 0},
	} {
		p, err := Compile(c.write)
		if err != nil {
			t.Fatal(err)
		}
		const steps = 50
		step := func() {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(steps, step); n > c.most {
			t.Errorf("%s: a step makes %v allocations, want at most %v", name, n, c.most)
		}
		size := allocated(func() {
			for range steps {
				step()
			}
		})
		if size/steps > 4<<10 { // a tensor of shape s has 8
			t.Errorf("%s: a step allocates %d bytes, want at most %d", name, size/steps, 4<<10)
		}
	}
}

// allocated is the number of bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Many goroutines build and run programs that share weights, which they only read.
func TestProgramsRunInParallel(t *testing.T) {
	const rows, in, units, many = 8, 6, 4, 20
	x, w := mlpData(rows, in, units)
	results := make([][]float32, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			p, err := Compile(func(t *Tape) []*G.Node {
				y := mlp(rows, in, units, x, w)(t)
				return append(y, t.Try(G.Transpose(t.Try(G.Tanh(t.Try(G.Reshape(y[1], []int{units, in})))))))
			})
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				if err := p.Run(); err != nil {
					t.Error(err)
				}
			}
			for k := range 6 {
				results[i] = append(results[i], p.Result(k)...)
			}
		})
	}
	wg.Wait()
	for i, y := range results {
		if len(y) == 0 || !slices.Equal(y, results[0]) {
			t.Errorf("program %d came to %v, the first to %v", i, y, results[0])
		}
	}
}

func TestDroppedProgramsAreFreed(t *testing.T) {
	const rows, in, units, many = 64, 256, 32, 200 // a program has about 300 KB
	x, w := mlpData(rows, in, units)
	build := func(n int) {
		for range n {
			p, err := Compile(mlp(rows, in, units, x, w))
			if err == nil {
				err = p.Run()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	live := func() int64 {
		var m runtime.MemStats
		for range 3 {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	build(5) // Gorgonia's pools fill
	before := live()
	build(many)
	if grown := live() - before; grown > 4<<20 {
		t.Errorf("after %d programs %d KB more are in use, %d KB each", many, grown>>10, grown>>10/many)
	}
}

// Gorgonia's compiler merges two nodes that have the same 32-bit hash. Two names whose leaves have
// the same hash are soon found by trying. Compile must use other names.
func TestHashCollision(t *testing.T) {
	s := Shape{1}
	first, second := "", ""
	seen := map[uint32]string{}
	hash := func(name string, serial int) uint32 { // of a leaf, the serial-th node of a graph
		h := fnv.New32a()
		h.Write([]byte("Vector float32(1)" + name + "#" + strconv.Itoa(serial) + "\x00"))
		return h.Sum32()
	}
	for i := range 60000 {
		name := fmt.Sprint("a", i)
		seen[hash(name, 1)] = name
	}
	for i := 0; second == ""; i++ {
		name := fmt.Sprint("b", i)
		if other, ok := seen[hash(name, 2)]; ok {
			first, second = other, name
		}
	}
	tries := 0
	y := run(t, func(t *Tape) []*G.Node {
		tries++
		a, b := t.Var(first, s, []float32{1}, false), t.Var(second, s, []float32{20}, false)
		return []*G.Node{t.Do(Add(2, s), a, b)}
	})
	equal(t, "sum", y[0], []float32{21})
	if tries != 2 {
		t.Errorf("the leaves %q and %q were written %d times, want 2: do they hash alike?", first, second, tries)
	}
}
