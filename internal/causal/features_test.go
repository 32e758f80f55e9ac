package causal

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// naive computes the features of a place as the format's specification writes them down, with no state
// that goes from place to place.
type naive struct {
	Net
	image       []byte
	row, col, c int
}

// before says if a place comes before that of the features. It is within the image.
func (n naive) before(row, col, k int) bool {
	return row >= 0 && col >= 0 && row < n.Height && col < n.Width &&
		(row < n.row || row == n.row && (col < n.col || col == n.col && k < n.c))
}

func (n naive) byte(row, col, k int) byte {
	if !n.before(row, col, k) {
		return 0
	}
	return n.image[(row*n.Width+col)*n.Channels+k]
}

// plain returns the features without the embedded bytes.
func (n naive) plain() (x []float32) {
	value := func(row, col, k int) { x = append(x, float32(n.byte(row, col, k))/255) }
	for k := range n.Channels {
		for row := -5; row <= 0; row++ {
			for col := -5; col <= 5 && (row < 0 || col < 0); col++ {
				value(n.row+row, n.col+col, k)
			}
		}
	}
	for k := range n.Channels - 1 {
		value(n.row, n.col, k)
	}
	x = append(x, n.blocks()...)
	for _, axis := range [][2]int{{n.row, n.Height}, {n.col, n.Width}} {
		u := float32(0)
		if axis[1] > 1 {
			u = float32(7*axis[0]) / float32(axis[1]-1)
		}
		for k := range 8 {
			x = append(x, max(0, 1-float32(math.Abs(float64(u-float32(k))))))
		}
	}
	x = append(x, n.summary()...)
	for k := 0; k < n.Channels && n.Channels > 1; k++ {
		one := float32(0)
		if k == n.c {
			one = 1
		}
		x = append(x, one)
	}
	return x
}

func (n naive) blocks() (x []float32) {
	mean := func(t, b, l, r int) {
		sum := 0
		for row := t; row <= b; row++ {
			for col := l; col <= r; col++ {
				for k := range n.Channels {
					sum += int(n.byte(n.row+row, n.col+col, k))
				}
			}
		}
		x = append(x, float32(sum)/float32(255*(b-t+1)*(r-l+1)*n.Channels))
	}
	for k := 1; k <= 2; k++ {
		for l := -16; l <= 12; l += 4 {
			mean(-5-4*k, -2-4*k, l, l+3)
		}
	}
	for k := 1; k <= 2; k++ {
		mean(-3, 0, -5-4*k, -2-4*k)
		mean(-5, -4, -5-4*k, -2-4*k)
		mean(-5, -1, 2+4*k, 5+4*k)
	}
	return x
}

func (n naive) summary() []float32 {
	h, w := float32(n.Height), float32(n.Width)
	area := float32(255*h) * w
	var rows, cols []int // of ink
	var sum, down, right int
	inRow, above, next := -1, -1, -1
	for row := range n.Height {
		for col := range n.Width {
			b := int(n.byte(row, col, n.c))
			if b == 0 {
				continue
			}
			rows, cols = append(rows, row), append(cols, col)
			sum, down, right = sum+b, down+b*(2*row-n.Height+1), right+b*(2*col-n.Width+1)
			if row == n.row {
				inRow = col
			}
			if col == n.col {
				above = row
			}
			if col == min(n.col+1, n.Width-1) {
				next = row
			}
		}
	}
	if rows == nil {
		return []float32{0, 0, 0, 0, 0, 0, 0, 1, 1, 1}
	}
	since := func(last, now int, side float32) float32 {
		if last < 0 {
			return 1
		}
		return float32(now-last) / side
	}
	return []float32{1, float32(n.row-rows[0]) / h, float32(n.col-slices.Min(cols)) / w, float32(slices.Max(cols)-n.col) / w,
		float32(float32(sum)*4) / area, float32(float32(down)*8) / float32(area*h), float32(float32(right)*8) / float32(area*w),
		since(inRow, n.col, w), since(above, n.row, h), since(next, n.row, h)}
}

// embedded returns the bytes that are embedded.
func (n naive) embedded() (v []byte) {
	for k := range n.Channels {
		for row := -2; row <= 0; row++ {
			for col := -2; col <= 2 && (row < 0 || col < 0); col++ {
				v = append(v, n.byte(n.row+row, n.col+col, k))
			}
		}
	}
	for k := range n.Channels - 1 {
		v = append(v, n.byte(n.row, n.col, k))
	}
	var count [256]int
	mode, greatest := byte(0), byte(0)
	for i, b := range n.image {
		at := i / n.Channels
		if i%n.Channels != n.c || b == 0 || !n.before(at/n.Width, at%n.Width, n.c) {
			continue
		}
		if count[b]++; count[b] > count[mode] {
			mode = b
		}
		greatest = max(greatest, b)
	}
	return append(v, mode, greatest)
}

// The features of all places are those of the specification, bit for bit.
func TestFeatures(t *testing.T) {
	for _, size := range [][3]int{{1, 24, 21}, {3, 9, 13}, {2, 1, 8}, {1, 6, 1}} {
		net, _ := network(size[0], size[1], size[2])
		l := newLayout(net)
		s := newScanner(l)
		for _, image := range [][]byte{drawing(net, 1), make([]byte, net.Size())} {
			s.reset()
			x, embed := make([]float32, l.plain), make([]byte, l.embedded)
			for i, v := range image {
				at := i / net.Channels
				n := naive{net, image, at / net.Width, at % net.Width, i % net.Channels}
				s.context(x, embed)
				if want := n.plain(); !slices.Equal(x, want) {
					t.Fatalf("size %v, place %d: got %v, want %v", size, i, x, want)
				}
				if want := n.embedded(); !slices.Equal(embed, want) {
					t.Fatalf("size %v, place %d: got %v, want %v", size, i, embed, want)
				}
				s.next(v)
			}
			if c := net.Channels; net.Features() != 61*c+47+(13*c+1)*net.Embedding+c*min(c-1, 1) {
				t.Errorf("size %v: %d features", size, net.Features())
			}
		}
	}
}

// Ranges stops soon after its context has ended.
func TestRangesStop(t *testing.T) {
	n, all := network(1, 40, 50)
	images := drawing(n, 40)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	ink := make([]Range, len(images))
	if err := NewCoder(n, all).Ranges(ctx, images, ink, make([]Range, len(images))); !errors.Is(err, context.Canceled) {
		t.Errorf("want the error of the context, got %v", err)
	}
	if i := slices.IndexFunc(ink, func(r Range) bool { return r != Range{} }); i >= 0 {
		t.Errorf("the range of number %d was computed", i)
	}
}
