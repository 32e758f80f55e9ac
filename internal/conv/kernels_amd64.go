package conv

import (
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/simd"
)

var (
	kernelAVX512 = kernel{rows: [12]int{16, 14, 8, 6}, lanes: 16, tile: func(t *tile, a, b, c, bias []float32) {
		pa, pb, pc, pbias := t.pointers(a, b, c, bias)
		convTileAVX512(t.rows, t.cols, t.inner, t.aRow, t.aStep, t.bStep, t.cRow, t.first(), len(t.segments), pa, pb, pc, pbias, int(t.rectifier), t.slope)
	}, laneRows: 16, lanes16: func(t *tile, a, b, c, bias []float32) {
		pa, pb, pc, pbias := t.lanePointers(a, b, c, bias)
		convLanesAVX512(t.rows, t.inner, t.aRow, t.first(), len(t.segments), pa, pb, pc, pbias, int(t.rectifier), t.slope)
	}, copyRows: func(rows, width int, dst []float32, ldd int, src []float32, lds int) {
		_, _ = dst[(rows-1)*ldd+width-1], src[(rows-1)*lds+width-1]
		copyRowsAVX512(rows, width, &dst[0], ldd, &src[0], lds)
	}}
	kernelAVX2 = kernel{rows: [12]int{12, 6}, lanes: 8, tile: func(t *tile, a, b, c, bias []float32) {
		pa, pb, pc, pbias := t.pointers(a, b, c, bias)
		convTileAVX2(t.rows, t.cols, t.inner, t.aRow, t.aStep, t.bStep, t.cRow, t.first(), len(t.segments), pa, pb, pc, pbias, int(t.rectifier), t.slope)
	}, laneRows: 4, lanes16: func(t *tile, a, b, c, bias []float32) {
		pa, pb, pc, pbias := t.lanePointers(a, b, c, bias)
		convLanesAVX2(t.rows, t.inner, t.aRow, t.first(), len(t.segments), pa, pb, pc, pbias, int(t.rectifier), t.slope)
	}, copyRows: func(rows, width int, dst []float32, ldd int, src []float32, lds int) {
		_, _ = dst[(rows-1)*ldd+width-1], src[(rows-1)*lds+width-1]
		copyRowsAVX2(rows, width, &dst[0], ldd, &src[0], lds)
	}}
)

func kernels(level simd.Level) *kernel {
	switch level {
	case simd.AVX512:
		return &kernelAVX512
	case simd.AVX2:
		return &kernelAVX2
	}
	return &portable
}

// pointers returns pointers for the assembly. First it reads the last element behind each pointer,
// so that a slice that is too short panics here.
func (t *tile) pointers(a, b, c, bias []float32) (pa, pb, pc, pbias *float32) {
	if n := len(t.segments); n > 0 {
		last := t.segments[n-1]
		_, _ = a[last.a+(t.rows-1)*t.aRow+(t.inner-1)*t.aStep], b[last.b+(t.inner-1)*t.bStep+t.cols-1]
		pa, pb = &a[0], &b[0]
	}
	_ = c[(t.rows-1)*t.cRow+t.cols-1]
	if bias != nil {
		_ = bias[t.cols-1]
		pbias = &bias[0]
	}
	return pa, pb, &c[0], pbias
}

// lanePointers is pointers for lanes16.
func (t *tile) lanePointers(a, b, c, bias []float32) (pa, pb, pc, pbias *float32) {
	if n := len(t.segments); n > 0 {
		last := t.segments[n-1]
		_, _ = a[last.a+(t.rows-1)*t.aRow+t.inner-1], b[last.b+t.inner-1]
		pa, pb = &a[0], &b[0]
	}
	_ = c[t.rows-1]
	if bias != nil {
		pbias = &bias[0]
	}
	return pa, pb, &c[0], pbias
}

// first returns the address of the segments. Each of them is two numbers.
func (t *tile) first() *int { return (*int)(unsafe.Pointer(unsafe.SliceData(t.segments))) }
