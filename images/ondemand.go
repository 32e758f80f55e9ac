package images

import "github.com/pkg/errors"

// OnDemand is pictures in files that are read when they are asked for, and not kept. It serves a reader
// that wants a sample of very many pictures, most of which are never read.
type OnDemand struct {
	paths []string
	size  Size
	o     Options
}

// NewOnDemand returns pictures of one size. The options say the color. With SkipDamaged or ListDamaged,
// the next picture stands for one that cannot be read or has another size.
func NewOnDemand(paths []string, size Size, o Options) (*OnDemand, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, ErrNoImages
	}
	return &OnDemand{paths, size, o}, nil
}

// Len returns the number of pictures, good or not.
func (d *OnDemand) Len() int { return len(d.paths) }

// Size returns the size of each picture.
func (d *OnDemand) Size() Size { return d.size }

// Label returns -1: classes are not known.
func (d *OnDemand) Label(int) int { return -1 }

// Example writes picture i, or the one that stands for it, into x, from 0 (black) to 1. y must be empty.
func (d *OnDemand) Example(_, i int, x, y []float32) error {
	if i < 0 || i >= len(d.paths) || len(x) != d.size.Numbers() || len(y) != 0 {
		return errors.Errorf("want a picture from 0 to %d and room for %d numbers and no target, got picture %d and room for %d and %d", len(d.paths)-1, d.size.Numbers(), i, len(x), len(y))
	}
	var first error
	for k := range d.paths {
		path := d.paths[(i+k)%len(d.paths)]
		s, err := readPath(path, d.o)
		if err == nil && s.Size() != d.size {
			err = errors.Errorf("want a picture of %v, got %v", d.size, s.Size())
		}
		if err == nil {
			return s.Example(0, 0, x, nil)
		}
		if err = errors.WithMessage(err, path); first == nil {
			first = err
		}
		if !d.o.SkipDamaged && !d.o.ListDamaged {
			return err
		}
	}
	return errors.WithMessagef(first, "none of %d pictures can be used", len(d.paths))
}

// SizeAmong returns the size that most of some pictures have: of at most count, evenly spread. Of two
// sizes that are as frequent it returns the one that comes first. Pictures that cannot be read do not
// count; if none can be read, the error is that of the first.
func SizeAmong(paths []string, count int, o Options) (Size, error) {
	count = min(count, len(paths))
	var order []Size
	counts := map[Size]int{}
	var first error
	for k := range count {
		path := paths[k*len(paths)/count]
		s, err := readPath(path, o)
		if err != nil {
			if first == nil {
				first = errors.WithMessage(err, path)
			}
			continue
		}
		if counts[s.Size()]++; counts[s.Size()] == 1 {
			order = append(order, s.Size())
		}
	}
	if len(order) == 0 {
		if first == nil {
			first = ErrNoImages
		}
		return Size{}, first
	}
	best := order[0]
	for _, s := range order {
		if counts[s] > counts[best] {
			best = s
		}
	}
	return best, nil
}

// readPath reads the picture in a file.
func readPath(path string, o Options) (*Set, error) {
	m, err := readPixmap(path)
	if err != nil {
		return nil, err
	}
	return fromPixmap(m, o)
}
