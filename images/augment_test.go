package images

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
)

// moved is the naive definition: pixel (r, c) of the result is pixel (r-down, c-right), or black.
func moved(from []byte, size Size, down, right int) []byte {
	to := make([]byte, len(from))
	n, width := size.Channels, size.Width
	for r := range size.Height {
		for c := range width {
			if y, x := r-down, c-right; y >= 0 && y < size.Height && x >= 0 && x < width {
				copy(to[(r*width+c)*n:][:n], from[(y*width+x)*n:])
			}
		}
	}
	return to
}

func TestMove(t *testing.T) {
	for _, size := range []Size{{1, 1, 1}, {1, 1, 5}, {1, 5, 1}, {1, 3, 4}, {1, 6, 5}, {3, 1, 1}, {3, 3, 4}, {2, 6, 5}} {
		from := make([]byte, size.Numbers())
		for i := range from {
			from[i] = byte(i + 1)
		}
		for down := -7; down <= 7; down++ {
			for right := -7; right <= 7; right++ {
				to := bytes.Repeat([]byte{99}, len(from))
				move(to, from, size.Width*size.Channels, down, right*size.Channels)
				want := moved(from, size, down, right)
				if !bytes.Equal(to, want) {
					t.Errorf("%v moved by %d, %d is %v, want %v", size, down, right, to, want)
				}
				to = slices.Clone(from)
				move(to, to, size.Width*size.Channels, down, right*size.Channels)
				if !bytes.Equal(to, want) {
					t.Errorf("%v moved in place by %d, %d is %v, want %v", size, down, right, to, want)
				}
			}
		}
	}
}

func augment(t *testing.T, s Source, shift int, seed uint64) *Augmented {
	t.Helper()
	a, err := Augment(s, Augmentation{Shift: shift}, seed)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// All offsets are about equally frequent. They depend on the epoch, the image and the seed alone.
func TestOffsets(t *testing.T) {
	s := &Set{Channels: 1, Height: 9, Width: 9, Pixels: make([]byte, 81*1000)}
	const shift, epochs = 2, 25
	a := augment(t, s, shift, 3)
	counts := map[[2]int]int{}
	for epoch := range epochs {
		for i := range s.Len() {
			down, right := a.offset(epoch, i)
			counts[[2]int{down, right}]++
		}
	}
	expected := float64(epochs*s.Len()) / 25
	for at, n := range counts {
		if max(at[0], -at[0], at[1], -at[1]) > shift || math.Abs(float64(n)-expected) > 5*math.Sqrt(expected) {
			t.Errorf("got offset %v %d times, want about %v", at, n, expected)
		}
	}
	if len(counts) != 25 {
		t.Errorf("%d offsets, want 25", len(counts))
	}
	same := func(b *Augmented, epochs, images int) (n int) {
		for i := range 900 {
			d1, r1 := a.offset(0, i)
			d2, r2 := b.offset(epochs, i+images)
			if d1 == d2 && r1 == r2 {
				n++
			}
		}
		return n
	}
	if n := same(augment(t, s, shift, 3), 0, 0); n != 900 {
		t.Errorf("the same again moves %d of 900 images alike", n)
	}
	for what, n := range map[string]int{"seed": same(augment(t, s, shift, 4), 0, 0), "epoch": same(a, 1, 0), "image": same(a, 0, 1)} {
		if n > 80 { // about 36 are expected
			t.Errorf("with another %s %d of 900 images are moved alike", what, n)
		}
	}
}

func TestPinnedOffsets(t *testing.T) {
	a := augment(t, &Set{Channels: 1, Height: 28, Width: 28, Pixels: make([]byte, 784*4)}, 1, 1)
	var got []int
	for epoch := range 2 {
		for i := range 4 {
			down, right := a.offset(epoch, i)
			got = append(got, down, right)
		}
	}
	if want := []int{1, 0, 1, 1, -1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, -1}; !slices.Equal(got, want) {
		t.Errorf("the offsets are %v, want %v", got, want)
	}
}

func TestAugmented(t *testing.T) {
	for _, s := range []*Set{numbered(7), colored(7)} {
		before, n := slices.Clone(s.Pixels), s.Size().Numbers()
		a := augment(t, s, 1, 5)
		for epoch := range 5 {
			for i := range s.Len() {
				down, right := a.offset(epoch, i)
				want := moved(s.Image(i), s.Size(), down, right)
				if got := a.Bytes(a)(epoch, i, make([]byte, n)); !bytes.Equal(got, want) {
					t.Errorf("image %d of epoch %d is %v, want %v", i, epoch, got, want)
				}
				x := make([]float32, n)
				if err := a.Example(epoch, i, x, nil); err != nil {
					t.Fatal(err)
				}
				for k, b := range want {
					if x[k] != float32(b)/255 {
						t.Errorf("image %d of epoch %d as an example is %v, want %v", i, epoch, x, want)
					}
				}
			}
		}
		if !bytes.Equal(s.Pixels, before) {
			t.Error("the set itself has changed")
		}
		if a.Example(0, 7, make([]float32, n), nil) == nil {
			t.Error("image 7 of 7 was given")
		}
		if x, y := a.Shape(); a.Len() != 7 || a.Size() != s.Size() || !slices.Equal(x, s.Size().Shape()) || y != nil || a.Label(5) != 2 {
			t.Errorf("%d images of %v, shape %v, label %d", a.Len(), a.Size(), x, a.Label(5))
		}
		seen := map[string]bool{s.Fingerprint(s): true}
		for _, b := range []*Augmented{a, augment(t, s, 2, 5), augment(t, s, 1, 6)} {
			if seen[b.Fingerprint(b)] {
				t.Errorf("fingerprint %s comes twice", b.Fingerprint(b))
			}
			seen[b.Fingerprint(b)] = true
		}
	}
}

func TestBadAugmentations(t *testing.T) {
	for _, text := range []string{"", "shift", "shift=", "shift=0", "shift=-1", "shift=x", "shift=1.5", "2", "turn=3"} {
		if a, err := ParseAugmentation(text); err == nil {
			t.Errorf("%q was read as %v", text, a)
		}
	}
	for text, shift := range map[string]int{"none": 0, "shift=12": 12} {
		a, err := ParseAugmentation(text)
		if err != nil || a.Shift != shift || fmt.Sprint(a) != text {
			t.Errorf("%s was read as %v (%v)", text, a, err)
		}
	}
	for _, shift := range []int{-1, 4} { // of images of 2x3
		if _, err := Augment(numbered(1), Augmentation{Shift: shift}, 1); err == nil {
			t.Errorf("a shift of %d was accepted", shift)
		}
	}
	for _, how := range []Binarization{NotBinarized - 1, Stochastic + 1} {
		if _, err := Augment(numbered(1), Augmentation{Binarize: how}, 1); err == nil {
			t.Errorf("binarization %d was accepted", int(how))
		}
	}
}

func BenchmarkAugmented(b *testing.B) {
	s := &Set{Channels: 1, Height: 28, Width: 28, Pixels: make([]byte, 784*1000)}
	a, err := Augment(s, Augmentation{Shift: 1}, 1)
	if err != nil {
		b.Fatal(err)
	}
	scratch, read := make([]byte, 784), a.Bytes(a)
	for i := range b.N {
		read(0, i%1000, scratch)
	}
}
