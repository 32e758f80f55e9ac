package op

import (
	"runtime"
	"slices"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Program is a compiled graph. One goroutine at a time may run it.
type Program struct {
	vm      G.VM
	inline  []*call // runs instead of vm if it is not nil
	results []*adapter

	leaf, result []*[]float32 // for RunOn, kept from call to call
}

// Compile calls write to write a graph. It compiles what the nodes that write returns depend on,
// and no more. If two nodes have the same hash, which would make Gorgonia merge them, Compile calls
// write again and uses other names: write must not depend on being called once.
func Compile(write func(*Tape) []*G.Node) (*Program, error) { return compileSalted(write, nil) }

// compileSalted is Compile, for groups unless they are nil.
func compileSalted(write func(*Tape) []*G.Node, groups *Groups) (*Program, error) {
	building.Lock()
	defer building.Unlock()
	const tries = 8
	for salt := range tries {
		t := newTape(salt)
		t.groups = groups
		p, err := compile(write, t)
		if err != errCollision {
			return p, err
		}
	}
	return nil, errCollision
}

var errCollision = errors.New("want another hash for each node of the graph, got equal ones under all names tried: change a name")

func compile(write func(*Tape) []*G.Node, t *Tape) (p *Program, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case bail:
			err = r.err
		case runtime.Error:
			panic(r)
		default: // Gorgonia's constructors panic on misuse
			err = errors.Errorf("writing the graph: %v", r)
		}
	}()
	results := t.keep(write(t))
	if t.collides() {
		return nil, errCollision
	}
	leaves := t.g.Inputs()
	if len(results) == 0 || len(leaves) == 0 {
		return nil, errors.Errorf("want at least one result and one leaf in a graph, got %d and %d", len(results), len(leaves))
	}
	order, err := t.order(slices.Concat(results, leaves))
	if err != nil {
		return nil, err
	}
	if t.groups != nil {
		if err := t.group(order, results[t.firstSum:]); err != nil {
			return nil, err
		}
	}
	t.assign(order, results)
	t.preserve(results, leaves[0])
	// CompileFunction refuses a leaf that no result depends on: with all leaves as results there is
	// none.
	prog, locations, err := G.CompileFunction(t.g, leaves, slices.Concat(results, leaves))
	if err != nil {
		return nil, errors.Wrap(err, "compiling the graph")
	}
	vm := G.NewTapeMachine(t.g, G.WithPrecompiled(prog, locations))
	runtime.SetFinalizer(vm, nil) // see gorgonia.go
	p = &Program{vm: vm, inline: t.inline(order)}
	for _, n := range results {
		p.results = append(p.results, t.own[n])
	}
	return p, nil
}

// keep makes each result the output of an op of ours, which the caller can read after a run, and
// which is no second name of other memory.
func (t *Tape) keep(results []*G.Node) G.Nodes {
	kept := make(G.Nodes, len(results))
	for i, n := range results {
		if n == nil || n.Graph() != t.g {
			t.Fail(errors.Errorf("result %d: want a node of this graph, got another", i))
		}
		kept[i] = n
		if a := t.own[n]; a == nil || a.View {
			kept[i] = t.Do(Copy(ShapeOf(n)), n)
		}
	}
	return kept
}

// Run runs the graph once on what its leaves hold now.
func (p *Program) Run() error {
	if p.inline != nil {
		return runInline(p.inline)
	}
	defer p.vm.Reset() // else the next run does nothing and reports no error
	return errors.Wrap(p.vm.RunAll(), "running the graph")
}

// Result is the numbers of result i in row-major order. The next Run overwrites them.
func (p *Program) Result(i int) []float32 { return p.results[i].memory }

// RunOn is Run with the numbers x in the place of those that a leaf is bound to, data, and writes the
// first result to y, which must not overlap x or a leaf. It copies neither x nor y if the program runs
// inline. Nothing but the length of data and its place in memory matters.
func (p *Program) RunOn(data, x, y []float32) error {
	result := p.Result(0)
	if len(x) != len(data) || len(y) != len(result) {
		return errors.Errorf("want %d numbers for the leaf and %d for the result, got %d and %d", len(data), len(result), len(x), len(y))
	}
	if p.inline == nil {
		copy(data, x)
		err := p.Run()
		copy(y, result)
		return err
	}
	p.leaf, p.result = users(p.leaf[:0], p.inline, data), users(p.result[:0], p.inline, result)
	point(p.leaf, x)
	point(p.result, y)
	defer func() { // else the program would keep the memory of the caller
		point(p.leaf, data)
		point(p.result, result)
	}()
	return p.Run()
}
