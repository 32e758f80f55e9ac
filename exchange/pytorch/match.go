package pytorch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// module is what a state dictionary has under one name: "encoder.0" of "encoder.0.weight".
type module struct {
	name   string // without wrappers
	parts  map[string]tensor
	shared bool // it has the numbers of another module
}

// kind describes the module as slot.kind does, or is "" if it is none of the layers that we have.
func (m *module) kind() string {
	for local := range m.parts {
		if !slices.Contains([]string{primary, "bias", "running_mean", "running_var"}, local) {
			return ""
		}
	}
	if mean, ok := m.parts["running_mean"]; ok {
		return kindOf(mean.shape, true)
	}
	if w, ok := m.parts[primary]; ok {
		return kindOf(w.shape, false)
	}
	return ""
}

// modules returns the modules of a state dictionary, in the order of their names.
func (s *State) modules() []*module {
	found := map[string]*module{}
	add := func(name string, t tensor, shared bool) {
		prefix, local := "", unwrapped(name)
		if i := strings.LastIndexByte(local, '.'); i >= 0 {
			prefix, local = local[:i], local[i+1:]
		}
		if found[prefix] == nil {
			found[prefix] = &module{name: prefix, parts: map[string]tensor{}}
		}
		t.name = name
		found[prefix].parts[local] = t
		found[prefix].shared = found[prefix].shared || shared
	}
	for name, t := range s.tensors {
		add(name, t, false)
	}
	for alias, name := range s.aliases {
		add(alias, s.tensors[name], true)
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *module) int { return natural(a.name, b.name) })
}

// match finds the module of each slot. It returns what has no partner, and why a match cannot be relied on.
func match(slots []*slot, modules []*module) (found map[*slot]*module, failed *MatchError) {
	found, failed = map[*slot]*module{}, &MatchError{}
	wanted, offered := map[string][]*slot{}, map[string][]*module{}
	var kinds []string
	for _, s := range slots {
		if wanted[s.kind()] == nil {
			kinds = append(kinds, s.kind())
		}
		wanted[s.kind()] = append(wanted[s.kind()], s)
	}
	for _, m := range modules {
		offered[m.kind()] = append(offered[m.kind()], m)
	}
	for _, kind := range kinds {
		if len(wanted[kind]) != len(offered[kind]) || kind == "" || !pair(wanted[kind], offered[kind], found) {
			failed.slots = append(failed.slots, wanted[kind]...)
			failed.modules = append(failed.modules, offered[kind]...)
		}
		delete(offered, kind)
	}
	for _, m := range modules {
		if slices.Contains(offered[m.kind()], m) {
			failed.modules = append(failed.modules, m)
		}
	}
	slices.SortStableFunc(failed.modules, func(a, b *module) int { return natural(a.name, b.name) })
	failed.reasons = append(failed.reasons, doubts(found)...)
	if len(failed.slots)+len(failed.modules)+len(failed.reasons) == 0 {
		return found, nil
	}
	return found, failed
}

// pair pairs as many slots and modules of one kind, by their order. It reports whether the names tell the
// order, or the biases who belongs to whom.
func pair(slots []*slot, modules []*module, found map[*slot]*module) bool {
	for i, a := range modules {
		for _, b := range modules[:i] {
			if _, tells := compareNames(a.name, b.name); !tells {
				return pairByBias(slots, modules, found)
			}
		}
	}
	if len(slots) > 1 && slices.ContainsFunc(modules, func(m *module) bool { return m.ambiguous() }) {
		return false
	}
	modules = slices.SortedFunc(slices.Values(modules), func(a, b *module) int { c, _ := compareNames(a.name, b.name); return c })
	for i, s := range slots {
		found[s] = modules[i]
	}
	return true
}

// ambiguous reports whether a module shares a square kernel: nothing says if it is transposed.
func (m *module) ambiguous() bool {
	w := m.parts[primary].shape
	return m.shared && len(w) == 2 && w[0] == w[1]
}

// pairByBias pairs slots and modules that have a bias of the same shape, or none, if there is one of each.
func pairByBias(slots []*slot, modules []*module, found map[*slot]*module) bool {
	pairs := map[*slot]*module{}
	for _, s := range slots {
		for _, m := range modules {
			b, has := m.parts["bias"]
			p := s.find("bias")
			if has != (p != nil) || has && !slices.Equal(b.shape, p.Shape) || m.shared {
				continue
			}
			if pairs[s] != nil {
				return false
			}
			pairs[s] = m
		}
	}
	taken := map[*module]bool{}
	for _, m := range pairs {
		if taken[m] {
			return false
		}
		taken[m] = true
	}
	if len(pairs) != len(slots) {
		return false
	}
	maps.Copy(found, pairs)
	return true
}

// doubts says what speaks against pairs: an encoder's module in the decoder, or names in another order than
// the layers.
func doubts(found map[*slot]*module) (reasons []string) {
	slots := slices.SortedFunc(maps.Keys(found), func(a, b *slot) int { return a.place - b.place })
	for i, s := range slots {
		m := found[s]
		if side(m.name)*s.side < 0 {
			reasons = append(reasons, fmt.Sprintf("by its shape %s would become %s, on the other side of the code", m.name, s.node.Name()))
		}
		for _, before := range slots[:i] {
			if c, tells := compareNumbers(found[before].name, m.name); tells && c > 0 {
				reasons = append(reasons, fmt.Sprintf("by their shapes %s and %s would become %s and %s, in another order", m.name, found[before].name, s.node.Name(), before.node.Name()))
			}
		}
	}
	return reasons
}
