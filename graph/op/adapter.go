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

// adapter makes an Op one node's gorgonia.Op. It writes its output into memory that Compile gives it, the same at each
// run: Gorgonia neither allocates nor reuses it. See Tape.assign.
type adapter struct {
	Op
	tape  *Tape
	from  []*G.Node // what it was applied to
	id    string    // the name made unique: Gorgonia merges nodes whose ids hash alike
	needs []bool    // of each input: does its gradient matter, is there a trained leaf below it

	out    []float32
	value  G.Value // out as Gorgonia sees it
	scalar *G.F32  // value, of a scalar output
	in     [][]float32
	small  []float32 // room for scalar inputs, one each
}

func newAdapter(t *Tape, o Op, id string, from []*G.Node, needs []bool) *adapter {
	return &adapter{Op: o, tape: t, from: from, id: id, needs: needs, in: make([][]float32, len(o.In)), small: make([]float32, len(o.In))}
}

// bind gives the output its memory.
func (a *adapter) bind(out []float32) {
	a.out = out
	if len(a.Out) == 0 {
		a.scalar = G.NewF32(0)
		a.value = a.scalar
	} else {
		a.value = tensor.New(tensor.WithShape(tensorShape(a.Out)...), tensor.WithBacking(out))
	}
}

func (a *adapter) Arity() int { return len(a.In) }

// Type is built anew on each call, since Gorgonia returns what it gets to a pool.
func (a *adapter) Type() hm.Type {
	types := make([]hm.Type, 0, len(a.In)+1)
	for _, s := range a.In {
		types = append(types, typeOf(s))
	}
	return hm.NewFnType(append(types, typeOf(a.Out))...)
}

func typeOf(s Shape) hm.Type {
	if len(s) == 0 {
		return G.Float32
	}
	return G.TensorType{Dims: len(s), Of: G.Float32}
}

// InferShape returns a fresh shape: Gorgonia keeps and may recycle it.
func (a *adapter) InferShape(in ...G.DimSizer) (tensor.Shape, error) {
	if len(in) != len(a.In) {
		return nil, errors.Errorf("%s wants %d inputs, got %d", a.Name, len(a.In), len(in))
	}
	return tensorShape(a.Out), nil
}

// Do runs the op into its memory. A panic becomes an error, since Gorgonia runs ops on another goroutine, where a
// panic would kill the process.
func (a *adapter) Do(values ...G.Value) (v G.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, errors.Errorf("%s: %v", a.Name, r)
		}
	}()
	for i, val := range values {
		if a.in[i], err = a.slice(i, val); err != nil {
			return nil, err
		}
	}
	a.Run(a.out, a.in)
	if a.scalar != nil {
		*a.scalar = G.F32(a.out[0])
	}
	return a.value, nil
}

// slice is input i's numbers in row-major order: the memory itself, or a copy where a stock op left a view.
func (a *adapter) slice(i int, v G.Value) ([]float32, error) {
	var s []float32
	switch v := v.(type) {
	case *G.F32:
		s = a.small[i : i+1]
		s[0] = float32(*v)
	case *tensor.Dense:
		if v.Dtype() != tensor.Float32 {
			return nil, errors.Errorf("%s: input %d is %v, want float32", a.Name, i, v.Dtype())
		}
		if v.DataOrder().IsColMajor() && v.Dims() > 1 {
			return nil, errors.Errorf("%s: input %d is in column-major order, want row-major", a.Name, i)
		}
		if v.RequiresIterator() {
			v = v.Materialize().(*tensor.Dense)
		}
		s = v.Float32s()
	default:
		return nil, errors.Errorf("%s: input %d is a %T, want a float32 tensor or scalar", a.Name, i, v)
	}
	if want := a.In[i].Size(); len(s) != want {
		return nil, errors.Errorf("%s: input %d holds %d numbers, want %d for shape %v", a.Name, i, len(s), want, a.In[i])
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

// DiffWRT tells gorgonia.Grad the way to the trained leaves and no other: the gradient of the data is never computed.
func (a *adapter) DiffWRT(int) []bool { return a.needs }

// SymDiff writes the gradients into the graph. It runs inside Tape.Grad, to which errors in Grad bail out. They are kept
// for it as they are: Gorgonia puts them in words of its own.
func (a *adapter) SymDiff(in G.Nodes, out, grad *G.Node) (dx G.Nodes, err error) {
	defer func() {
		if err != nil && a.tape.err == nil {
			a.tape.err = err
		}
	}()
	defer bailed(&err)
	var all []*G.Node
	if a.Grad != nil {
		if all = a.Grad(a.tape, in, out, grad); len(all) != len(in) {
			return nil, errors.Errorf("%s returned %d gradients for %d inputs", a.Name, len(all), len(in))
		}
	} else {
		all = make([]*G.Node, len(in))
	}
	for i, need := range a.needs {
		if need && all[i] == nil {
			return nil, errors.Errorf("%s has no gradient for its input %d, which depends on the trained %s", a.Name, i, a.tape.list(a.tape.leaves(in[i])))
		}
		if all[i] != nil && !ShapeOf(all[i]).Equal(a.In[i]) {
			return nil, errors.Errorf("%s: the gradient of input %d has shape %v, want %v", a.Name, i, all[i].Shape(), a.In[i])
		}
	}
	return all, nil
}
