package keras

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/hdf5"
)

// state is the state of an optimizer as a file holds it.
type state struct {
	name    string // of the optimizer, such as "adam_1"; "" if the file does not say
	steps   uint64
	rate    float32 // 0: the file does not say
	moments []moment
}

// moment is an array that the optimizer keeps for a variable.
type moment struct {
	name   string // "" if the file gives no names
	shape  []int
	values func() ([]float32, error)
}

// readState reads the optimizer's state of a .weights.h5 file, or returns nil if there is none. Keras 3
// numbers the arrays: the steps, then the learning rate unless a schedule makes it, then what belongs to the
// variables.
func readState(root *hdf5.Group) (*state, error) {
	g, err := root.Group("optimizer/vars")
	if errors.Is(err, hdf5.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := &state{}
	if v, err := g.Attr("name"); err == nil {
		s.name, _ = v.Text() // a name that is no text says nothing
	}
	for i := range g.Names() {
		d, err := g.Dataset(strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		if err := s.add("", d, i == 0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// readNamedState reads the optimizer's state of a whole-model .h5 file, or returns nil if there is none.
func readNamedState(root *hdf5.Group) (*state, error) {
	if !root.Has("optimizer_weights") {
		return nil, nil
	}
	g, err := root.Group("optimizer_weights")
	if err != nil {
		return nil, err
	}
	all, err := texts(g, "weight_names")
	if err != nil {
		return nil, err
	}
	s := &state{}
	for _, name := range all {
		d, err := g.Dataset(name)
		if err != nil {
			return nil, err
		}
		last := lastName(name)
		if err := s.add(name, d, strings.HasPrefix(last, "iter")); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// add adds an array. One without axes is the number of steps or the learning rate.
func (s *state) add(name string, d *hdf5.Dataset, steps bool) error {
	if len(d.Shape()) > 0 {
		size := graph.Shape(d.Shape()).Size()
		s.moments = append(s.moments, moment{name, d.Shape(), func() ([]float32, error) { return d.Floats(size) }})
		return nil
	}
	if steps {
		n, err := d.Ints(1)
		if err == nil && (len(n) != 1 || n[0] < 0) {
			err = errors.Errorf("want a number of steps at %s, got %v", d.Path(), n)
		}
		if err == nil {
			s.steps = uint64(n[0])
		}
		return err
	}
	rate, err := d.Floats(1)
	if err == nil && len(rate) == 1 {
		s.rate = rate[0]
	}
	return err
}

// second reports whether a name is that of a second moment.
func (m moment) second() bool {
	last := lastName(m.name)
	return last == "v" || strings.HasSuffix(last, "velocity") || strings.Contains(m.name, "/v/")
}

// slots returns the optimizer's arrays for each variable: kinds arrays each. Keras 3 keeps the arrays of one
// variable together; optimizers of Keras 2 kept all first moments before all second ones.
func (s *state) slots(all []*variable, kinds int) (map[*variable][]moment, error) {
	if len(s.moments) != kinds*len(all) {
		return nil, errors.Errorf("want %d arrays for %d trained variables, got %d", kinds*len(all), len(all), len(s.moments))
	}
	together := func(i, k int) moment { return s.moments[i*kinds+k] }
	apart := func(i, k int) moment { return s.moments[k*len(all)+i] }
	pick := together
	if kinds == 2 && len(all) > 1 && s.moments[0].name != "" && !s.moments[1].second() {
		pick = apart
	}
	found := map[*variable][]moment{}
	for i, v := range all {
		for k := range kinds {
			m := pick(i, k)
			if !slices.Equal(m.shape, v.shape) {
				return nil, errors.Errorf("want an array of shape %v for a %s, got %v", graph.Shape(v.shape), v.name, graph.Shape(m.shape))
			}
			found[v] = append(found[v], m)
		}
	}
	return found, nil
}
