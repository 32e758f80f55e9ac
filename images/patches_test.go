package images

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// coordinates is pictures whose pixel in row y and column x of picture i has the numbers i, y, x.
type coordinates struct {
	sizes [][2]int
	asked []int // the pictures that frame was called for
	plan  []int32
}

func (d *coordinates) Len() int            { return len(d.sizes) }
func (d *coordinates) SizeOf(i int) Size   { return Size{3, d.sizes[i][0], d.sizes[i][1]} }
func (d *coordinates) Label(i int) int     { return i }
func (d *coordinates) ahead(plan []int32)  { d.plan = plan }
func (d *coordinates) fingerprint() string { return fmt.Sprint(d.sizes) }

func (d *coordinates) frame(i int) (frame, error) {
	d.asked = append(d.asked, i)
	var f frame
	for y := range d.sizes[i][0] {
		for x := range d.sizes[i][1] {
			f.bytes = append(f.bytes, byte(i), byte(y), byte(x))
		}
	}
	return f, nil
}

// A patch is a part of its picture, padded with the last pixels if the picture is smaller.
func TestPatches(t *testing.T) {
	d := &coordinates{sizes: [][2]int{{10, 20}, {2, 3}, {4, 9}, {100, 5}}}
	p, err := newPatches(d, 4, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 10, 11, 13, 38}; !slices.Equal(p.first, want) || p.Len() != 38 {
		t.Fatalf("patches begin at %v, want %v", p.first, want)
	}
	corners := map[string]bool{}
	x := make([]float32, p.Size().Numbers())
	for epoch := range 3 {
		for i := range p.Len() {
			if err := p.Example(epoch, i, x, nil); err != nil {
				t.Fatal(err)
			}
			b := ToBytes(x)
			k := p.picture(i)
			if p.Label(i) != k || p.first[k] > i || i >= p.first[k+1] {
				t.Fatalf("patch %d is of picture %d", i, k)
			}
			top, left := int(b[1]), int(b[2])
			corners[fmt.Sprint(k, top, left)] = true
			h, w := d.sizes[k][0], d.sizes[k][1]
			if top > max(h-4, 0) || left > max(w-5, 0) {
				t.Fatalf("patch %d begins at %d, %d of %d x %d", i, top, left, h, w)
			}
			for r := range 4 {
				for c := range 5 {
					want := []byte{byte(k), byte(min(top+r, h-1)), byte(min(left+c, w-1))}
					if got := b[(r*5+c)*3:][:3]; !slices.Equal(got, want) {
						t.Fatalf("patch %d has %v in row %d and column %d, want %v", i, got, r, c, want)
					}
				}
			}
		}
	}
	if len(corners) < 60 { // of 114 patches, with few corners possible in the small pictures
		t.Errorf("all patches of three epochs have only %d corners", len(corners))
	}
	again := slices.Clone(x)
	if err := p.Example(2, p.Len()-1, again, nil); err != nil || !slices.Equal(again, x) {
		t.Error("the same patch of the same epoch has other pixels")
	}
	if _, err := newPatches(d, 0, 5, 7); err == nil {
		t.Error("patches without rows are accepted")
	}
	if _, err := newPatches(d, 1<<32, 1<<32, 7); err == nil {
		t.Error("patches whose pixels cannot be counted are taken")
	}
	if _, err := newPatches(&coordinates{sizes: slices.Repeat([][2]int{{1 << 15, 1 << 15}}, 3)}, 1, 1, 7); err == nil {
		t.Error("more patches than int32 can count are accepted")
	}
}

// Deep pictures keep their 16 bits.
func TestPatchesOfDeepPictures(t *testing.T) {
	x := make([]float32, 2)
	frame{deep: []uint16{1, 256, 65535}}.values(x, 1)
	if want := []float32{256.0 / 65535, 1}; !slices.Equal(x, want) {
		t.Errorf("the values are %v, want %v", x, want)
	}
}

// An epoch's order holds each patch once, differs from epoch to epoch, and uses few large pictures
// at a time.
func TestPatchesOrder(t *testing.T) {
	d := &coordinates{sizes: slices.Repeat([][2]int{{4096, 4096}}, 9)} // two fit into a block
	p, err := newPatches(d, 512, 512, 7)
	if err != nil {
		t.Fatal(err)
	}
	order := p.Order(random.Key(1), 0)
	if slices.Equal(order, p.Order(random.Key(1), 1)) || !slices.Equal(order, p.Order(random.Key(1), 0)) {
		t.Error("the order does not follow from the epoch")
	}
	sorted := slices.Sorted(slices.Values(order))
	for i, k := range sorted {
		if int(k) != i {
			t.Fatalf("the order lacks patch %d", i)
		}
	}
	for from := 0; from < len(order); from += 2 * 64 {
		seen := map[int]bool{}
		for _, i := range order[from:min(from+2*64, len(order))] {
			seen[p.picture(int(i))] = true
		}
		if len(seen) > 2 {
			t.Errorf("patches %d to %d are of %d pictures", from, from+128, len(seen))
		}
	}
	p.Ahead(0, order[100:])
	if len(d.plan) < 8 || slices.Contains(d.plan[1:], d.plan[0]) {
		t.Errorf("planned are pictures %v", d.plan)
	}
}
