package codec

import (
	"context"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// ReadOptions are the settings of reading. The zero value reads files that hold their decoder.
type ReadOptions struct {
	// Decoder is the decoder network of a file that names it by its Fingerprint. A decoder that
	// belongs to a registered model need not be given.
	Decoder *graph.Model

	// Model is the model of a file that names it by its Fingerprint. A registered model need not be
	// given.
	Model *Model

	// MaxWeights, if it is not 0, is how many weights the decoder in a file may have. Weights that compress
	// well take up to 256 times the memory of their section; a program that reads files of strangers should
	// set it.
	MaxWeights int

	// Inspect reads a file without its decoder or model. Images are not decoded, only names, labels
	// and Info are there.
	Inspect bool
}

// Chunk is some images of a file. Names are not checked: before a file gets such a name, check it
// with filepath.IsLocal.
type Chunk struct {
	First  int      // the number of its first image in the file
	Len    int      // how many images there are
	Pixels []byte   // (Len, height, width, channels); nil with ReadOptions.Inspect
	Names  []string // nil if the images have no names
	Labels []int    // -1 for none; nil if the images have no labels

	payload []byte // until the next call of Next, with ReadOptions.Inspect
}

// Reader reads a file from its beginning to its end, chunk by chunk. Only one goroutine may use it.
type Reader struct {
	scan    *scanner
	o       ReadOptions
	head    head
	model   Model
	classes []string
	meta    map[string]string
	info    Info

	next     int // the number of the first image that is not yet decoded
	chunk    int // the number of the next chunk
	names    []string
	labels   []int
	nameOf   int // the number of the image that has the first of names
	labelOf  int
	reported bool // the images from next on may be lost, and that was reported
	total    int  // number of images by the index; -1: unknown
	ended    bool // the last section was read
	done     bool // there is nothing more to read
	waiting  []error
	known    *Model // whose decoder the file may have, or nil
}

// NewReader reads the beginning of a file: what describes its images, and the model. It reads ahead
// of what it needs. Errors in the file are a *FormatError, a *VersionError, a *DamageError or a
// *ModelMissingError.
func NewReader(r io.Reader, o ReadOptions) (*Reader, error) { return newReader(r, o, nil) }

// newReader is NewReader. known may be a model whose decoder the file has, too: then it is not made again.
func newReader(r io.Reader, o ReadOptions, known *Model) (*Reader, error) {
	if r == nil {
		return nil, errNoReader
	}
	z := &Reader{o: o, total: -1, known: known}
	var err error
	if z.info.Format, z.info.Arithmetic, err = readHeader(r); err != nil {
		return nil, err
	}
	z.info.Bytes.Frame, z.info.Bytes.Total = int64(headerSize), int64(headerSize)
	z.scan = newScanner(r, int64(headerSize))
	for z.model.Prior == nil && !z.info.ModelNamed {
		if err := z.readHead(); err != nil {
			return nil, err
		}
	}
	z.model.Size = z.head.size
	z.info.Size, z.info.Chunk, z.info.Latents = z.head.size, z.head.chunk, z.model.Latents()
	if z.model.Prior == nil { // the model is missing, and is not wanted
		return z, nil
	}
	if most := fullChunk(z.head.size, z.model.Latents()); z.head.chunk > most {
		return nil, wrong("want chunks of at most %d images of this size, got %d", most, z.head.chunk)
	}
	if err := z.model.check(); err != nil {
		return nil, &FormatError{err}
	}
	return z, nil
}

// count counts the bytes of a section.
func (r *Reader) count(sec *section) {
	*r.info.Bytes.of(sec.kind) += sec.size
	r.info.Bytes.Total += sec.size
}

// Size returns the size of the images.
func (r *Reader) Size() images.Size { return r.head.size }

// Classes returns the names of the classes, or nil.
func (r *Reader) Classes() []string { return r.classes }

// Meta returns the metadata of the file, or nil.
func (r *Reader) Meta() map[string]string { return r.meta }

// Model returns the file's model, which has no encoder.
func (r *Reader) Model() *Model { return &r.model }

// Info returns numbers of what was read so far: of the whole file after Next has returned io.EOF.
func (r *Reader) Info() Info { return r.info }

// Next returns the next chunk. At the end of the file it returns io.EOF. A *DamageError says what
// was lost: then the next call goes on behind it. A chunk behind lost ones has a greater First than
// expected. After any other error, except one of the context, all calls return io.EOF or an error.
func (r *Reader) Next(ctx context.Context) (*Chunk, error) {
	for !r.done {
		if len(r.waiting) > 0 {
			err := r.waiting[0]
			r.waiting = r.waiting[1:]
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := r.step(ctx)
		if c != nil || err != nil {
			return c, err
		}
	}
	return nil, io.EOF
}

// step reads one section.
func (r *Reader) step(ctx context.Context) (*Chunk, error) {
	sec, err := r.scan.next()
	if sec == nil {
		return nil, r.stop(err)
	}
	r.count(sec)
	if err != nil {
		return nil, r.damaged(sec, err)
	}
	if r.ended {
		return nil, r.damaged(sec, errors.New("want the end of the file, got another section"))
	}
	switch sec.kind {
	case chunkType:
		return r.readChunk(ctx, sec)
	case namesType:
		r.nameOf, r.names, err = readNames(sec.content, r.head.chunk)
	case labelsType:
		r.labelOf, r.labels, err = readLabels(sec.content, r.head.chunk)
	case indexType:
		var entries []entry
		entries, err = readIndex(sec.content, r.head.chunk, sec.offset)
		r.total = 0
		if n := len(entries); n > 0 {
			r.total = entries[n-1].first + entries[n-1].count
		}
	case endType:
		r.ended = true
		return nil, r.missing(r.total, sec.offset)
	default:
		if critical(sec.kind) {
			r.done = true
			return nil, wrong("want a section that this program knows, got %q: update gorgonae", sec.kind)
		}
	}
	if err != nil {
		return nil, r.damaged(sec, err)
	}
	return nil, nil
}

// stop handles the end of the sections, or the loss of a section's header.
func (r *Reader) stop(err error) error {
	var damage *DamageError
	if errors.As(err, &damage) {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			r.done = true
			damage.Err = errors.WithMessage(damage.Err, "the file is cut off")
		}
		return err
	}
	r.done = true
	if err == io.EOF && !r.ended {
		return &DamageError{-1, r.scan.offset, errors.Wrap(io.ErrUnexpectedEOF, "the file is cut off: want its last section, got the end")}
	}
	return err
}

// damaged makes the error of a section whose content is damaged.
func (r *Reader) damaged(sec *section, err error) error {
	damage := &DamageError{Chunk: -1, Offset: sec.offset, Err: errors.WithMessagef(err, "section %q", sec.kind)}
	errors.As(err, &damage)
	if sec.kind == chunkType {
		damage.Chunk = r.chunk
		r.lose()
	}
	return damage
}

// lose passes over a damaged chunk.
func (r *Reader) lose() {
	r.chunk++
	r.info.Chunks++
	r.names, r.labels, r.reported = nil, nil, true
}

// missing returns an error if images before a number were not there, and if no error has reported
// it yet.
func (r *Reader) missing(first int, offset int64) error {
	if first <= r.next || r.reported {
		return nil
	}
	err := &DamageError{r.chunk, offset, errors.Errorf("images %d to %d are lost", r.next, first-1)}
	r.chunk++
	return err
}

// readChunk decodes a chunk.
func (r *Reader) readChunk(ctx context.Context, sec *section) (*Chunk, error) {
	first, count, payload, err := readChunkHead(sec.content, r.head.chunk)
	if err == nil && first < r.next {
		err = errors.Errorf("want an image from number %d on, got number %d", r.next, first)
	}
	if err != nil {
		return nil, r.damaged(sec, err)
	}
	c := &Chunk{First: first, Len: count}
	if r.nameOf == first && len(r.names) == count {
		c.Names = r.names
	}
	if r.labelOf == first && len(r.labels) == count {
		c.Labels = r.labels
	}
	if r.o.Inspect {
		c.payload = payload
	} else {
		if c.Pixels, err = r.model.decompress(ctx, payload, count); err != nil {
			if ctx.Err() != nil {
				r.done = true
				return nil, err
			}
			return nil, r.damaged(sec, err)
		}
	}
	if lost := r.missing(first, sec.offset); lost != nil {
		r.waiting = append(r.waiting, lost)
	}
	r.info.Bytes.split(len(payload))
	r.info.Chunks++
	r.info.Images += count
	r.chunk++
	r.next, r.names, r.labels, r.reported = first+count, nil, nil, false
	return c, nil
}

// decompress returns the images of a chunk.
func (m *Model) decompress(ctx context.Context, payload []byte, count int) ([]byte, error) {
	q, err := m.integers(ctx, payload, count)
	if err != nil {
		return nil, err
	}
	pixels := make([]byte, count*m.Size.Numbers())
	return pixels, m.decodeIntegers(ctx, pixels, q)
}

// integers returns the codes of a chunk.
func (m *Model) integers(ctx context.Context, payload []byte, count int) ([]int32, error) {
	if m.Prior == nil {
		return nil, errors.New("want a model, got a file that was opened without one: give its model")
	}
	q := make([]int32, count*m.Latents())
	return q, m.Prior.Decode(ctx, payload, q)
}
