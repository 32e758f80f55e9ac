package pytorch

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/weights"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// Fill gives all weights of an autoencoder the values of the state dictionary. Size is that of its images:
// a coloured image that the model takes as a vector is channel by channel in PyTorch. The map decides on
// weights that it names; the others are found by name, if all have the names that package weights gives
// them, else by shape and order. Fill returns what a user would not expect, in words. The error is a
// *MatchError if tensors and weights do not match; then no weight changes.
func (s *State) Fill(ae *autoencoder.Autoencoder, size images.Size, given Map) (notes []string, err error) {
	all, err := slots(ae, size)
	if err != nil {
		return nil, err
	}
	f := &filler{state: s, given: given, values: map[*graph.Weight][]float32{}, used: map[string]bool{}}
	rest, err := f.named(all)
	if err != nil {
		return nil, errors.WithMessagef(err, "cannot import %s", s.Path)
	}
	modules := slices.DeleteFunc(s.modules(), func(m *module) bool {
		maps.DeleteFunc(m.parts, func(_ string, t tensor) bool { return f.used[t.name] })
		return len(m.parts) == 0
	})
	if heads := mergeHeads(rest, modules); heads != nil {
		modules = heads
		f.note("the means and log-variances of the code are two layers in the file, and one here")
	}
	found, failed := match(rest, modules)
	if failed != nil {
		failed.path, failed.found, failed.all, failed.given = s.Path, found, all, given
		return nil, failed
	}
	for _, slot := range rest {
		if err := f.fill(slot, found[slot]); err != nil {
			return nil, errors.WithMessagef(err, "cannot import %s: %s", s.Path, slot.node.Name())
		}
	}
	return f.notes, errors.WithMessagef(f.set(all), "cannot import %s", s.Path)
}

// filler collects the values of weights.
type filler struct {
	state  *State
	given  Map
	values map[*graph.Weight][]float32 // in PyTorch's layout
	used   map[string]bool             // tensors that the map names
	notes  []string
}

