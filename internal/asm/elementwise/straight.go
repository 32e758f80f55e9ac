package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// elementwise is a kernel that writes y from a, and from b if it has two inputs. setup loads what
// the body needs.
func elementwise(name string, inputs, unroll int, setup func(f function) func(in []reg.VecVirtual) reg.VecVirtual) vector.Kernel {
	return vector.Kernel{Name: name, Operands: "elements", Doc: "is " + name + " by vectors.", Emit: func(v *vector.Func) {
		f := function{v}
		f.elements(inputs, unroll, setup(f))
	}}
}

// elements writes y from the inputs.
func (f function) elements(inputs, unroll int, body func(in []reg.VecVirtual) reg.VecVirtual) {
	y := f.Slice(elementsY)
	var in []reg.GPVirtual
	for k := range inputs {
		in = append(in, f.Slice([]int{elementsA, elementsB}[k]))
	}
	f.Stream(unroll, func(at vector.Place) {
		var v []reg.VecVirtual
		for _, p := range in {
			v = append(v, f.Load(p, at))
		}
		f.Store(body(v), y, at)
	})
	f.End()
}

// straight returns the kernels that take a few operations for an element.
func straight() []vector.Kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	return []vector.Kernel{
		elementwise("leakyReLU", 1, 4, func(f function) body {
			slope, one := f.Scalar(elementsP), f.Number(vector.Float32(1))
			return func(in vecs) reg.VecVirtual {
				return f.Do(vector.MulPS, in[0], f.Pick32(f.Negative(in[0]), slope, one))
			}
		}),
		elementwise("leakyReLUGrad", 2, 4, func(f function) body {
			slope, one := f.Scalar(elementsP), f.Number(vector.Float32(1))
			return func(in vecs) reg.VecVirtual {
				return f.Do(vector.MulPS, in[0], f.Pick32(f.Negative(in[1]), slope, one))
			}
		}),
		elementwise("reLU", 1, 4, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.ZeroWhere(f.Negative(in[0]), in[0]) }
		}),
		elementwise("reLUGrad", 2, 4, func(f function) body {
			zero := f.Zero()
			return func(in vecs) reg.VecVirtual { return f.ZeroWhere(f.Compare32(vector.Equal, in[1], zero), in[0]) }
		}),
		elementwise("eLUGrad", 2, 4, func(f function) body {
			alpha, one := f.Scalar(elementsP), f.Number(vector.Float32(1))
			return func(in vecs) reg.VecVirtual {
				slope := f.Do(vector.AddPS, in[1], alpha)
				return f.Do(vector.MulPS, in[0], f.Pick32(f.Negative(in[1]), slope, one))
			}
		}),
		elementwise("sigmoidGrad", 2, 4, func(f function) body {
			one := f.Number(vector.Float32(1))
			return func(in vecs) reg.VecVirtual {
				return f.Do(vector.MulPS, in[0], f.Do(vector.MulPS, in[1], f.Do(vector.SubPS, one, in[1])))
			}
		}),
		elementwise("tanhGrad", 2, 4, func(f function) body {
			one := f.Number(vector.Float32(1))
			return func(in vecs) reg.VecVirtual {
				return f.Do(vector.MulPS, in[0], f.Do(vector.MulPS, f.Do(vector.SubPS, one, in[1]), f.Do(vector.AddPS, one, in[1])))
			}
		}),
		elementwise("add", 2, 4, func(f function) body {
			return func(in vecs) reg.VecVirtual { return f.Do(vector.AddPS, in[0], in[1]) }
		}),
		elementwise("scale", 1, 4, func(f function) body {
			a := f.Scalar(elementsP)
			return func(in vecs) reg.VecVirtual { return f.Do(vector.MulPS, in[0], a) }
		}),
		{Name: "fromBytes", Operands: "pixels", Doc: "is fromBytes for a multiple of 16 elements.", Emit: emitFromBytes},
	}
}

func emitFromBytes(f *vector.Func) {
	y, in := f.Slice(pixelsY), GP64()
	MOVQ(f.Field(pixelsX), in)
	ADDQ(f.Lo, in)
	c := f.Number(vector.Float32(255))
	f.Loop("many", 64/f.Lanes(), func(at vector.Place) {
		v := f.Vec()
		VPMOVZXBD(Mem{Base: in, Index: f.I, Scale: 1, Disp: at.Vector * f.Lanes()}, v)
		VCVTDQ2PS(v, v)
		f.Store(f.Do(vector.DivPS, v, c), y, at)
	})
	f.Loop("one", 1, func(at vector.Place) {
		v := f.Vec()
		VPMOVZXBD(Mem{Base: in, Index: f.I, Scale: 1}, v)
		VCVTDQ2PS(v, v)
		f.Store(f.Do(vector.DivPS, v, c), y, at)
	})
	f.End()
}
