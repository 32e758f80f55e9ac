package codec

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// Writer writes a file. Only one goroutine may use it. After an error in writing, or one of the
// context, all calls return that error: the file is incomplete, and a reader finds the chunks that
// were written. An image that is refused is no such error.
type Writer struct {
	w       io.Writer
	model   *Model
	refined *refinement // nil if codes are not refined
	head    head
	o       Options
	info    Info
	entries []entry
	err     error
	closed  bool

	pixels []byte // of the images of the next chunk
	names  []string
	labels []int
	named  bool // one of the names is not empty
	marked bool // one of the labels is not -1
}

// NewWriter writes the beginning of a file: the model and what the options say. The model is one
// that Fit made.
func NewWriter(w io.Writer, m *Model, o Options) (*Writer, error) {
	if w == nil {
		return nil, errors.New("want a writer for the file, got nil")
	}
	if m == nil {
		return nil, errNoModel
	}
	if m.Encoder == nil || m.Decoder == nil {
		return nil, errors.New("want a model with an encoder and a decoder, got one without: use a model that Fit made")
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	most := fullChunk(m.Size, m.Latents())
	if p, ok := m.Prior.(bounded); ok {
		most = min(most, p.most())
	}
	if o.Chunk == 0 {
		o.Chunk = min(defaultChunk, most)
	}
	if o.Chunk < 1 || o.Chunk > most {
		return nil, errors.Errorf("want 1 to %d images in a chunk for this model, got %d", most, o.Chunk)
	}
	if err := selfTest(); err != nil {
		return nil, err
	}
	r, err := newRefinement(m, o.Effort)
	if err != nil {
		return nil, err
	}
	print := ""
	if o.NameModel {
		print = m.Fingerprint()
	} else if m.external {
		print = hex.EncodeToString(m.network)
	}
	z := newWriter(w, m, o, print)
	z.refined = r
	return z, z.writeHead()
}

// newWriter returns a writer for a model, of which nothing but what it writes need be there.
func newWriter(w io.Writer, m *Model, o Options, print string) *Writer {
	z := &Writer{w: w, model: m, o: o, head: head{m.Size, o.Chunk}}
	z.info = Info{Format: formatVersion, Arithmetic: arithmetic, Size: m.Size, Chunk: o.Chunk, Latents: m.Latents(),
		External: m.external || o.NameModel, ModelNamed: o.NameModel, Fingerprint: print}
	return z
}

// fullChunk returns how many images a chunk can have.
func fullChunk(s images.Size, latents int) int {
	return max(1, min(limit.chunk, limit.bytes/(s.Numbers()+4*latents)))
}

func (w *Writer) writeHead() error {
	m := w.model
	w.write(appendHeader(nil), &w.info.Bytes.Frame)
	w.section(headType, w.head.append(nil))
	if len(w.o.Classes) > 0 {
		w.section(classesType, appendClasses(nil, w.o.Classes))
	}
	if len(w.o.Meta) > 0 {
		text, err := json.Marshal(w.o.Meta)
		if err != nil {
			return errors.WithStack(err)
		}
		w.section(metaType, appendText(nil, text))
	}
	if w.o.NameModel {
		print, err := hex.DecodeString(w.info.Fingerprint)
		w.fail(errors.WithStack(err))
		w.section(modelType, print)
		return w.err
	}
	w.section(m.networkType(), m.network)
	w.section(quantType, m.Quantizer.append(nil))
	w.section(priorType, m.appendPrior())
	return w.err
}

// section writes a section and counts its bytes.
func (w *Writer) section(kind byte, content []byte) {
	if len(content) > limit.section {
		w.err = errors.Errorf("want sections of at most %d bytes, got %d for section %q: choose smaller chunks", limit.section, len(content), kind)
	}
	w.write(appendSection(nil, kind, content), w.info.Bytes.of(kind))
}

func (w *Writer) write(b []byte, count *int64) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(b)
	*count += int64(n)
	w.info.Bytes.Total += int64(n)
	w.err = errors.WithStack(err)
}

