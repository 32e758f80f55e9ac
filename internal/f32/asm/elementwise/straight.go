package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	sign      = 0x80000000
	magnitude = 0x7fffffff
)

// elementwise is a kernel that writes x.y from x.a, and from x.b if it has two inputs. setup loads what the body needs.
func elementwise(name string, inputs, unroll int, setup func(f *function) func(in []reg.VecVirtual) reg.VecVirtual) kernel {
	return kernel{name, "is " + name + " by vectors.", func(g target, name, doc string) {
		f := begin(g, name, doc, false)
		emitElementwise(f, inputs, unroll, setup(f))
	}}
}

// elementwise64 is the same in float64.
func elementwise64(name string, inputs, unroll int, setup func(f *function) func(in []reg.VecVirtual) reg.VecVirtual) kernel {
	return kernel{name, "is " + name + " by vectors.", func(g target, name, doc string) {
		f := begin(g, name, doc, true)
		emitElementwise(f, inputs, unroll, setup(f))
	}}
}

func emitElementwise(f *function, inputs, unroll int, body func(in []reg.VecVirtual) reg.VecVirtual) {
	y := f.slice(fieldY)
	var in []reg.GPVirtual
	for k := range inputs {
		in = append(in, f.slice([]int{fieldA, fieldB}[k]))
	}
	f.stream(unroll, func(at place) {
		var v []reg.VecVirtual
		for _, p := range in {
			v = append(v, f.load(p, at))
		}
		f.store(body(v), y, at)
	})
	f.end()
}

// straight are the kernels of a few operations an element.
func straight() []kernel {
	type vecs = []reg.VecVirtual
	type body = func(in vecs) reg.VecVirtual
	return []kernel{
		elementwise("leakyReLU", 1, 4, func(f *function) body {
			slope, one := f.scalar(0), f.number(f32(1))
			return func(in vecs) reg.VecVirtual {
				return f.do(mulPS, in[0], f.pick32(f.negative(in[0]), slope, one))
			}
		}),
		elementwise("leakyReLUGrad", 2, 4, func(f *function) body {
			slope, one := f.scalar(0), f.number(f32(1))
			return func(in vecs) reg.VecVirtual {
				return f.do(mulPS, in[0], f.pick32(f.negative(in[1]), slope, one))
			}
		}),
		elementwise("reLU", 1, 4, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return f.zeroIn(f.negative(in[0]), in[0]) }
		}),
		elementwise("reLUGrad", 2, 4, func(f *function) body {
			zero := f.zero()
			return func(in vecs) reg.VecVirtual { return f.zeroIn(f.compare32(equal, in[1], zero), in[0]) }
		}),
		elementwise("eLUGrad", 2, 4, func(f *function) body {
			alpha, one := f.scalar(0), f.number(f32(1))
			return func(in vecs) reg.VecVirtual {
				slope := f.do(addPS, in[1], alpha)
				return f.do(mulPS, in[0], f.pick32(f.negative(in[1]), slope, one))
			}
		}),
		elementwise("sigmoidGrad", 2, 4, func(f *function) body {
			one := f.number(f32(1))
			return func(in vecs) reg.VecVirtual {
				return f.do(mulPS, in[0], f.do(mulPS, in[1], f.do(subPS, one, in[1])))
			}
		}),
		elementwise("tanhGrad", 2, 4, func(f *function) body {
			one := f.number(f32(1))
			return func(in vecs) reg.VecVirtual {
				return f.do(mulPS, in[0], f.do(mulPS, f.do(subPS, one, in[1]), f.do(addPS, one, in[1])))
			}
		}),
		elementwise("add", 2, 4, func(f *function) body {
			return func(in vecs) reg.VecVirtual { return f.do(addPS, in[0], in[1]) }
		}),
		elementwise("scale", 1, 4, func(f *function) body {
			a := f.scalar(0)
			return func(in vecs) reg.VecVirtual { return f.do(mulPS, in[0], a) }
		}),
		elementwise("absoluteErrorGrad", 2, 4, func(f *function) body {
			up, zero := f.scalar(0), f.zero()
			down := f.scalar(1)
			return func(in vecs) reg.VecVirtual {
				d := f.do(subPS, in[0], in[1])
				v := f.pick32(f.compare32(greater, d, zero), up, d)
				return f.pick32(f.compare32(less, d, zero), down, v)
			}
		}),
		{"fromBytes", "is fromBytes for a multiple of 16 elements.", emitFromBytes},
		{"allFinite", "sets the lower half of x.keys[0] to 0 if all numbers are finite, else to something else.", emitAllFinite},
	}
}

func emitFromBytes(g target, name, doc string) {
	f := begin(g, name, doc, false)
	y, in := f.slice(fieldY), GP64()
	MOVQ(Mem{Base: f.x, Disp: fieldBytes}, in)
	ADDQ(f.lo, in)
	c := f.number(f32(255))
	f.loop("many", 64/f.lanes(), func(at place) {
		v := f.vec()
		VPMOVZXBD(Mem{Base: in, Index: f.i, Scale: 1, Disp: at.vector * f.lanes()}, v)
		VCVTDQ2PS(v, v)
		f.store(f.do(divPS, v, c), y, at)
	})
	f.loop("one", 1, func(at place) {
		v := f.vec()
		VPMOVZXBD(Mem{Base: in, Index: f.i, Scale: 1}, v)
		VCVTDQ2PS(v, v)
		f.store(f.do(divPS, v, c), y, at)
	})
	f.end()
}

func emitAllFinite(g target, name, doc string) {
	f := begin(g, name, doc, false)
	in := f.slice(fieldA)
	magnitude, step := f.number(bits32(magnitude)), f.number(bits32(1<<23))
	var carry []reg.VecVirtual
	for range 4 {
		carry = append(carry, f.zero())
	}
	f.stream(4, func(at place) {
		v := f.do(addInt, f.do(andPS, f.load(in, at), magnitude), step)
		f.into(orPS, carry[at.vector], carry[at.vector], v)
	})
	for _, c := range carry[1:] {
		f.into(orPS, carry[0], carry[0], c)
	}
	if f.wide() {
		half := YMM()
		VEXTRACTF64X4(U8(1), carry[0], half)
		VORPS(half, carry[0].AsY(), half)
		carry[0] = half
	}
	bits := GP32()
	VMOVMSKPS(carry[0].AsY(), bits)
	MOVL(bits, Mem{Base: f.x, Disp: fieldKeys})
	f.end()
}
