package codec

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// A file may name its model, or its decoder network, by a fingerprint. image.Decode takes no model,
// so the models of a program are registered, as the formats of images are.

var registered struct {
	sync.RWMutex
	models   map[string]*Model
	decoders map[string]*graph.Model
}

// Register makes a model known to all readers in the program, also to image.Decode: they find the
// model of a file that names it by its Fingerprint, and the decoder of a file that names that. A
// model that was registered before stays. The model must not change any more.
func Register(m *Model) error {
	if m == nil || m.Decoder == nil || m.Prior == nil {
		return errors.New("want a model with a decoder and a prior, got one without: a file that does not hold its decoder must be opened with it")
	}
	if err := m.check(); err != nil {
		return err
	}
	registered.Lock()
	defer registered.Unlock()
	if registered.models == nil {
		registered.models, registered.decoders = map[string]*Model{}, map[string]*graph.Model{}
	}
	if print := m.Fingerprint(); registered.models[print] == nil {
		registered.models[print] = m
	}
	if print := hex.EncodeToString(m.network); m.external && registered.decoders[print] == nil {
		registered.decoders[print] = m.Decoder
	}
	return nil
}

// Fingerprint returns the SHA-256 of the model, in hex: of its sections as they stand in a file. It
// does not depend on the encoder. A model without a prior has none: "".
func (m *Model) Fingerprint() string {
	if m == nil || m.Prior == nil {
		return ""
	}
	h := sha256.New()
	h.Write(m.appendSections(nil)) // a hash never returns an error
	return hex.EncodeToString(h.Sum(nil))
}

// appendSections appends the sections of the model: decoder or its fingerprint, quantiser, prior.
func (m *Model) appendSections(dst []byte) []byte {
	dst = appendSection(dst, m.networkType(), m.network)
	dst = appendSection(dst, quantType, m.Quantizer.append(nil))
	return appendSection(dst, priorType, m.appendPrior())
}

func (m *Model) networkType() byte {
	if m.external {
		return externalType
	}
	return networkType
}

func (m *Model) appendPrior() []byte {
	return m.Prior.Append(binary.AppendUvarint(nil, uint64(m.Prior.Kind())))
}

// findModel takes the model that was given or registered, if it has the fingerprint in the file.
func (r *Reader) findModel(content []byte) error {
	want, err := r.fingerprint(content)
	if err != nil {
		return err
	}
	r.info.ModelNamed = true
	r.model.network = append([]byte(nil), content...)
	m, got := r.o.Model, ""
	if m != nil {
		if m.Prior == nil || m.Decoder == nil {
			return errors.New("want a model with a decoder and a prior, got one without")
		}
		got = m.Fingerprint()
	}
	if got != want {
		registered.RLock()
		m = registered.models[want]
		registered.RUnlock()
	}
	if m == nil {
		if r.o.Inspect {
			return nil
		}
		return &ModelMissingError{"model", want, got}
	}
	if m.Size != r.head.size {
		return errors.Errorf("want images of %v, as the model that the file names, got %v", m.Size, r.head.size)
	}
	r.model = Model{Decoder: m.Decoder, Quantizer: m.Quantizer, Prior: m.Prior, external: m.external, network: m.network}
	return nil
}

// findDecoder takes the decoder that was given or registered, if it has the fingerprint in the file.
func (r *Reader) findDecoder(content []byte) error {
	want, err := r.fingerprint(content)
	if err != nil {
		return err
	}
	got := ""
	if r.o.Decoder != nil {
		if got, err = Fingerprint(r.o.Decoder); err != nil {
			return err
		}
	}
	if got == want {
		r.model.Decoder = r.o.Decoder
		return nil
	}
	registered.RLock()
	r.model.Decoder = registered.decoders[want]
	registered.RUnlock()
	if r.model.Decoder == nil && !r.o.Inspect {
		return &ModelMissingError{"decoder", want, got}
	}
	return nil
}

// fingerprint returns the fingerprint in a section, in hex.
func (r *Reader) fingerprint(content []byte) (string, error) {
	if len(content) != sha256.Size {
		return "", errors.Errorf("want a fingerprint of %d bytes, got %d", sha256.Size, len(content))
	}
	r.info.External, r.info.Fingerprint = true, hex.EncodeToString(content)
	return r.info.Fingerprint, nil
}
