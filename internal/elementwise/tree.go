package elementwise

import "math/bits"

// Tree adds up terms that come one after the other: neighbours in pairs, these sums in pairs, and so on. So the
// terms are a power of two. It keeps the memory of the sums that wait for their partners, one of each height.
type Tree struct {
	waiting [][]float32
	memory  [][]float32 // by the number of sums that wait
	terms   int
}

// Begin begins a sum, which will be in the memory of the first term.
func (t *Tree) Begin(first []float32) {
	if len(t.memory) == 0 {
		t.memory = append(t.memory, nil)
	}
	t.memory[0], t.terms, t.waiting = first, 0, t.waiting[:0]
}

// Next returns memory for the next term, that of Begin for the first one. It may hold anything.
func (t *Tree) Next() []float32 {
	i, n := len(t.waiting), len(t.memory[0])
	if i == len(t.memory) {
		t.memory = append(t.memory, nil)
	}
	if cap(t.memory[i]) < n {
		t.memory[i] = make([]float32, n)
	}
	return t.memory[i][:n]
}

// Add adds the next term, and may change its memory: that of Next or other memory.
func (t *Tree) Add(term []float32) {
	t.waiting = append(t.waiting, term)
	t.terms++
	for range bits.TrailingZeros(uint(t.terms)) {
		i := len(t.waiting) - 2
		Add(t.waiting[i], t.waiting[i], t.waiting[i+1])
		t.waiting = t.waiting[:i+1]
	}
}
