package conv

import (
	"runtime"
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/pool"
)

// A workspace is the memory in which one goroutine works.
type workspace struct {
	tile   tile // kept here, because it would be allocated at each call
	floats []float32
	row    []float32 // of computeLanes
	lanes  []float32 // of pixelSums
}

// workspaces holds a workspace for each worker of the pool. Their numbers are zeros at first.
type workspaces struct {
	floats, row, lanes int
	of                 []*workspace
}

func newWorkspaces(floats, row, lanes int) workspaces {
	return workspaces{floats, row, lanes, make([]*workspace, pool.MaxWorkers)}
}

// reserve makes the workspaces of as many workers as there may be, so that no later call has to.
func (s *workspaces) reserve() {
	for worker := range min(runtime.GOMAXPROCS(0), pool.MaxWorkers) {
		s.take(worker)
	}
}

// take returns the workspace of a worker.
func (s *workspaces) take(worker int) *workspace {
	if s.of[worker] == nil {
		s.of[worker] = &workspace{floats: aligned(s.floats), row: make([]float32, s.row), lanes: make([]float32, s.lanes)}
	}
	return s.of[worker]
}

// aligned returns n zeros that begin where a line of the cache begins.
func aligned(n int) []float32 {
	x := make([]float32, n+line)
	skip := (line - int(uintptr(unsafe.Pointer(unsafe.SliceData(x)))/4%line)) % line
	return x[skip:][:n:n]
}

// line is how many numbers a line of the cache holds. The length of each part of a workspace is a
// multiple of it, so that vectors do not lie across two lines.
const line = 16

// wholeLines rounds n up to whole lines.
func wholeLines(n int) int { return (n + line - 1) / line * line }
