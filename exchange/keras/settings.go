package keras

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// settings are the settings of a layer. Methods read one each, and keep the first error. In the end, rest
// refuses what none has read: an option that is passed over could change what the layer computes.
type settings struct {
	values map[string]json.RawMessage
	read   map[string]bool
	err    error
}

func readSettings(config json.RawMessage) (*settings, error) {
	s := &settings{read: map[string]bool{}}
	return s, errors.WithStack(json.Unmarshal(config, &s.values))
}

func (s *settings) fail(format string, args ...any) {
	if s.err == nil {
		s.err = errors.Errorf(format, args...)
	}
}

// get decodes a setting. It returns false if the setting is missing or null.
func (s *settings) get(name string, into any) bool {
	text, ok := s.values[name]
	s.read[name] = true
	if !ok || string(text) == "null" {
		return false
	}
	if err := json.Unmarshal(text, into); err != nil {
		s.fail("%s: want %s, got %.60s", name, wanted(into), text)
		return false
	}
	return true
}

// wanted says what get decodes into a variable.
func wanted(into any) string {
	switch into.(type) {
	case *int:
		return "a whole number"
	case *float64, *float32:
		return "a number"
	case *bool:
		return "true or false"
	case *string:
		return "a text"
	case *graph.Pair:
		return "one or two whole numbers"
	case *[]int:
		return "a list of whole numbers"
	}
	return fmt.Sprintf("a value of type %T", into)
}

// value returns a setting, or a default if it is missing.
func value[T any](s *settings, name string, standard T) T {
	v := standard
	if !s.get(name, &v) {
		return standard
	}
	return v
}

// number returns a float that must be finite.
func (s *settings) number(name string, standard float64) float32 {
	v := value(s, name, standard)
	if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
		s.fail("%s: want a finite number, got %v", name, v)
		return 0
	}
	return float32(v)
}

// count returns a whole number that must be there.
func (s *settings) count(name string) int {
	v := 0
	if !s.get(name, &v) {
		s.fail("%s: want a whole number, got none", name)
	}
	return v
}

// pair returns a number of rows and columns: 3, or [3, 5]. Without a default, it must be there.
func (s *settings) pair(name string, standard ...graph.Pair) graph.Pair {
	var p graph.Pair
	if s.get(name, &p) {
		return p
	}
	if len(standard) == 0 {
		s.fail("%s: want one or two whole numbers, got none", name)
		return graph.Pair{}
	}
	return standard[0]
}

// want refuses all values but one.
func want[T comparable](s *settings, name string, only T, why string) {
	if v := value(s, name, only); v != only {
		s.fail("%s: want %v, got %v: %s", name, only, v, why)
	}
}

// channelsLast refuses images with the channels first.
func (s *settings) channelsLast() {
	want(s, "data_format", "channels_last", "Keras can be told to put the channels last, and a model with the channels first to be built again so")
}

// padding returns "same" or "valid".
func (s *settings) padding() graph.Padding {
	switch p := value(s, "padding", "valid"); p {
	case "same":
		return graph.Same
	case "valid":
		return graph.Valid
	default:
		s.fail(`padding: want "same" or "valid", got %.60q`, p)
		return graph.Valid
	}
}

// border returns rows and columns on four sides: 1, [1, 2] or [[1, 2], [3, 4]].
func (s *settings) border(name string) (b [4]int) {
	text := s.values[name]
	s.read[name] = true
	var sides [][2]int
	var p graph.Pair
	switch {
	case json.Unmarshal(text, &p) == nil:
		return [4]int{p[0], p[0], p[1], p[1]}
	case json.Unmarshal(text, &sides) == nil && len(sides) == 2:
		return [4]int{sides[0][0], sides[0][1], sides[1][0], sides[1][1]}
	}
	s.fail("%s: want a number, two numbers or two pairs, got %.60s", name, text)
	return b
}

// lastAxis refuses a norm over other axes than the last one. axes is the number of axes with the batch's.
func (s *settings) lastAxis(axes int) {
	var one int
	var list []int
	text, ok := s.values["axis"]
	s.read["axis"] = true
	switch {
	case !ok:
		return
	case json.Unmarshal(text, &one) == nil:
	case json.Unmarshal(text, &list) == nil && len(list) == 1:
		one = list[0]
	default:
		s.fail("axis: want the last axis alone, got %.60s", text)
	}
	if one != -1 && one != axes-1 {
		s.fail("axis: want the last axis, -1, got %d", one)
	}
}

// unimportant are settings that do not change what a trained layer computes.
var unimportant = []string{"name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "seed", "build_input_shape", "synchronized", "optional",
	"renorm_momentum", "renorm_clipping", "virtual_batch_size", "input_spec", "_keras_history"}

// rest refuses settings that no method has read, if they say anything. It returns notes on those that
// are dropped.
func (s *settings) rest() (notes []string, err error) {
	if s.err != nil {
		return nil, s.err
	}
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		text := string(s.values[name])
		switch {
		case s.read[name] || text == "null" || text == "false" || slices.Contains(unimportant, name) || strings.HasSuffix(name, "_initializer"):
		case strings.HasSuffix(name, "_regularizer") || strings.HasSuffix(name, "_constraint"):
			notes = append(notes, fmt.Sprintf("its %s is dropped: it matters for training alone", name))
		default:
			return nil, errors.Errorf("want a layer without %.60s=%.60s: this option is not supported", name, text)
		}
	}
	return notes, nil
}

// policy notes what of a layer's dtype is not taken over.
func (s *settings) policy() string {
	text, ok := s.values["dtype"]
	if !ok {
		return ""
	}
	var name string
	var o object
	var c struct{ Name string }
	if json.Unmarshal(text, &name) != nil && json.Unmarshal(text, &o) == nil && json.Unmarshal(o.Config, &c) == nil {
		name = c.Name
	}
	if name == "" || name == "float32" {
		return ""
	}
	return name
}
