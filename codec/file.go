package codec

import (
	"context"
	"io"
	"slices"
	"sort"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// File reads any image of a file. Several goroutines may use it at once.
type File struct {
	r      io.ReaderAt
	size   int64
	head   *Reader // of the file's beginning
	chunks []entry
	len    int
	damage error

	mu   sync.Mutex
	last loaded
}

// loaded is the chunk that was read last.
type loaded struct {
	Chunk
	number int
	codes  []int32
	lost   error // if the codes are damaged
	text   error // if the names or labels are damaged
	used   int   // how many of its images were asked for
}

// Open reads the beginning and the index of a file of size bytes. If the index is missing or
// damaged, it searches the whole file for chunks, and Damage says so. Errors are those of
// NewReader.
func Open(r io.ReaderAt, size int64, o ReadOptions) (*File, error) {
	if r == nil {
		return nil, errNoReader
	}
	head, err := NewReader(io.NewSectionReader(r, 0, size), o)
	if err != nil {
		return nil, err
	}
	f := &File{r: r, size: size, head: head, last: loaded{number: -1}}
	if len(head.waiting) > 0 {
		f.damage = head.waiting[0]
	}
	if f.chunks, err = f.readIndex(); err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			err = &DamageError{-1, max(0, size-footerSize), errors.WithMessage(err, "the index")}
		}
		if f.damage == nil {
			f.damage = err
		}
		if f.chunks, err = f.search(); err != nil {
			return nil, err
		}
	}
	for _, e := range f.chunks {
		f.len = max(f.len, e.first+e.count)
	}
	return f, nil
}

// Damage returns what Open found to be damaged although images can be read: a *DamageError, or nil.
// Damage in a chunk is only found when the chunk is read.
func (f *File) Damage() error { return f.damage }

// Len returns the number of images. Some of them may be lost.
func (f *File) Len() int { return f.len }

// Size returns the size of the images.
func (f *File) Size() images.Size { return f.head.Size() }

// Classes returns the names of the classes, or nil.
func (f *File) Classes() []string { return f.head.classes }

// Meta returns the metadata of the file, or nil.
func (f *File) Meta() map[string]string { return f.head.meta }

// Model returns the file's model, which has no encoder.
func (f *File) Model() *Model { return &f.head.model }

// Chunks returns the number of chunks.
func (f *File) Chunks() int { return len(f.chunks) }

// Chunk decodes chunk k, counted from 0.
func (f *File) Chunk(ctx context.Context, k int) (*Chunk, error) {
	if k < 0 || k >= len(f.chunks) {
		return nil, errors.Errorf("want a chunk from 0 to %d, got %d", len(f.chunks)-1, k)
	}
	c, err := f.load(ctx, k)
	if err == nil {
		if err = c.lost; err == nil {
			err = c.complete(ctx, f.Model())
		}
	}
	if err != nil {
		return nil, err
	}
	return &c.Chunk, nil
}

// Image returns the bytes of image i, (height, width, channels).
func (f *File) Image(ctx context.Context, i int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, at, err := f.find(ctx, i)
	if err == nil {
		err = c.lost
	}
	if err != nil {
		return nil, err
	}
	m := f.Model()
	n := m.Size.Numbers()
	if c.used++; c.used == 1 && c.Pixels == nil { // perhaps no other image of the chunk is wanted
		pixels := make([]byte, n)
		return pixels, m.decodeIntegers(ctx, pixels, c.codes[at*m.Latents():][:m.Latents()])
	}
	if err := c.complete(ctx, m); err != nil {
		return nil, err
	}
	return slices.Clone(c.Pixels[at*n:][:n]), nil
}

// Name returns the name of image i, or "" if it has none.
func (f *File) Name(ctx context.Context, i int) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, at, err := f.find(ctx, i)
	if err == nil && c.Names == nil {
		err = c.text
	}
	if err != nil || c.Names == nil {
		return "", err
	}
	return c.Names[at], nil
}

// Label returns the label of image i, or -1 if it has none.
func (f *File) Label(ctx context.Context, i int) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, at, err := f.find(ctx, i)
	if err == nil && c.Labels == nil {
		err = c.text
	}
	if err != nil || c.Labels == nil {
		return -1, err
	}
	return c.Labels[at], nil
}

// find returns the chunk with image i, and the image's place in it. The caller has locked f.
func (f *File) find(ctx context.Context, i int) (*loaded, int, error) {
	if i < 0 || i >= f.len {
		return nil, 0, errors.Errorf("want an image from 0 to %d, got %d", f.len-1, i)
	}
	k := sort.Search(len(f.chunks), func(k int) bool { return f.chunks[k].first+f.chunks[k].count > i })
	if i < f.chunks[k].first {
		return nil, 0, &DamageError{k, f.chunks[k].offset, errors.Errorf("image %d is lost", i)}
	}
	if f.last.number != k {
		c, err := f.load(ctx, k)
		if err != nil {
			return nil, 0, err
		}
		f.last = *c
	}
	return &f.last, i - f.chunks[k].first, nil
}

// load reads chunk k. It does not decode its images.
func (f *File) load(ctx context.Context, k int) (*loaded, error) {
	e := f.chunks[k]
	r := *f.head
	r.scan = newScanner(io.NewSectionReader(f.r, e.offset, e.size), e.offset)
	r.o.Inspect, r.next, r.chunk, r.reported, r.waiting = true, e.first, k, true, nil
	c := &loaded{number: k, Chunk: Chunk{First: e.first, Len: e.count}}
	for {
		sec, err := r.scan.next()
		if sec == nil {
			var damage *DamageError
			if err == io.EOF || errors.As(err, &damage) {
				if c.lost == nil {
					c.lost = &DamageError{k, e.offset, errors.New("want a chunk where the index has one, got none")}
				}
				if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
					return c, nil
				}
				continue
			}
			return nil, err
		}
		if err == nil {
			err = c.add(ctx, &r, sec)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if sec.kind != chunkType {
			if err != nil && c.text == nil {
				c.text = r.damaged(sec, err)
			}
			continue
		}
		if c.lost = nil; err != nil {
			c.lost = r.damaged(sec, err)
		}
		return c, nil
	}
}

// add reads a section of the chunk.
func (c *loaded) add(ctx context.Context, r *Reader, sec *section) error {
	switch sec.kind {
	case namesType:
		if first, names, err := readNames(sec.content, c.Len); err == nil && first == c.First && len(names) == c.Len {
			c.Names = names
		}
	case labelsType:
		if first, labels, err := readLabels(sec.content, c.Len); err == nil && first == c.First && len(labels) == c.Len {
			c.Labels = labels
		}
	case chunkType:
		first, count, payload, err := readChunkHead(sec.content, r.head.chunk)
		if err != nil {
			return err
		}
		if first != c.First || count != c.Len {
			return errors.Errorf("want images %d to %d, got others", c.First, c.First+c.Len-1)
		}
		c.codes, err = r.model.integers(ctx, payload, count)
		return err
	}
	return nil
}

// complete decodes all images of the chunk.
func (c *loaded) complete(ctx context.Context, m *Model) error {
	if c.Pixels != nil {
		return nil
	}
	pixels := make([]byte, c.Len*m.Size.Numbers())
	if err := m.decodeIntegers(ctx, pixels, c.codes); err != nil {
		return err
	}
	c.Pixels, c.codes = pixels, nil
	return nil
}