// Write adds an image: its bytes, (height, width, channels); its name, or ""; its label, or -1. It
// copies the bytes. A name is a path with slashes that stays below a folder, of at most 255 bytes
// without NUL. If there are classes, a label is the number of one of them.
func (w *Writer) Write(ctx context.Context, pixels []byte, name string, label int) error {
	switch {
	case w.model == nil:
		return errNoWriter
	case w.err != nil:
		return w.err
	case w.closed:
		return errors.New("want images before Close, got one after it")
	case len(pixels) != w.model.Size.Numbers():
		return errors.Errorf("want an image of %v, %d bytes, got %d bytes", w.model.Size, w.model.Size.Numbers(), len(pixels))
	case label < -1 || label > maxLabel:
		return errors.Errorf("want a label from -1 to %d, got %d", maxLabel, label)
	case len(w.o.Classes) > 0 && label >= len(w.o.Classes):
		return errors.Errorf("want a label of one of the %d classes, from -1 for none to %d, got %d", len(w.o.Classes), len(w.o.Classes)-1, label)
	}
	if err := CheckName(name); err != nil {
		return err
	}
	w.pixels = append(w.pixels, pixels...)
	w.names, w.named = append(w.names, name), w.named || name != ""
	w.labels, w.marked = append(w.labels, label), w.marked || label != -1
	if len(w.labels) == w.o.Chunk {
		w.fail(w.flush(ctx))
	}
	return w.err
}

func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// WriteAll adds all images of a source, with their labels. name returns the name of an image; nil
// stands for no names.
func (w *Writer) WriteAll(ctx context.Context, from images.Source, name func(i int) string) error {
	if from == nil {
		return errors.New("want a source of images, got nil")
	}
	if w.model == nil {
		return errNoWriter
	}
	if from.Size() != w.model.Size {
		return errors.Errorf("want images of %v, got %v", w.model.Size, from.Size())
	}
	read := pixelReader(from)
	for i := range from.Len() {
		pixels, err := read(i)
		if err != nil {
			return err
		}
		text := ""
		if name != nil {
			text = name(i)
		}
		if err := w.Write(ctx, pixels, text, from.Label(i)); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the images that were added as a chunk.
func (w *Writer) flush(ctx context.Context) error {
	count := len(w.labels)
	q, payload, err := w.model.compress(ctx, w.pixels, w.refined.told(w.o.Progress, w.info.Images))
	if err != nil {
		return err
	}
	if w.o.Measure {
		out := make([]byte, len(w.pixels))
		if err := w.model.decodeIntegers(ctx, out, q); err != nil {
			return err
		}
		w.info.squared += images.SquaredError(out, w.pixels)
	}
	names, labels := w.names, w.labels
	if !w.named {
		names = nil
	}
	if !w.marked {
		labels = nil
	}
	w.put(count, names, labels, payload)
	if w.o.Progress != nil {
		w.o.Progress(w.info.Images)
	}
	w.pixels, w.names, w.labels, w.named, w.marked = w.pixels[:0], w.names[:0], w.labels[:0], false, false
	return w.err
}

// put writes a chunk: the names and labels of its images, nil for none, and their codes.
func (w *Writer) put(count int, names []string, labels []int, payload []byte) {
	first := w.info.Images
	e := entry{first, count, w.info.Bytes.Total, 0}
	if names != nil {
		w.section(namesType, appendNames(nil, first, names))
	}
	if labels != nil {
		w.section(labelsType, appendLabels(nil, first, labels))
	}
	head := appendChunkHead(nil, first, count, w.o.Chunk)
	w.section(chunkType, append(head, payload...))
	w.info.Bytes.split(len(payload))
	e.size = w.info.Bytes.Total - e.offset
	w.entries = append(w.entries, e)
	w.info.Images += count
	w.info.Chunks++
}

// compress returns the codes of images, and their bytes. refined may be nil.
func (m *Model) compress(ctx context.Context, pixels []byte, refined *refinement) ([]int32, []byte, error) {
	z, err := m.encode(ctx, pixels)
	if err != nil {
		return nil, nil, err
	}
	q := make([]int32, len(z))
	m.Quantizer.Quantize(q, z)
	if refined != nil {
		if err := refined.improve(ctx, q, z, pixels); err != nil {
			return nil, nil, err
		}
	}
	payload, err := m.Prior.Encode(ctx, q)
	return q, payload, err
}

// Close writes what is left: the last chunk, the index and the end. It does not close the writer
// below.
func (w *Writer) Close(ctx context.Context) error {
	if w.model == nil {
		return errNoWriter
	}
	if w.err != nil || w.closed {
		return w.err
	}
	if len(w.labels) > 0 {
		if w.fail(w.flush(ctx)); w.err != nil {
			return w.err
		}
	}
	at := w.info.Bytes.Total
	w.section(indexType, appendIndex(nil, w.entries, w.o.Chunk))
	w.section(endType, appendEnd(at))
	w.closed = true
	return w.err
}

// appendEnd returns the content of the last section: the offset of the index.
func appendEnd(index int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(index)) }

// Info returns numbers of what was written so far.
func (w *Writer) Info() Info { return w.info }
