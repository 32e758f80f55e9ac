package op

import (
	"runtime"
	"slices"
	"sync"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
)

// Gorgonia builds graphs through shared pools and shared constants, without locks.
var building sync.Mutex

// Program is a compiled graph on a TapeMachine. One goroutine at a time may run it.
type Program struct {
	vm      G.VM
	inline  []*adapter // instead of vm, where that can be
	results []*adapter
}

// Compile calls write to write a graph, and compiles what the nodes it returns depend on, no more. If two nodes hash
// alike, which Gorgonia would merge, write is called again with other names: it must not depend on being called once.
func Compile(write func(*Tape) []*G.Node) (*Program, error) {
	building.Lock()
	defer building.Unlock()
	const tries = 8
	for salt := range tries {
		p, err := compile(write, newTape(salt))
		if err != errCollision {
			return p, err
		}
	}
	return nil, errCollision
}

var errCollision = errors.New("two operations of the graph have the same hash under every name tried")

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
		return nil, errors.Errorf("a graph with %d results and %d leaves cannot be compiled, want at least one of each", len(results), len(leaves))
	}
	order, err := t.order(slices.Concat(results, leaves))
	if err != nil {
		return nil, err
	}
	t.assign(order, results)
	t.preserve(results, leaves[0])
	// Gorgonia refuses graphs in which a leaf is not used, as where only the gradient of a sum is wanted: so all are.
	prog, locations, err := G.CompileFunction(t.g, leaves, slices.Concat(results, leaves))
	if err != nil {
		return nil, errors.Wrap(err, "compiling the graph")
	}
	vm := G.NewTapeMachine(t.g, G.WithPrecompiled(prog, locations))
	runtime.SetFinalizer(vm, nil) // it does nothing without CUDA, and a cycle with a finalizer is never freed
	p = &Program{vm: vm, inline: t.inline(order)}
	for _, n := range results {
		p.results = append(p.results, t.own[n])
	}
	return p, nil
}

// keep makes each result an operation of ours, whose buffer the caller can read and nothing else is a name for.
func (t *Tape) keep(results []*G.Node) G.Nodes {
	kept := make(G.Nodes, len(results))
	for i, n := range results {
		if n == nil || n.Graph() != t.g {
			t.Fail(errors.Errorf("result %d is no node of this graph", i))
		}
		kept[i] = n
		if a := t.own[n]; a == nil || a.alias {
			kept[i] = t.Do(Copy(ShapeOf(n)), n)
		}
	}
	return kept
}

// preserve keeps stock operations from writing over what is needed: results, and what has a second name. They write over
// inputs that nothing reads later, and do not see that a reshaped tensor is the memory of a leaf or of a node that
// something does read. To the compiler the gradient of a leaf is never dead: so what may not be written over is called one.
func (t *Tape) preserve(results G.Nodes, leaf *G.Node) {
	for _, n := range t.g.AllNodes() {
		if slices.Contains(results, n) || !t.alone(n) {
			G.SetDerivOf(n, leaf)
		}
	}
}

// alone reports whether a node's memory certainly has no second name. Gorgonia's sums of gradients, which are binary
// operations, may then go on in it.
func (t *Tape) alone(n *G.Node) bool {
	if !t.fresh(n) {
		return false
	}
	for it := t.g.To(n.ID()); it.Next(); {
		if !t.fresh(it.Node().(*G.Node)) {
			return false
		}
	}
	return true
}

// fresh reports whether a node's operation is one that gives no second name to its input.
func (t *Tape) fresh(n *G.Node) bool {
	if a := t.own[n]; a != nil {
		return !a.alias
	}
	_, binary := n.Op().(G.BinaryOp)
	return binary
}

// collides reports whether Gorgonia's compiler, which compares 32-bit hashes alone, would merge two nodes.
func (t *Tape) collides() bool {
	seen := map[uint32]bool{}
	for _, n := range t.g.AllNodes() {
		h := n.Hashcode()
		if seen[h] {
			return true
		}
		seen[h] = true
	}
	return false
}

// Run runs the graph once on what its leaves hold now.
func (p *Program) Run() error {
	if p.inline != nil {
		return runInline(p.inline)
	}
	defer p.vm.Reset() // without it the next run would do nothing, and say nothing
	return errors.Wrap(p.vm.RunAll(), "running the graph")
}

// Result is the numbers of result i, in row-major order, until the next Run overwrites them.
func (p *Program) Result(i int) []float32 { return p.results[i].out }
