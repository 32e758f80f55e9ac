package op

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// adapter is the gorgonia.Op of one node. It returns memory that Compile gave to it, the same in
// each run, so Gorgonia neither allocates nor reuses it.
//
// A Gorgonia node has one output. An op with one output is one node, and its adapter runs the op.
// Of an op with several outputs, the node of one output runs the op, which fills the memory of all
// outputs. The node of each other output hands its output over: its only input is the node that
// runs the op, so it comes later, and it returns memory that is already filled.
//
// If a loss may depend on several outputs, a node without an output runs the op: the ticket, which
// returns a number that nothing reads. Each output stores its gradient in the call. Gorgonia reaches
// the ticket after all of them, so the ticket can compute the gradients of the inputs.
type adapter struct {
	*call
	id        string    // unique in the graph
	in        []Shape   // of the node, as Gorgonia sees it
	out       Shape     // of the node
	from      []*G.Node // the node's inputs
	needs     []bool    // of each: does Gorgonia get its gradient
	runs      bool      // does the node run the op
	handsOver bool      // does it return an output that another node computed
	number    int       // of the output that the node returns, or ticket

	copies int // of the numbers of the node in its memory, one of each group
	memory []float32
	value  G.Value // memory as Gorgonia sees it
	scalar *G.F32  // value, for a scalar
	small  []float32
}

// size is the length of the node's memory.
func (a *adapter) size() int { return max(a.copies, 1) * a.out.Size() }

// bind gives the node its memory.
func (a *adapter) bind(memory []float32) {
	a.memory = memory
	if a.number != ticket {
		a.y[a.number] = memory
	}
	if len(a.out) == 0 {
		a.scalar = G.NewF32(0)
		a.value = a.scalar
	} else {
		a.value = tensor.New(tensor.WithShape(tensorShape(a.out)...), tensor.WithBacking(memory[:a.out.Size()]))
	}
}

func (a *adapter) Arity() int { return len(a.in) }

// Type makes a new type in each call, because Gorgonia recycles it.
func (a *adapter) Type() hm.Type {
	types := make([]hm.Type, 0, len(a.in)+1)
	for _, s := range a.in {
		types = append(types, typeOf(s))
	}
	return hm.NewFnType(append(types, typeOf(a.out))...)
}

func typeOf(s Shape) hm.Type {
	if len(s) == 0 {
		return G.Float32
	}
	return G.TensorType{Dims: len(s), Of: G.Float32}
}

// InferShape makes a new shape in each call, because Gorgonia keeps it and may recycle it.
func (a *adapter) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	if len(in) != len(a.in) {
		return nil, errors.Errorf("%s: want %d inputs, got %d", a.Name, len(a.in), len(in))
	}
	return tensorShape(a.out), nil
}

// Do runs the op into its memory, if it is the node that runs it. A panic becomes an error:
// Gorgonia runs ops on another goroutine, where a panic would end the process.
func (a *adapter) Do(values ...G.Value) (v G.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, errors.Errorf("%s: %v", a.Name, r)
		}
	}()
	if a.runs {
		for i, val := range values {
			if a.tape.groups != nil && a.tape.known(a.from[i]) { // Gorgonia sees one group
				a.args[i] = a.tape.memory(a.from[i])
				continue
			}
			if a.args[i], err = a.slice(i, val); err != nil {
				return nil, err
			}
		}
		a.compute()
	}
	if a.scalar != nil {
		*a.scalar = G.F32(a.memory[0])
	}
	return a.value, nil
}

// slice is input i in row-major order: its memory itself, or a copy of a view that a stock
// operation left.
func (a *adapter) slice(i int, v G.Value) ([]float32, error) {
	var s []float32
	switch v := v.(type) {
	case *G.F32:
		if a.small == nil {
			a.small = make([]float32, len(a.in))
		}
		s = a.small[i : i+1]
		s[0] = float32(*v)
	case *tensor.Dense:
		if v.Dtype() != tensor.Float32 {
			return nil, errors.Errorf("%s: want float32 for input %d, got %v", a.Name, i, v.Dtype())
		}
		if v.DataOrder().IsColMajor() && v.Dims() > 1 {
			return nil, errors.Errorf("%s: want row-major order for input %d, got column-major", a.Name, i)
		}
		if v.RequiresIterator() {
			v = v.Materialize().(*tensor.Dense)
		}
		s = v.Float32s()
	default:
		return nil, errors.Errorf("%s: want a float32 tensor or scalar for input %d, got a %T", a.Name, i, v)
	}
	if want := a.in[i].Size(); len(s) != want {
		return nil, errors.Errorf("%s: want %d numbers for input %d of shape %v, got %d", a.Name, want, i, a.in[i], len(s))
	}
	return s, nil
}

func (a *adapter) ReturnsPtr() bool      { return true }
func (a *adapter) CallsExtern() bool     { return false }
func (a *adapter) OverwritesInput() int  { return -1 }
func (a *adapter) WriteHash(h hash.Hash) { fmt.Fprint(h, a.id) }
func (a *adapter) String() string        { return a.id }

func (a *adapter) Hashcode() uint32 {
	h := fnv.New32a()
	a.WriteHash(h)
	return h.Sum32()
}

// DiffWRT shows gorgonia.Grad the paths to the trained leaves and no others, so the gradient of the
// data is never computed.
func (a *adapter) DiffWRT(int) []bool { return a.needs }

// SymDiff writes the gradients of the inputs into the graph. It runs inside Tape.Grad. Errors in an
// op's gradient bail out to here; the tape keeps the first as it is, because Gorgonia rewords what
// it is given.
func (a *adapter) SymDiff(_ G.Nodes, _, grad *G.Node) (dx G.Nodes, err error) {
	t := a.tape
	defer func() {
		if err != nil && t.err == nil {
			t.err = err
		}
	}()
	defer bailed(&err)
	if a.number != ticket {
		a.dy[a.number] = grad
	}
	if a.handsOver && a.GradAll != nil {
		if !a.last(0) {
			return G.Nodes{nil}, nil
		}
		return G.Nodes{t.Do(Copy(Shape{}), a.from[0])}, nil // which nothing reads
	}
	if dx, err = a.gradients(); err != nil {
		return nil, err
	}
	for i, d := range dx {
		if a.needs[i] {
			dx[i] = a.handBack(i, d)
		}
	}
	return dx, nil
}
