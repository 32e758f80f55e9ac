package grow

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

// Each room is at most eight times what has come, and the last is exact.
func TestMore(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1 << 20, 1<<20 + 9, 12345678, 50_000_003} {
		var x []byte
		copied, made := 0, 0
		for len(x) < n {
			before := len(x)
			x = More(x, n)
			if len(x) != before || cap(x) <= before || cap(x) > max(1<<20+factor, factor*before+factor) && cap(x) > 1<<20 {
				t.Fatalf("n = %d: room for %d after %d", n, cap(x), before)
			}
			if before > n/factor {
				t.Errorf("n = %d: %d are copied", n, before)
			}
			copied, made = copied+before, made+1
			x = x[:cap(x)]
		}
		if len(x) != n || copied > n/6 || made > 4 {
			t.Errorf("n = %d: %d elements, %d copied, %d rooms", n, len(x), copied, made)
		}
		if more := More(x, n); len(more) != n || cap(more) != cap(x) {
			t.Errorf("n = %d: more room than promised", n)
		}
	}
	x := More([]int{7, 8}[:2:2], 3)
	if y := append(x, 9); len(x) != 2 || cap(x) != 3 || y[0] != 7 || y[2] != 9 {
		t.Errorf("got %v with room for %d", x, cap(x))
	}
}

func TestRead(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789a"), 300_001)
	for _, n := range []int{0, 1, 1 << 20, len(data)} {
		in := bytes.NewReader(data)
		if x, err := Read(iotest.HalfReader(in), n); err != nil || !bytes.Equal(x, data[:n]) || in.Len() != len(data)-n {
			t.Errorf("n = %d: %d bytes, %v", n, len(x), err)
		}
	}
	for have, want := range map[int]error{0: io.EOF, 5: io.ErrUnexpectedEOF, 1 << 20: io.ErrUnexpectedEOF, len(data) - 1: io.ErrUnexpectedEOF} {
		if x, err := Read(bytes.NewReader(data[:have]), len(data)); err != want || !bytes.Equal(x, data[:have]) {
			t.Errorf("%d bytes: %d came, %v", have, len(x), err)
		}
	}
	// What promises terabytes takes no memory for them.
	if x, err := Read(bytes.NewReader(data), 1<<40); err != io.ErrUnexpectedEOF || cap(x) > factor*len(data) {
		t.Errorf("room for %d, %v", cap(x), err)
	}
}
