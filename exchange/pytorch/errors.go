package pytorch

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/graph"
)

// MatchError says that the tensors of a state dictionary and the weights of a model do not match by shape and
// order alone, or not at all. Lists shows both, and Template is a map to fill in.
type MatchError struct {
	path    string
	slots   []*slot   // without a module
	modules []*module // without a slot
	reasons []string
	found   map[*slot]*module
	all     []*slot
	given   Map
}

func (e *MatchError) Error() string {
	text := fmt.Sprintf("cannot import %s: want tensors that fit the model by shape and order", e.path)
	if len(e.slots)+len(e.modules) > 0 {
		text += fmt.Sprintf(", got %d of %d layers without a module and %d modules without a layer", len(e.slots), len(e.all), len(e.modules))
	}
	for _, r := range e.reasons[:min(len(e.reasons), 3)] {
		text += "; " + r
	}
	return text + ": change the architecture, or name the tensors in a --map"
}

// Lists writes what has no partner, with names and shapes, on both sides.
func (e *MatchError) Lists(w io.Writer) error {
	var b strings.Builder
	b.WriteString("layers of the model without a module in the file, as PyTorch has their shapes:\n")
	for _, s := range e.slots {
		for _, p := range s.parts {
			fmt.Fprintf(&b, "  %-44s %v\n", p.Weight.Name, graph.Shape(p.Shape))
		}
		if tied := e.tied(s); tied != "" {
			fmt.Fprintf(&b, "  %-44s if the model ties its weights\n", "  perhaps "+tied)
		}
	}
	b.WriteString("modules of the file without a layer in the model:\n")
	for _, m := range e.modules {
		for _, local := range slices.Sorted(maps.Keys(m.parts)) {
			fmt.Fprintf(&b, "  %-44s %v\n", m.parts[local].name, graph.Shape(m.parts[local].shape))
		}
		if hint := m.hint(); hint != "" {
			fmt.Fprintf(&b, "    %s\n", hint)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// hint says what a module is that no layer of ours can be.
func (m *module) hint() string {
	for local := range m.parts {
		if strings.Contains(m.name+".", "parametrizations.") || local == "weight_g" || local == "weight_v" || local == "weight_orig" {
			return "normalised weights: save them after torch.nn.utils.parametrize.remove_parametrizations or remove_weight_norm"
		}
	}
	return ""
}

// tied names the transposed kernel that a decoder without kernels of its own may use, or "".
func (e *MatchError) tied(s *slot) string {
	p := s.find(primary)
	if p == nil || len(p.Shape) != 2 {
		return ""
	}
	for _, other := range e.all {
		if m := e.found[other]; m != nil {
			if w := m.parts[primary]; slices.Equal(w.shape, []int{p.Shape[1], p.Shape[0]}) && len(w.shape) == 2 {
				return w.name + transposed
			}
		}
	}
	return ""
}

// Template returns a map as JSON: for each layer of the model the name of the tensor that becomes its kernel or
// scale, as far as it was found, and "" for the others.
func (e *MatchError) Template() ([]byte, error) {
	t := map[string]any{}
	for _, s := range e.all {
		p := s.find(primary)
		if p == nil {
			p = &s.parts[0]
		}
		t[p.Weight.Name] = ""
		if m := e.found[s]; m != nil {
			t[p.Weight.Name] = m.parts[primary].name
		}
	}
	maps.Copy(t, e.given.raw)
	text, err := json.MarshalIndent(t, "", "  ")
	return append(text, '\n'), err
}
