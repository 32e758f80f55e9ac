package gemm

import (
	"math"
	"runtime"
	"sync/atomic"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/pool"
)

// A term with a factor of 0 seldom changes a sum. If most of A is 0, as in images of ink on a white
// ground or behind a ReLU, a product is faster that goes through what is not 0 alone.
//
// Lists hold that. A list belongs to one row of C, or to four rows if A is transposed: then the
// numbers of four columns of A lie side by side, and each row of B that is loaded serves four sums.
// An entry of a list has those numbers and the place of the row of B that they meet. Entries are in
// the order of l, and a list is cut into blocks of k. The parts of the work are pieces of rows of C,
// one for each worker, by panels of columns. A part packs one block of its panel of B after another,
// so that the block stays in the first cache, and adds up the entries of that block.
//
// # Bits
//
// The terms that are left out are +0 or -0, unless their other factor is not finite. Added to
// another sum than -0, or if they are -0, they change nothing. So the results are those of all
// terms, unless B has a number that is not finite, which pack finds, or the sum becomes -0, which
// happens if the first terms underflow. A sum that is +0 instead of -0 differs no more when a term
// other than 0 has come. So only a final sum of -0 is in doubt, which finish finds. In both cases the
// product is computed again with all terms. A sum in parts is -0 only if the sums of all parts are, so the
// same holds of it.

// sparseKernels are the parts that depend on the processor. A place is 4*sparseCols times the
// number of the row of a packed block, which is a distance in bytes.
type sparseKernels struct {
	// listRow lists the numbers of a row of A that are not +0, within a block. It returns how many
	// they are, and may write over listSlack entries behind them.
	listRow func(row []float32, places []uint32, values []float32) int

	// listGroup lists the rows of four columns of A that are not all +0, in the same way.
	listGroup func(rows int, a []float32, lda int, places []uint32, values []float32) int

	// sums adds the entries of lists to rows of sums, which begin at 0 unless load; sums4 does so
	// with four rows a list. The entries of list g are those from starts[g*step] to the start
	// that follows.
	sums, sums4 func(lists int, starts []uint32, step int, places []uint32, values, b, sums []float32, cols int, load bool)

	// pack copies a block of B, and reports whether all its numbers are finite.
	pack func(rows, cols int, dst, src []float32, lds int) bool

	// finish copies sums to C with bias and rectifier, and reports whether one of them is -0.
	finish func(rows, cols int, sums, c []float32, ldc int, bias []float32, r epilogue.Rectifier, slope float32) bool
}

const (
	sparseCols  = 80  // of a panel of B, which is packed with rows of this length
	sparseDepth = 112 // of a block of k at most: it stays in the first cache
	listSlack   = 16
	groupRows   = 4

	sparseTerms   = 1 << 21 // multiply-adds below which lists do not pay
	sparseEntries = 1 << 21 // of lists that are made at once at most
	sparsePieces  = 32      // rows of C in a piece at least
	listsAtOnce   = 8       // in a part of the work of listing

	mostListed  = 0.55 // of the numbers of A, for lists to pay
	mostGrouped = 0.90 // of the groups of four

	samples     = 16 // parts of rows of A that are looked at first
	sampleWidth = 64 // numbers in them
)

// sparseWork is the work on a product with a sparse A. It is the task for the pool: first to list,
// then to add up. Its buffers are kept from call to call.
type sparseWork struct {
	*product
	group  int // rows of C of a list
	lists  int
	length int   // entries for which a list has room
	blocks int   // of k, a multiple of the parts of the sums
	begins []int // of the blocks, and the end of the last
	panels int
	pieces int // of a panel

	listing bool         // the task is to list
	entries atomic.Int64 // of all lists
	doubt   atomic.Bool  // the product needs all terms

	places  []uint32
	values  []float32
	starts  []uint32 // of the blocks of each list, and the end of the last
	scratch []sparseScratch
}

// sparseScratch belongs to a worker.
type sparseScratch struct {
	panel, sums []float32
	tree        elementwise.Tree
	_           [64]byte // workers write side by side
}

// bySparse computes the product from lists, and the rows that do not pay that way with all terms.
// It reports false if it has done nothing, because A has too few zeros.
func (p *product) bySparse() bool {
	if p.tileKernels.sparse == nil || p.transB || p.add || p.n < sparseCols/2 || p.k < groupRows ||
		float64(p.m)*float64(p.n)*float64(p.k) < sparseTerms {
		return false
	}
	group, most := 1, mostListed
	if p.transA {
		group, most = groupRows, mostGrouped
	}
	rows := min(p.m, sparseEntries/max(p.k, sparseDepth)) / group * group // of C at once: a short k has many sums
	if rows < sparsePieces || p.sampled(group) > most {
		return false
	}
	if p.work == nil {
		p.work = &sparseWork{scratch: make([]sparseScratch, pool.MaxWorkers)}
	}
	m, a, c := p.m, p.a, p.c
	for first := 0; first < m; first += p.m {
		p.m = min(rows, m-first)
		if p.m >= group {
			p.m = p.m / group * group
		}
		p.c = c[first*p.ldc:]
		if p.a = a[first:]; !p.transA {
			p.a = a[first*p.lda:]
		}
		if p.m < sparsePieces || !p.work.multiply(p, group, most) {
			p.blocks()
		}
	}
	p.work.product = nil
	return true
}

