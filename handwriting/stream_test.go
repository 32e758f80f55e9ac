package handwriting

import (
	"bytes"
	"crypto/sha256"
	"sync"
	"testing"
)

// A stream has the images that Draw draws, in whatever order they are asked for.
func TestStream(t *testing.T) {
	const n = blockSize*2 + 77
	_, whole := Draw(0, n)
	for name, order := range map[string]func(k int) int{
		"in order":  func(k int) int { return k },
		"backwards": func(k int) int { return n - 1 - k },
		"a sample":  func(k int) int { return k * 15 % n },
	} {
		_, s := Streams(0, n)
		read := s.Bytes(s)
		scratch := make([]byte, side*side)
		x := make([]float32, side*side)
		for k := range n {
			i := order(k)
			if got := read(0, i, scratch); !bytes.Equal(got, whole.Image(i)) || s.Label(i) != whole.Label(i) {
				t.Fatalf("%s: image %d is another one", name, i)
			}
			if k%97 == 0 {
				if err := s.Example(0, i, x, nil); err != nil || x[400] != float32(whole.Image(i)[400])/255 {
					t.Fatalf("%s: example %d differs (%v)", name, i, err)
				}
			}
		}
	}
}

// A reader that tells its order gets images that were drawn ahead. Others, and a reader that departs from its
// order, get the same images as ever.
func TestStreamAhead(t *testing.T) {
	const n = 3*blockSize + 5
	_, whole := Draw(0, n)
	_, s := Streams(0, n)
	read, scratch := s.Bytes(s), make([]byte, side*side)
	want := func(i int) {
		t.Helper()
		if !bytes.Equal(read(0, i, scratch), whole.Image(i)) {
			t.Fatalf("image %d is another one", i)
		}
	}
	order := make([]int32, n)
	for k := range order {
		order[k] = int32(k * 7 % n)
	}
	order[9] = order[8] // one may be asked for twice
	s.Ahead(0, order)
	for k, i := range order {
		if b, _ := s.drawn(int(i)); b == nil {
			t.Fatalf("the image that is planned as number %d was not drawn ahead", k)
		}
	}
	if s.planned.n != 0 {
		t.Error("images are kept that nobody needs any more")
	}
	s.Ahead(0, order)
	for k, i := range order[:blockSize+9] {
		want(int(i))
		if k%100 == 50 { // another reader
			want(k)
		}
	}
	s.Ahead(0, order[:40]) // another plan in place of this one
	for _, i := range order[20:60] {
		want(int(i))
	}
	s.Ahead(0, nil)
	want(5)
}

// Several goroutines may read a stream at once.
func TestStreamShared(t *testing.T) {
	const n = 3000
	tr, _ := Streams(n, 0)
	whole, _ := Draw(n, 0)
	var wg sync.WaitGroup
	for g := range 3 {
		wg.Go(func() {
			read, scratch := tr.Bytes(tr), make([]byte, side*side)
			for i := g * 200; i < n; i++ {
				if !bytes.Equal(read(0, i, scratch), whole.Image(i)) {
					t.Errorf("image %d is another one", i)
					return
				}
			}
		})
	}
	wg.Wait()
}

// No two images are alike.
func TestStreamDiffers(t *testing.T) {
	const n = 30000
	_, s := Streams(0, n)
	read, scratch, seen := s.Bytes(s), make([]byte, side*side), map[[32]byte]int{}
	for i := range n {
		h := sha256.Sum256(read(0, i, scratch))
		if other, ok := seen[h]; ok {
			t.Errorf("images %d and %d are alike", other, i)
		}
		seen[h] = i
	}
}

func BenchmarkStream(b *testing.B) {
	_, s := Streams(0, 1<<40)
	read, scratch := s.Bytes(s), make([]byte, side*side)
	for i := 0; b.Loop(); i++ {
		read(0, i, scratch)
	}
}
