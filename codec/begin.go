package codec

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/pkg/errors"
)

// readHead reads a section of the file's beginning.
func (r *Reader) readHead() error {
	sec, err := r.scan.next()
	switch {
	case err == io.EOF:
		return &DamageError{-1, r.scan.offset, errors.Wrap(io.ErrUnexpectedEOF, "want the model of the file, got the end")}
	case err != nil && (sec == nil || critical(sec.kind)):
		return err
	}
	r.count(sec)
	if err != nil {
		r.waiting = append(r.waiting, err)
		return nil
	}
	if err := r.headSection(sec); err != nil {
		var missing *ModelMissingError
		if errors.As(err, &missing) {
			return err
		}
		return &FormatError{errors.WithMessagef(err, "section %q", sec.kind)}
	}
	return nil
}

// critical says if a reader must know a section's type.
func critical(kind byte) bool { return kind >= 'A' && kind <= 'Z' }

// headSection reads a section that precedes the chunks. The sections of the model come in the order
// in which they depend on each other.
func (r *Reader) headSection(sec *section) (err error) {
	m := &r.model
	switch k := sec.kind; {
	case k == headType && r.head.chunk == 0:
		r.head, err = readHead(sec.content)
	case k == classesType && r.classes == nil:
		r.classes, err = readClasses(sec.content)
	case k == metaType && r.meta == nil:
		r.meta, err = readMeta(sec.content)
	case k == networkType && r.head.chunk > 0 && m.network == nil && r.known != nil && !r.known.external && bytes.Equal(sec.content, r.known.network):
		m.network, m.Decoder = r.known.network, r.known.Decoder
	case (k == networkType || k == externalType) && r.head.chunk > 0 && m.network == nil:
		m.network = append(make([]byte, 0, len(sec.content)), sec.content...)
		if m.external = k == externalType; m.external {
			return r.findDecoder(sec.content)
		}
		m.Decoder, err = readNetwork(sec.content, r.o.MaxWeights)
	case k == modelType && r.head.chunk > 0 && m.network == nil:
		return r.findModel(sec.content)
	case k == quantType && m.network != nil && m.Quantizer.Step == nil && !r.info.ModelNamed:
		m.Quantizer, err = readQuantizer(sec.content, r.latents(sec.content))
	case k == priorType && m.Quantizer.Step != nil:
		m.Prior, err = readPrior(sec.content, m.Latents())
	case critical(k):
		return errors.New("want sections that this program knows, each in its place, got this one: update gorgonae")
	}
	return err
}

// latents returns the size of a code: from the decoder, or, if there is none, from the quantiser.
func (r *Reader) latents(content []byte) int {
	if r.model.Decoder != nil {
		return r.model.Decoder.In().Size()
	}
	c := cursor{data: content}
	return c.uint("latents", 1, limit.latents)
}

func readMeta(content []byte) (map[string]string, error) {
	c := cursor{data: content}
	text := c.text("metadata")
	if err := c.end(); err != nil {
		return nil, err
	}
	var meta map[string]string
	err := json.Unmarshal(text, &meta)
	return meta, errors.WithStack(err)
}

// ReadMeta returns the metadata of a file, or nil if it has none. It reads the file's beginning alone, up to
// them, and does not make the model. Errors are those of NewReader.
func ReadMeta(r io.Reader) (map[string]string, error) {
	if r == nil {
		return nil, errNoReader
	}
	if _, _, err := readHeader(r); err != nil {
		return nil, err
	}
	s := newScanner(r, int64(headerSize))
	for {
		sec, err := s.next()
		if err == io.EOF {
			return nil, &DamageError{-1, s.offset, errors.Wrap(io.ErrUnexpectedEOF, "want the model of the file, got the end")}
		}
		if err != nil {
			return nil, err
		}
		switch sec.kind {
		case metaType:
			meta, err := readMeta(sec.content)
			if err != nil {
				return nil, &FormatError{errors.WithMessagef(err, "section %q", sec.kind)}
			}
			return meta, nil
		case networkType, externalType, modelType:
			return nil, nil
		}
	}
}
