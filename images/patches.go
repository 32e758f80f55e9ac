package images

import (
	"fmt"
	"sort"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
)

// pictureSource is pictures of any size that Patches crops.
type pictureSource interface {
	Len() int
	SizeOf(i int) Size
	Label(i int) int
	frame(i int) (frame, error) // of SizeOf(i)
	ahead(plan []int32)         // which pictures frame will be asked for
	fingerprint() string
}

// Patches is a data set of random crops of pictures, so that a model can train on pictures that are
// large or differ in size. An epoch takes as many patches of each picture as would cover it. Where a
// patch lies follows from the seed, the epoch and the number of the patch alone. A picture that is
// smaller than a patch is padded at the bottom and at the right with its last pixels.
type Patches struct {
	from  pictureSource
	size  Size
	first []int // of each picture, the number of its first patch; then the number of all
	key   uint64
	seed  uint64
}

// maxPatches bounds the number of patches in an epoch.
const maxPatches = 1 << 30

func newPatches(from pictureSource, height, width int, seed uint64) (*Patches, error) {
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return nil, errors.Errorf("want patches from 1 x 1 to %d x %d pixels (height x width), got %d x %d", maxSide, maxSide, height, width)
	}
	if from.Len() < 1 {
		return nil, errors.New("want at least one picture to take patches from, got none")
	}
	p := &Patches{from: from, size: Size{from.SizeOf(0).Channels, height, width}, first: []int{0}, key: random.Key(seed, "images", "patches"), seed: seed}
	n := 0
	for i := range from.Len() {
		s := from.SizeOf(i)
		n += (s.Pixels() + height*width - 1) / (height * width)
		if n > maxPatches {
			return nil, errors.Errorf("want at most %d patches an epoch, got more of %d x %d pixels from %d pictures: choose larger patches", maxPatches, height, width, from.Len())
		}
		p.first = append(p.first, n)
	}
	return p, nil
}

// Len returns the number of patches in an epoch.
func (p *Patches) Len() int { return p.first[len(p.first)-1] }

// Size returns the size of a patch.
func (p *Patches) Size() Size { return p.size }

// Shape returns the logical shape of a patch, (channels, height, width), and nil.
func (p *Patches) Shape() (x, y []int) { return p.size.Shape(), nil }

// Label returns the class of the picture of patch i, or -1.
func (p *Patches) Label(i int) int { return p.from.Label(p.picture(i)) }

// Fingerprint returns the fingerprint of the pictures, followed by how patches are taken. If self is
// not p, another type embeds p: then Fingerprint returns "".
func (p *Patches) Fingerprint(self any) string {
	if self != any(p) {
		return ""
	}
	return fmt.Sprintf("%s in patches of %d x %d of seed %d", p.from.fingerprint(), p.size.Height, p.size.Width, p.seed)
}

// picture returns the picture that a patch is taken from.
func (p *Patches) picture(patch int) int { return sort.SearchInts(p.first, patch+1) - 1 }

// Example writes patch i, as it is in an epoch, into x, (height, width, channels), from 0 (black) to
// 1. There is no target: y must be empty.
func (p *Patches) Example(epoch, i int, x, y []float32) error {
	if i < 0 || i >= p.Len() || len(x) != p.size.Numbers() || len(y) != 0 {
		return errors.Errorf("want a patch from 0 to %d and room for %d input and 0 target values, got patch %d, %d and %d",
			p.Len()-1, p.size.Numbers(), i, len(x), len(y))
	}
	k := p.picture(i)
	f, err := p.from.frame(k)
	if err != nil {
		return err
	}
	s := p.from.SizeOf(k)
	at := random.FromKey(random.Sub(random.Sub(p.key, uint64(epoch)), uint64(i)))
	top := int(at.Uint64n(uint64(max(s.Height-p.size.Height, 0) + 1)))
	left := int(at.Uint64n(uint64(max(s.Width-p.size.Width, 0) + 1)))
	row := p.size.Width * p.size.Channels
	for r := range p.size.Height {
		from := (min(top+r, s.Height-1)*s.Width + left) * s.Channels
		n := min(row, (s.Width-left)*s.Channels)
		line := x[r*row:][:row]
		f.values(line[:n], from)
		for ; n < row; n++ { // the last pixel repeats
			line[n] = line[n-s.Channels]
		}
	}
	return nil
}

// values writes len(x) numbers of a frame, from one on, as values from 0 to 1.
func (f frame) values(x []float32, from int) {
	if f.deep != nil {
		for i, v := range f.deep[from:][:len(x)] {
			x[i] = float32(v) / 65535
		}
		return
	}
	for i, b := range f.bytes[from:][:len(x)] {
		x[i] = unit[b]
	}
}

// unit holds the values of all bytes.
var unit = func() (u [256]float32) {
	for b := range u {
		u[b] = float32(b) / 255
	}
	return u
}()

// blockNumbers bounds the numbers of the pictures that are in use at the same time, unless one
// picture has more.
const blockNumbers = 1 << 27

// Order returns an order of all patches of an epoch in which few pictures are in use at the same
// time: pictures are shuffled and divided into blocks, and the patches of a block are shuffled. Sets
// with less than 2^27 numbers have one block.
func (p *Patches) Order(key uint64, epoch int) []int32 {
	src := random.FromKey(random.Sub(key, uint64(epoch)))
	order, block, numbers := make([]int32, 0, p.Len()), []int32(nil), 0
	end := func() {
		for _, i := range src.Perm(len(block)) {
			order = append(order, block[i])
		}
		block, numbers = block[:0], 0
	}
	for _, k := range src.Perm(p.from.Len()) {
		if n := p.from.SizeOf(int(k)).Numbers(); len(block) > 0 && numbers+n > blockNumbers {
			end()
		}
		numbers += p.from.SizeOf(int(k)).Numbers()
		for i := p.first[k]; i < p.first[k+1]; i++ {
			block = append(block, int32(i))
		}
	}
	end()
	return order
}

// Ahead says which patches will be asked for; see train.Ahead.
func (p *Patches) Ahead(_ int, indices []int32) {
	var plan []int32
	planned := make([]bool, p.from.Len())
	for _, i := range indices {
		if k := p.picture(int(i)); !planned[k] {
			planned[k] = true
			plan = append(plan, int32(k))
		}
	}
	p.from.ahead(plan)
}
