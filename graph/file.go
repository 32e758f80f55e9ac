package graph

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/reduce"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// What this package writes into a file's metadata.
const (
	reserved        = "gorgonae." // how the keys begin
	formatKey       = reserved + "format"
	architectureKey = reserved + "architecture"
	rolesKey        = reserved + "roles" // a JSON object from role to model name; files of the first version have none

	format = 1 // the newest that this program reads, and what it writes

	extraPrefix = "extra/"
)

// Tensor is a named array.
type Tensor = safetensors.Tensor

// File is a model as it is kept on disk: a safetensors file with the weights by name, and the architecture and the
// format's version in its metadata, so that it can be read without the code that built it, and its weights by any tool
// that reads safetensors.
type File struct {
	Model *Model
	Meta  map[string]string // what else is to be known of the model; keys do not begin with "gorgonae."
	Extra []Tensor          // what else is to be kept beside the weights; in the file their names begin with "extra/"
}

// Write writes the file, atomically: where it fails, an older file stays. A model whose weights or extras are not all
// finite is refused.
func (f *File) Write(path string) error {
	s, err := f.encode()
	if err != nil {
		return errors.WithMessagef(err, "cannot write %s", path)
	}
	return safetensors.WriteFile(path, s)
}

func (f *File) encode() (*safetensors.File, error) {
	if err := f.Model.Ready(); err != nil {
		return nil, err
	}
	arch, err := f.Model.Architecture()
	if err != nil {
		return nil, err
	}
	s := &safetensors.File{Metadata: map[string]string{}}
	for key, value := range f.Meta {
		if strings.HasPrefix(key, reserved) {
			return nil, errors.Errorf("the key %q of its metadata begins with %q, which is reserved", key, reserved)
		}
		s.Metadata[key] = value
	}
	s.Metadata[formatKey], s.Metadata[architectureKey] = strconv.Itoa(format), string(arch)
	if len(f.Model.parts) > 0 {
		if s.Metadata[rolesKey], err = f.Model.encodeRoles(); err != nil {
			return nil, err
		}
	}
	for _, w := range f.Model.weights {
		s.Tensors = append(s.Tensors, Tensor{Name: w.Name, Shape: w.Shape, Data: w.Data})
	}
	for _, t := range f.Extra {
		t.Name = extraPrefix + t.Name
		s.Tensors = append(s.Tensors, t)
	}
	for _, t := range s.Tensors {
		if !reduce.AllFinite(t.Data) {
			return nil, errors.Errorf("%s holds NaN or infinity", t.Name)
		}
	}
	return s, nil
}

// ReadFile reads what Write wrote. Layers of kinds from outside this package must have been registered.
func ReadFile(path string) (*File, error) {
	s, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := decodeFile(s)
	return f, errors.WithMessagef(err, "cannot read %s", path)
}

func decodeFile(s *safetensors.File) (*File, error) {
	text, ok := s.Metadata[architectureKey]
	if !ok {
		return nil, errors.New("it holds no architecture: its weights can only be loaded into a model that is there already")
	}
	if err := checkFormat(s); err != nil {
		return nil, err
	}
	m, err := ReadArchitecture([]byte(text))
	if err != nil {
		return nil, err
	}
	if roles, ok := s.Metadata[rolesKey]; ok {
		if err := m.decodeRoles(roles); err != nil {
			return nil, err
		}
	}
	extra, err := m.setWeights(s)
	if err != nil {
		return nil, err
	}
	f := &File{Model: m, Meta: map[string]string{}, Extra: extra}
	for key, value := range s.Metadata {
		if !strings.HasPrefix(key, reserved) {
			f.Meta[key] = value
		}
	}
	return f, nil
}

func checkFormat(s *safetensors.File) error {
	text, ok := s.Metadata[formatKey]
	if !ok {
		return nil // another program's file
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 {
		return errors.Errorf("its format version is %q, want a positive number", text)
	}
	if v > format {
		return errors.Errorf("its format version is %d, this gorgonae reads up to %d: update gorgonae", v, format)
	}
	return nil
}

// LoadWeights gives the model's weights the values of a safetensors file, which may come from another program: its
// tensors must have the names and shapes of the weights, no more and no less. On an error the weights stay as they
// were.
func (m *Model) LoadWeights(path string) error {
	if m.err != nil {
		return m.err
	}
	s, err := safetensors.ReadFile(path)
	if err != nil {
		return err
	}
	if err = checkFormat(s); err == nil {
		_, err = m.setWeights(s)
	}
	return errors.WithMessagef(err, "cannot load weights from %s", path)
}

// setWeights checks all tensors before it takes any, and returns the extra ones.
func (m *Model) setWeights(s *safetensors.File) (extra []Tensor, err error) {
	wanted := map[string]*Weight{}
	for _, w := range m.weights {
		wanted[w.Name] = w
	}
	values := map[*Weight][]float32{}
	for _, t := range s.Tensors {
		if !reduce.AllFinite(t.Data) {
			return nil, errors.Errorf("%s holds NaN or infinity", t.Name)
		}
		w, name := wanted[t.Name], t.Name
		switch {
		case w != nil && !w.Shape.Equal(t.Shape):
			return nil, errors.Errorf("%s has shape %v, the model wants %v", t.Name, Shape(t.Shape), w.Shape)
		case w != nil:
			values[w] = t.Data
		case strings.HasPrefix(name, extraPrefix):
			t.Name = strings.TrimPrefix(name, extraPrefix)
			extra = append(extra, t)
		default:
			return nil, errors.Errorf("%s is no weight of the model, whose weights are %s", t.Name, strings.Join(slices.Sorted(maps.Keys(wanted)), ", "))
		}
	}
	for _, w := range m.weights {
		if values[w] == nil {
			return nil, errors.Errorf("%s is missing", w.Name)
		}
	}
	for w, v := range values {
		w.alloc()
		copy(w.Data, v)
	}
	return extra, nil
}
