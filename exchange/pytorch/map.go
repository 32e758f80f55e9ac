package pytorch

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Map says which tensors of a state dictionary the weights of a model get their values from. Its JSON is an
// object from names of weights to names of tensors:
//
//	{"encoder/encoder_dense_1/kernel": "fc1.weight",
//	 "encoder/encoder_dense_2/kernel": ["fc_mu.weight", "fc_logvar.weight"],
//	 "decoder/decoder_dense_1/kernel": "fc1.weight.T",
//	 "decoder/decoder_dense_1/bias": null,
//	 "ignore": ["classifier.weight"]}
//
// Several tensors are joined along their first axis. A name with .T is a matrix transposed, for a decoder
// that shares the weights of its encoder. A bias or an offset that is null is zero. If only the kernel of a
// layer is named, the other weights are those beside its tensor: "fc1.bias". Tensors in "ignore" are left out.
type Map struct {
	weights map[string][]string // nil for null
	ignore  []string
	raw     map[string]any
}

const (
	ignoreKey  = "ignore"
	transposed = ".T"
	maxMap     = 16 << 20 // bytes of a map's file
)

// Ignores reports whether a tensor is left out.
func (m Map) Ignores(name string) bool { return slices.Contains(m.ignore, name) }

// ReadMap reads a map from a file.
func ReadMap(path string) (Map, error) {
	f, err := os.Open(path)
	if err != nil {
		return Map{}, errors.WithMessagef(atomicfile.Fault(err), "cannot read %s", path)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMap+1))
	if err == nil && len(text) > maxMap {
		err = errors.Errorf("want a map of at most %d bytes, got more", maxMap)
	}
	if err != nil {
		return Map{}, errors.WithMessagef(atomicfile.Fault(err), "cannot read %s", path)
	}
	m, err := ParseMap(text)
	return m, errors.WithMessagef(err, "cannot read %s", path)
}

// ParseMap reads a map from JSON.
func ParseMap(text []byte) (Map, error) {
	m := Map{weights: map[string][]string{}, raw: map[string]any{}}
	d := json.NewDecoder(bytes.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return Map{}, errors.Errorf("want a JSON object from names of weights to names of tensors, got %.40q", text)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return Map{}, errors.Wrap(err, "want JSON")
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return Map{}, errors.Wrapf(err, "value of %.60q", key)
		}
		if err := m.add(key.(string), value); err != nil {
			return Map{}, err
		}
	}
	if _, err := d.Token(); err != nil {
		return Map{}, errors.Wrap(err, "want whole JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return Map{}, errors.New("want one JSON object, got more behind it")
	}
	return m, nil
}

// add adds an entry.
func (m *Map) add(key string, value any) error {
	if _, ok := m.raw[key]; ok {
		return errors.Errorf("want each name once, got %.60q twice", key)
	}
	var names []string
	switch v := value.(type) {
	case nil:
	case string:
		names = []string{v}
	case []any:
		for _, n := range v {
			name, ok := n.(string)
			if !ok {
				return errors.Errorf("%.60q: want names of tensors, got %v", key, n)
			}
			names = append(names, name)
		}
	default:
		return errors.Errorf("%.60q: want the name of a tensor, a list of names, or null, got %v", key, value)
	}
	switch {
	case key == ignoreKey:
		m.ignore = names
	case slices.Contains(names, ""):
		return errors.Errorf("%.60q: want the name of a tensor, got an empty one: fill in the template", key)
	case value != nil && len(names) == 0:
		return errors.Errorf("%.60q: want one or more names, got none", key)
	default:
		m.weights[key] = names
	}
	m.raw[key] = value
	return nil
}
