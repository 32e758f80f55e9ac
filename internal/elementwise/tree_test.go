package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// inPairs adds up terms as Tree says.
func inPairs(terms [][]float32, i int) float32 {
	if len(terms) == 1 {
		return terms[0][i]
	}
	half := len(terms) / 2
	return inPairs(terms[:half], i) + inPairs(terms[half:], i)
}

// A tree gives the bits of its definition, with its own memory and with that of the terms, for sums of other lengths
// one after another.
func TestTree(t *testing.T) {
	var tree Tree
	for _, n := range []int{5, 300, 7} {
		for _, parts := range []int{1, 2, 8, 4} {
			var terms [][]float32
			for p := range parts {
				terms = append(terms, kerneltest.Normal(uint64(p), n))
			}
			want, sum := make([]float32, n), make([]float32, n)
			for i := range want {
				want[i] = inPairs(terms, i)
			}
			tree.Begin(sum)
			for _, x := range terms {
				next := tree.Next()
				copy(next, x)
				tree.Add(next)
			}
			kerneltest.WantSlice(t, "its own memory", sum, want)
			tree.Begin(terms[0])
			for _, x := range terms {
				tree.Add(x)
			}
			kerneltest.WantSlice(t, "the memory of the terms", terms[0], want)
		}
	}
}

func TestTreeKeepsItsMemory(t *testing.T) {
	var tree Tree
	sum := make([]float32, 100)
	allocs := testing.AllocsPerRun(10, func() {
		tree.Begin(sum)
		for range 8 {
			tree.Add(tree.Next())
		}
	})
	if allocs != 0 {
		t.Errorf("%g allocations, want none", allocs)
	}
}
