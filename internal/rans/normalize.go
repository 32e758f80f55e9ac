package rans

// total is the sum of the frequencies of a table.
const total = 1 << 16

// normalize returns frequencies for counts: each at least 1, all together 65536, the apportionment
// that the package comment defines. A count is at most 1<<40, and there are 1 to 65536.
func normalize(counts []uint64) []uint32 {
	sum := uint64(0)
	for _, c := range counts {
		sum += c
	}
	if sum == 0 {
		even := make([]uint64, len(counts))
		for i := range even {
			even[i] = 1
		}
		counts, sum = even, uint64(len(counts))
	}
	f := make([]uint32, len(counts))
	rest := total - apportion(f, counts, sum, quota(f, counts, sum))
	if rest > 0 {
		distribute(f, counts, rest)
	}
	return f
}

// apportion gives each symbol the units whose quotient count/(2f+1) is at least sum/(2*quota), and
// returns the sum of the frequencies. If it is at most 65536, these are units that the definition
// gives too, because it takes units in the order of their quotients. The division is replaced by a
// product with a reciprocal that is rounded down, so that a unit at the limit may be left out.
func apportion(f []uint32, counts []uint64, sum, quota uint64) int {
	const point = 46                   // binary digits behind the point: a quota has at most 17 before it
	reciprocal := quota << point / sum // times a count: at most quota<<point
	all := 0
	for i, c := range counts {
		n := max(1, uint32((c*reciprocal+1<<(point-1))>>point))
		f[i] = n
		all += int(n)
	}
	return all
}

// quota returns a quota that apportions at most 65536, and nearly as many. With total minus the
// number of symbols this holds for sure, because no symbol gets more than 1 + count*quota/sum.
func quota(f []uint32, counts []uint64, sum uint64) uint64 {
	lowest := total - len(counts)
	best, q := lowest, total
	for range 6 {
		excess := apportion(f, counts, sum, uint64(q)) - total
		if excess <= 0 {
			best = max(best, q)
		}
		if -4 <= excess && excess <= 0 {
			break
		}
		if excess > 0 {
			excess += excess / 16
		}
		q = min(max(q-excess, lowest), total+len(counts)/2)
	}
	return uint64(best)
}

// distribute gives away the remaining units one by one. A heap of symbols has the symbol with the
// greatest quotient at its root.
func distribute(f []uint32, counts []uint64, rest int) {
	before := func(a, b int32) bool {
		p, q := counts[a]*uint64(2*f[b]+1), counts[b]*uint64(2*f[a]+1)
		return p > q || p == q && a < b
	}
	heap := make([]int32, len(counts))
	for i := range heap {
		heap[i] = int32(i)
	}
	sift := func(i int) {
		for {
			next := 2*i + 1
			if next >= len(heap) {
				return
			}
			if next+1 < len(heap) && before(heap[next+1], heap[next]) {
				next++
			}
			if !before(heap[next], heap[i]) {
				return
			}
			heap[i], heap[next] = heap[next], heap[i]
			i = next
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sift(i)
	}
	for range rest {
		f[heap[0]]++
		sift(0)
	}
}
