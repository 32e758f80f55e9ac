package op

// This file says what one must know of Gorgonia v0.9.18 and what the package does about it. All of
// it was found by running small programs. A stock operation is one of Gorgonia itself, which
// Tape.Try takes in. Our operations are Ops, and our nodes are what the Tape writes for them.
//
// # What a stock operation may do to memory
//
//   - It writes over an input. Add, Sub, HadamardProd and Div write into the memory of their first
//     input if nothing reads its register later. That may be the output of one of our ops. So an
//     output that a stock operation reads shares its memory with no other op (Tape.lastReaders). A
//     result of a program is marked as needed to the end (Tape.preserve).
//   - It does not see second names. A reshaped tensor is the memory of its input in another
//     register. When the one register is dead, a stock operation writes over what the other still
//     needs, even over the numbers of a leaf: Sub(Reshape(x), y) destroys x. So every node whose
//     memory may have a second name is marked as needed (Tape.preserve, Tape.alone).
//   - It transposes a header in place. The gradient of a stock matrix product does so with the
//     header of its input. So each leaf has a header of its own in each graph, around memory that
//     graphs may share (Tape.Var).
//   - It leaves views. Slice and Transpose return tensors that are not contiguous. Our ops read
//     these in row-major order, through a copy (adapter.slice).
//   - It may put its output elsewhere in each run, so a View of a stock output copies (Tape.write),
//     and so does a result that a stock operation made (Tape.keep).
//
// # What a stock operation may do to numbers
//
// A comparison with PyTorch and with numeric gradients shows that these are wrong: the gradients of
// AveragePool2D and of Dropout; Sum, Max and Mean over axis 2 of a 4-d tensor; LeakyRelu and
// Rectify at infinities; BinaryXent at 0 and 1. These panic: the gradients of GlobalAveragePool2D
// and, on NaN, of MaxPool2D. A BatchNorm loses its running statistics with each new machine. Random
// nodes draw from the clock. These are right: elementwise functions and arithmetic, matrix
// products, Conv2d, Concat, Slice, Transpose, SoftMax.
//
// # Nodes that are merged
//
//   - The compiler takes two nodes for one if their 32-bit hashes are equal. It compares neither
//     names nor inputs. So each node of ours and each leaf has a unique name (Tape.unique), and a
//     graph in which two hashes are equal nevertheless is written again under other names
//     (Tape.collides, Compile).
//   - Two constant tensors that print alike have the same hash, and printing abbreviates. So what
//     does not change is written as a leaf.
//
// # Types and shapes
//
// Gorgonia puts the types and shapes that an operation returns into a pool and uses them again. So
// adapter.Type and adapter.InferShape make new ones in each call.
//
// # Memory of our own outputs
//
// Gorgonia's machine drops all registers at Reset, so an operation that lets Gorgonia allocate its
// output gets new memory in each run. Our nodes return memory that Compile gave them, and say so:
// ReturnsPtr is true, CallsExtern false, OverwritesInput negative. The value of any other node is
// garbage after a run.
//
// # Several outputs
//
// A Gorgonia node has one output. adapter makes several nodes of an op with several.
//
// # Gradients
//
//   - Grad computes the gradient of each input that DiffWRT names, also that of the data, which
//     costs a matrix product. So DiffWRT names the inputs that depend on trained leaves and no
//     others.
//   - Grad adds up the gradients of a node that several operations read by a stock operation. Where
//     all of them are ours, Tape.countReaders and adapter.handBack do it instead.
//   - Its error for a leaf that the loss does not depend on prints a map. So Tape.Grad finds such
//     leaves before, and names them.
//   - The gradient of the loss itself is a constant node that holds 1 (isOne).
//   - BindDualValues would add a pass over all gradients, and is not used: gradients are results.
//
// # Running
//
//   - Operations run on another goroutine, where a panic ends the process. So adapter.Do makes a
//     panic an error. A stock operation that panics still ends the process.
//   - A program that has run does nothing in its next run, without an error, until it is Reset
//     (Program.Run).
//   - A run locks a thread and costs 8 to 90 µs, and about half a µs a node: see inline.go.
//   - NewTapeMachine sets a finalizer on a cycle, so a machine and its graph would never be freed.
//     Without CUDA the finalizer does nothing, and compile takes it off.
//   - Graphs are built through pools and constants that all graphs share, without locks: two
//     goroutines that build graphs race. So Compile holds the lock building.
//   - UnbindAll and UnbindAllNonInputs give tensors to a pool of the process, even weights that
//     other graphs share. Nothing may call them.
//   - WithValue accepts a tensor of the wrong shape, and the run fails. So Tape.Var checks it.
//   - The matrix product is a setting of the process (G.Use). Ours serves stock operations too.

import (
	"fmt"
	"slices"
	"sync"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/gemm"
)

// Our matrix product is also the one of stock operations.
func init() { G.Use(gemm.BLAS{}) }

// building is held while a graph is built.
var building sync.Mutex

// unique makes a name unique in the graph. The salt stands in front, because the hash, FNV, works
// byte by byte: two names with equal hashes still have equal hashes after the same bytes are
// appended.
func (t *Tape) unique(name string) string {
	t.serial++
	if t.salt == 0 {
		return fmt.Sprintf("%s#%d", name, t.serial)
	}
	return fmt.Sprintf("%d:%s#%d", t.salt, name, t.serial)
}

// collides reports whether two nodes have the same hash.
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

// preserve keeps stock operations from writing over what is needed: results, and memory that may
// have a second name. To the compiler the gradient of a leaf is needed to the end, so such nodes
// are marked as gradients of some leaf.
func (t *Tape) preserve(results G.Nodes, leaf *G.Node) {
	for _, n := range t.g.AllNodes() {
		if slices.Contains(results, n) || !t.alone(n) {
			G.SetDerivOf(n, leaf)
		}
	}
}

// alone reports whether a node's memory certainly has one name.
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

// fresh reports whether the output of a node's operation is no second name of an input.
func (t *Tape) fresh(n *G.Node) bool {
	a := t.own[n]
	return a != nil && !a.View
}

// isOne reports whether a node is the constant 1, as the gradient of the loss with respect to
// itself is.
func isOne(n *G.Node) bool {
	if n.Op() == nil || n.Op().Arity() != 0 {
		return false
	}
	v, ok := n.Value().(*G.F32)
	return ok && *v == 1
}