func (f *filler) note(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

// named fills the slots that the map names, and returns the others.
func (f *filler) named(all []*slot) (rest []*slot, err error) {
	names := map[string]bool{}
	for _, s := range all {
		mapped := false
		for _, p := range s.parts {
			names[p.Weight.Name] = true
			_, ok := f.given.weights[p.Weight.Name]
			mapped = mapped || ok
		}
		if !mapped {
			rest = append(rest, s)
			continue
		}
		m, err := f.mapped(s)
		if err == nil {
			err = f.fill(s, m)
		}
		if err != nil {
			return nil, errors.WithMessage(err, s.node.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.given.weights)) {
		if !names[name] {
			return nil, errors.Errorf("want a map of the model's weights %s, got %q in it", strings.Join(slices.Sorted(maps.Keys(names)), ", "), name)
		}
	}
	return rest, nil
}

// mapped returns a module made of the tensors that the map names for a slot.
func (f *filler) mapped(s *slot) (*module, error) {
	m := &module{name: "map", parts: map[string]tensor{}}
	beside := ""
	for _, p := range s.parts {
		names, ok := f.given.weights[p.Weight.Name]
		if !ok || names == nil {
			continue
		}
		t, err := f.join(names)
		if err != nil {
			return nil, err
		}
		m.parts[p.Local] = t
		if prefix, found := strings.CutSuffix(names[0], "."+primary); found && len(names) == 1 && p.Local == primary {
			beside = prefix
		}
	}
	for _, p := range s.parts {
		name := beside + "." + p.Local
		t, there := f.state.tensor(name)
		if _, ok := f.given.weights[p.Weight.Name]; !ok && there && beside != "" && slices.Equal(t.shape, p.Shape) {
			m.parts[p.Local] = t
			f.used[t.name] = true
		}
	}
	for _, p := range s.parts {
		_, ok := m.parts[p.Local]
		if names, asked := f.given.weights[p.Weight.Name]; !ok && !(asked && names == nil) {
			return nil, errors.Errorf("want %s in the map too, or null for zeros, got none, and no tensor of its shape beside that of the kernel", p.Weight.Name)
		}
	}
	return m, nil
}

// join returns the tensors of some names, joined along their first axis.
func (f *filler) join(names []string) (joined tensor, err error) {
	for i, name := range names {
		t, ok := f.state.tensor(name)
		if ok {
			f.used[t.name] = true
		} else if plain, is := strings.CutSuffix(name, transposed); is {
			if t, ok = f.state.tensor(plain); ok && len(t.shape) == 2 {
				f.note("a kernel begins with the numbers of %s transposed; the two are trained apart from now on", plain)
				t = t.transposed()
			} else {
				ok = false
			}
		}
		switch {
		case !ok:
			return joined, errors.Errorf("want the names of tensors in the file, got %q: it has %s", name, f.state.list())
		case i == 0:
			joined = tensor{t.name, slices.Clone(t.shape), slices.Clone(t.data)}
		case len(t.shape) == 0 || !slices.Equal(t.shape[1:], joined.shape[1:]):
			return joined, errors.Errorf("want tensors that differ in their first axis alone, got shape %v of %s and %v of %s", graph.Shape(joined.shape), names[0], graph.Shape(t.shape), name)
		default:
			joined.shape[0] += t.shape[0]
			joined.data = append(joined.data, t.data...)
		}
	}
	return joined, nil
}

// tensor finds a tensor by its name in the file, or by one that shares its numbers, without wrappers if need be.
func (s *State) tensor(name string) (tensor, bool) {
	if t, ok := s.tensors[name]; ok {
		return t, true
	}
	if kept, ok := s.aliases[name]; ok {
		t := s.tensors[kept]
		t.name = name
		return t, true
	}
	for _, full := range slices.Sorted(maps.Keys(s.tensors)) { // two may have the name without their wrappers
		if unwrapped(full) == name {
			return s.tensors[full], true
		}
	}
	return tensor{}, false
}

// list returns the names of tensors for a message.
func (s *State) list() string {
	const most = 12
	names := slices.SortedFunc(maps.Keys(s.tensors), natural)
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += ", ..."
	}
	return text
}

func (t tensor) transposed() tensor {
	rows, columns := t.shape[0], t.shape[1]
	data := make([]float32, len(t.data))
	for i := range rows {
		for j := range columns {
			data[j*rows+i] = t.data[i*columns+j]
		}
	}
	return tensor{t.name, []int{columns, rows}, data}
}

// fill takes a slot's values from a module.
func (f *filler) fill(s *slot, m *module) error {
	for _, p := range s.parts {
		t, ok := m.parts[p.Local]
		switch {
		case ok && !slices.Equal(t.shape, p.Shape):
			return errors.Errorf("want shape %v for %s, got %v of %s", graph.Shape(p.Shape), p.Weight.Name, graph.Shape(t.shape), t.name)
		case ok:
			f.values[p.Weight] = t.data
			continue
		case p.Local == primary && s.find("running_mean") == nil && s.kind() != "" && len(p.Shape) > 1:
			return errors.Errorf("want a tensor for %s, got none", p.Weight.Name)
		case p.Local == "running_mean" || p.Local == "running_var":
			return errors.Errorf("want averages for %s, got a norm that keeps none (track_running_stats=False)", p.Weight.Name)
		}
		f.values[p.Weight] = make([]float32, p.Weight.Shape.Size())
		if p.Local == primary {
			for i := range f.values[p.Weight] {
				f.values[p.Weight][i] = 1 // affine=False
			}
		} else if _, asked := f.given.weights[p.Weight.Name]; !asked {
			f.note("%s is zero: %s has none in the file", p.Weight.Name, m.name)
		}
	}
	if m.shared {
		f.note("%s begins with the numbers that it shares with another layer in PyTorch; the two are trained apart from now on", s.node.Name())
	}
	return f.fold(s, m)
}

// fold moves the bias of a layer that has none here into the means of the norm that follows: a norm takes
// away what a bias adds.
func (f *filler) fold(s *slot, m *module) error {
	b, ok := m.parts["bias"]
	if !ok || s.find("bias") != nil {
		return nil
	}
	if s.norm == nil || len(b.data) != s.norm.find("running_mean").Weight.Shape.Size() {
		return errors.Errorf("want no bias, which the layer lacks, got %s", b.name)
	}
	if s.norm.bias != nil {
		return errors.Errorf("want one bias before a norm, got %s as well", b.name)
	}
	s.norm.bias = b.data
	f.note("the bias %s is taken off the means of %s: the layer has none, and a norm would take it away", b.name, s.norm.node.Name())
	return nil
}

// set gives the weights their values, if all of them are numbers.
func (f *filler) set(all []*slot) error {
	own := map[*graph.Weight][]float32{}
	for _, s := range all {
		for _, p := range s.parts {
			values, err := f.convert(s, p)
			if err != nil {
				return err
			}
			own[p.Weight] = values
		}
	}
	for w, values := range own {
		if err := w.Set(values); err != nil {
			return err
		}
	}
	return nil
}

// convert returns the values of a weight in our layout.
func (f *filler) convert(s *slot, p weights.Tensor) ([]float32, error) {
	values := f.values[p.Weight]
	if p.Local == "running_mean" && s.bias != nil {
		values = slices.Clone(values)
		for i, b := range s.bias {
			values[i] -= b
		}
	}
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errors.Errorf("%s: want finite numbers, got %v", p.Weight.Name, v)
		}
		if p.Local == "running_var" && v < 0 {
			return nil, errors.Errorf("%s: want variances of 0 or more, got %v", p.Weight.Name, v)
		}
	}
	return p.Own(values)
}