// sampled is the share of A that is listed, in parts of some rows as they are stored.
func (p *product) sampled(group int) float64 {
	rows, cols := p.m, p.k
	if p.transA {
		rows, cols = cols, rows
	}
	listed, seen := 0, 0
	for i := range samples {
		row, width := i*rows/samples, min(cols, sampleWidth)
		part := p.a[row*p.lda+i*(cols-width)/samples/group*group:][:width/group*group]
		seen += len(part) / group
		if group == 1 {
			for _, v := range part {
				if math.Float32bits(v) != 0 {
					listed++
				}
			}
			continue
		}
		for ; len(part) > 0; part = part[groupRows:] {
			if v := part[:groupRows]; math.Float32bits(v[0])|math.Float32bits(v[1])|math.Float32bits(v[2])|math.Float32bits(v[3]) != 0 {
				listed++
			}
		}
	}
	return float64(listed) / float64(seen)
}

// multiply computes the product. It reports false if A is not as sparse as most, or if the product
// needs all terms. Then C may hold anything.
func (w *sparseWork) multiply(p *product, group int, most float64) bool {
	w.product, w.group, w.lists = p, group, p.m/group
	w.blocks = (p.k/p.parts + sparseDepth - 1) / sparseDepth * p.parts
	w.begins = grow(w.begins, w.blocks+1)
	for i, depth, blocks := 0, p.k/p.parts, w.blocks/p.parts; i <= w.blocks; i++ {
		w.begins[i] = i/blocks*depth + i%blocks*depth/blocks
	}
	w.length = p.k + listSlack
	w.places = grow(w.places, w.lists*w.length)
	w.values = grow(w.values, w.lists*w.length*group)
	w.starts = grow(w.starts, w.lists*(w.blocks+1))
	w.entries.Store(0)
	w.doubt.Store(false)
	w.listing = true
	pool.Run((w.lists+listsAtOnce-1)/listsAtOnce, w)
	w.listing = false
	if float64(w.entries.Load()) > float64(most*float64(w.lists*p.k)) {
		return false
	}
	w.panels = (p.n + sparseCols - 1) / sparseCols
	workers := min(pool.MaxWorkers, runtime.GOMAXPROCS(0))
	w.pieces = max(1, min(workers, p.m/sparsePieces))
	pool.Run(w.panels*w.pieces, w)
	return !w.doubt.Load()
}

// Do runs a part of the task.
func (w *sparseWork) Do(worker, part int) {
	if w.listing {
		w.list(part*listsAtOnce, min(w.lists, (part+1)*listsAtOnce))
		return
	}
	piece := part / w.panels
	w.addUp(&w.scratch[worker], part%w.panels*sparseCols, piece*w.lists/w.pieces, (piece+1)*w.lists/w.pieces)
}

// block returns where a block of k begins.
func (w *sparseWork) block(i int) int { return w.begins[i] }

// list makes some lists.
func (w *sparseWork) list(first, end int) {
	entries := 0
	for g := first; g < end; g++ {
		starts := w.starts[g*(w.blocks+1):][:w.blocks+1]
		at := g * w.length
		for i := range w.blocks {
			starts[i] = uint32(at)
			l, depth := w.block(i), w.block(i+1)-w.block(i)
			if w.group == 1 {
				at += w.tileKernels.sparse.listRow(w.a[g*w.lda+l:][:depth], w.places[at:], w.values[at:])
			} else {
				at += w.tileKernels.sparse.listGroup(depth, w.a[l*w.lda+g*groupRows:], w.lda, w.places[at:], w.values[at*groupRows:])
			}
		}
		starts[w.blocks] = uint32(at)
		entries += at - g*w.length
	}
	w.entries.Add(int64(entries))
}

// addUp computes a panel of C from col on, of the rows of some lists.
func (w *sparseWork) addUp(s *sparseScratch, col, first, end int) {
	kn := w.tileKernels.sparse
	cols, rows := min(w.n-col, sparseCols), (end-first)*w.group
	s.panel, s.sums = grow(s.panel, sparseDepth*sparseCols), grow(s.sums, rows*sparseCols)
	sums := kn.sums
	if w.group != 1 {
		sums = kn.sums4
	}
	finite := true
	s.tree.Begin(s.sums)
	for part := range w.parts {
		begin, stop, into := part*w.blocks/w.parts, (part+1)*w.blocks/w.parts, s.tree.Next()
		for i := begin; i < stop && finite; i++ {
			l := w.block(i)
			finite = kn.pack(w.block(i+1)-l, cols, s.panel, w.b[l*w.ldb+col:], w.ldb)
			sums(end-first, w.starts[first*(w.blocks+1)+i:], w.blocks+1, w.places, w.values, s.panel, into, cols, i > begin)
		}
		s.tree.Add(into)
	}
	if !finite {
		w.doubt.Store(true)
		return
	}
	var bias []float32
	if w.epilogue.Bias != nil {
		bias = w.epilogue.Bias[col:][:cols]
	}
	c := w.c[first*w.group*w.ldc+col:]
	if kn.finish(rows, cols, s.sums, c, w.ldc, bias, w.epilogue.Rectifier, w.epilogue.Slope) {
		w.doubt.Store(true)
		return
	}
	if w.epilogue.Finish != nil {
		for i := range rows {
			w.epilogue.Finish(c[i*w.ldc:][:cols:cols])
		}
	}
}

// checkLists reads the last element of what sums goes through, so that a slice that is too short panics.
func checkLists(lists int, starts []uint32, step, rows int, places []uint32, values, sums []float32) {
	if end := int(starts[(lists-1)*step+1]); end > 0 {
		_, _ = places[end-1], values[end*rows-1]
	}
	_ = sums[lists*rows*sparseCols-1]
}
