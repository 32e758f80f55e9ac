// Package simd says which vector instructions the processor has.
//
// A kernel has a portable version in Go and may have assembly for some levels. All of them give the
// same bits (see package f32), so the level changes the speed alone.
package simd

// A Level is a set of vector instructions. A higher level includes the lower ones of its processor
// family.
type Level int

// Portable stands for Go code without assembly. Every processor has it.
const Portable Level = 0

func (l Level) String() string { return names[l] }

// level is the one that kernels use.
var level = Best()

// Current returns the level that kernels use: the best one, unless a test chose another.
func Current() Level { return level }

// Use makes kernels use another level and returns the one before. Only tests call it, and not while
// a kernel runs.
func Use(l Level) (before Level) {
	before, level = level, l
	return before
}
