package graph

import (
	"cmp"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph/op"
)

// Dense is the fully connected layer y = x·kernel + bias. Options: NoBias, KernelInit, BiasInit.
// Input: (in). Output: (units). Weights: kernel (in, units), Glorot-uniform; bias (units), zero.
func Dense(name string, x *Node, units int, options ...DenseOption) *Node {
	l := defaultDense
	l.Units = units
	for _, o := range options {
		o.setDense(&l)
	}
	return Call(name, l, x)
}

// DenseOption is an option of Dense: NoBias, KernelInit or BiasInit.
type DenseOption interface{ setDense(*dense) }

// WeightOption is an option of every layer with a kernel and a bias.
type WeightOption interface {
	DenseOption
	ConvOption
}

// NoBias leaves out the bias. Before a BatchNorm a bias has no effect.
const NoBias noBias = true

type noBias bool

func (b noBias) setDense(l *dense)      { l.Bias = !present(b) }
func (b noBias) set(l *convolution)     { l.Bias = !bool(b) }
func (o initOption) setDense(l *dense)  { o(&l.initial) }
func (o initOption) set(l *convolution) { o(&l.initial) }

type initOption func(*initial)

// KernelInit chooses the initialiser of the kernel. The default is GlorotUniform.
func KernelInit(i Init) WeightOption {
	return initOption(func(l *initial) { l.KernelInit = i.unless(GlorotUniform) })
}

// BiasInit chooses the initialiser of the bias. The default is Zeros.
func BiasInit(i Init) WeightOption {
	return initOption(func(l *initial) { l.BiasInit = i.unless(Zeros) })
}

// unless returns the initialiser, or the empty name if it is the default.
func (i Init) unless(standard Init) Init {
	if i == standard {
		return ""
	}
	return i
}

// initial is the part of a configuration that says how the weights begin. Files leave the defaults
// out.
type initial struct {
	KernelInit Init `json:"kernel_init,omitempty"`
	BiasInit   Init `json:"bias_init,omitempty"`
}

func (l initial) check() error {
	return cmp.Or(errors.Wrap(l.KernelInit.check(), "kernel"), errors.Wrap(l.BiasInit.check(), "bias"))
}

// specs describes a kernel and, if there is one, a bias.
func (l initial) specs(kernel Shape, bias bool, units int) []Spec {
	w := []Spec{{Name: "kernel", Shape: kernel, Init: cmp.Or(l.KernelInit, GlorotUniform)}}
	if bias {
		w = append(w, Spec{Name: "bias", Shape: Shape{units}, Init: cmp.Or(l.BiasInit, Zeros)})
	}
	return w
}

// present is true by default, and files leave it out then.
type present bool

// IsZero tells encoding/json whether to leave the field out.
func (p present) IsZero() bool { return bool(p) }

type dense struct {
	Units int     `json:"units"`
	Bias  present `json:"bias,omitzero"`
	initial

	act *op.Act // the fused activation, or nil
}

var defaultDense = dense{Bias: true}

func (dense) Kind() string { return "Dense" }

func (l dense) Shape(in ...Shape) (Shape, error) {
	if _, err := single(in, 1); err != nil {
		return nil, err
	}
	if l.Units <= 0 {
		return nil, errors.Errorf("want 1 unit or more, got %d units", l.Units)
	}
	return Shape{l.Units}, l.initial.check()
}

func (l dense) Weights(in ...Shape) []Spec {
	return l.specs(Shape{in[0][0], l.Units}, bool(l.Bias), l.Units)
}

func (l dense) Fuse(next Layer) Layer {
	if l.act = fusible(l.act, next); l.act == nil {
		return nil
	}
	return l
}

func (l dense) Build(b *Builder, in ...*G.Node) *G.Node {
	width := op.ShapeOf(in[0])[1]
	if !l.Bias {
		return b.Do(op.DenseNoBias(b.Rows, width, l.Units, l.act), in[0], b.Weight("kernel"))
	}
	return b.Do(op.Dense(b.Rows, width, l.Units, l.act), in[0], b.Weight("kernel"), b.Weight("bias"))
}
