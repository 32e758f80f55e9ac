package graph

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/reduce"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// Keys of the metadata that this package writes into a file.
const (
	reserved        = "gorgonae." // the beginning of all keys
	formatKey       = reserved + "format"
	architectureKey = reserved + "architecture"
	rolesKey        = reserved + "roles" // a JSON object from role to model name; files of the first version have none

	format = 1 // the version that this program writes, and the newest that it reads

	extraPrefix = "extra/"
)

// Tensor is a named array.
type Tensor = safetensors.Tensor

// File is the content of a model file. A model file is a safetensors file: it holds the weights by
// name, and in its metadata the architecture, the roles of parts and the version of the format. So
// it can be read without the code that built the model, and any tool that reads safetensors can
// read its weights. docs/model-file.md describes it.
type File struct {
	Model *Model
	Meta  map[string]string // metadata of the caller; no key begins with "gorgonae."
	Extra []Tensor          // arrays of the caller beside the weights; in the file their names begin with "extra/"
}

// Encode writes the file to w. It refuses models and extras with values that are not finite.
func (f *File) Encode(w io.Writer) error {
	s, err := f.encode()
	if err != nil {
		return err
	}
	return safetensors.Write(w, s)
}

// Write writes the file to a path, atomically: if it fails, an older file stays. It refuses what
// Encode refuses.
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
			return nil, errors.Errorf("want keys of metadata without the reserved beginning %q, got %q", reserved, key)
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
			return nil, errors.Errorf("%s: want finite numbers, got NaN or infinity", t.Name)
		}
	}
	return s, nil
}

// Decode reads what Encode or Write wrote, to the end of r. Layer kinds of other packages must have
// been registered. Mistakes in the file are a FormatError, an UnsupportedError or a VersionError.
func Decode(r io.Reader) (*File, error) {
	s, err := safetensors.Read(r, -1)
	if err != nil {
		return nil, typedRead(err)
	}
	f, err := decodeFile(s)
	return f, typed(err)
}

// ReadFile reads a model file, as Decode does.
func ReadFile(path string) (*File, error) {
	s, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, typedRead(err)
	}
	f, err := decodeFile(s)
	return f, errors.WithMessagef(typed(err), "cannot read %s", path)
}

func decodeFile(s *safetensors.File) (*File, error) {
	text, ok := s.Metadata[architectureKey]
	if !ok {
		return nil, errors.New("want a model file, got one with no architecture: load its weights into a model with LoadWeights")
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
		return errors.Errorf("want a positive number as the format version, got %.60q", text)
	}
	if v > format {
		return VersionError{v, format}
	}
	return nil
}

// LoadWeights gives the model's weights the values in a safetensors file, which may come from
// another program. The file's tensors must have exactly the names and shapes of the weights.
// Tensors whose names begin with "extra/" are ignored. On an error the weights keep their values.
func (m *Model) LoadWeights(path string) error {
	if m.err != nil {
		return m.err
	}
	s, err := safetensors.ReadFile(path)
	if err != nil {
		return typedRead(err)
	}
	if err = checkFormat(s); err == nil {
		_, err = m.setWeights(s)
	}
	return errors.WithMessagef(err, "cannot load weights from %s", path)
}

// LoadMatching gives those weights of the model the values in a safetensors file that have the names
// and shapes of its tensors. It returns what did not fit, in words: weights without values, which keep
// theirs, and tensors that are not used. It is an error if nothing fits.
func (m *Model) LoadMatching(path string) (unfit []string, err error) {
	if m.err != nil {
		return nil, m.err
	}
	s, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, typedRead(err)
	}
	values := map[string]safetensors.Tensor{}
	for _, t := range s.Tensors {
		if !strings.HasPrefix(t.Name, extraPrefix) {
			values[t.Name] = t
		}
	}
	fits := 0
	for _, w := range m.weights {
		t, ok := values[w.Name]
		delete(values, w.Name)
		switch {
		case !ok:
			unfit = append(unfit, w.Name+" is not in the file")
		case !w.Shape.Equal(t.Shape):
			unfit = append(unfit, fmt.Sprintf("%s has shape %v in the file, want %v", w.Name, Shape(t.Shape), w.Shape))
		case !reduce.AllFinite(t.Data):
			return nil, errors.Errorf("cannot load weights from %s: %s: want finite numbers, got NaN or infinity", path, w.Name)
		default:
			fits++
			w.alloc()
			copy(w.Data, t.Data)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		unfit = append(unfit, name+" of the file is not used")
	}
	if fits == 0 {
		return nil, errors.Errorf("cannot load weights from %s: want at least one weight that fits the model by name and shape, got none: %s", path, strings.Join(unfit[:min(len(unfit), 3)], "; "))
	}
	return unfit, nil
}

// setWeights checks all tensors, then copies the weights' values from them. It returns the extra
// tensors.
func (m *Model) setWeights(s *safetensors.File) (extra []Tensor, err error) {
	wanted := map[string]*Weight{}
	for _, w := range m.weights {
		wanted[w.Name] = w
	}
	values := map[*Weight][]float32{}
	for _, t := range s.Tensors {
		if !reduce.AllFinite(t.Data) {
			return nil, errors.Errorf("%s: want finite numbers, got NaN or infinity", t.Name)
		}
		w, name := wanted[t.Name], t.Name
		switch {
		case w != nil && !w.Shape.Equal(t.Shape):
			return nil, errors.Errorf("%s: want shape %v, got %v", t.Name, w.Shape, Shape(t.Shape))
		case w != nil:
			values[w] = t.Data
		case strings.HasPrefix(name, extraPrefix):
			t.Name = strings.TrimPrefix(name, extraPrefix)
			extra = append(extra, t)
		default:
			return nil, errors.Errorf("want tensors of the weights %s alone, got %s", strings.Join(slices.Sorted(maps.Keys(wanted)), ", "), t.Name)
		}
	}
	for _, w := range m.weights {
		if values[w] == nil {
			return nil, errors.Errorf("want a tensor for each weight, %s is missing", w.Name)
		}
	}
	m.Change(func() {
		for w, v := range values {
			w.alloc()
			copy(w.Data, v)
		}
	})
	return extra, nil
}
