package pytorch

import "slices"

// mergeHeads joins the two layers with which variational autoencoders in PyTorch make means and log-variances
// of a code: here they are one layer, means first. It returns nil if there are no such layers, or if their
// names do not say which is which.
func mergeHeads(slots []*slot, modules []*module) []*module {
	for _, s := range slots {
		p := s.find(primary)
		if p == nil || len(p.Shape) != 2 || p.Shape[0]%2 != 0 || !s.sampled {
			continue
		}
		whole, half := kindOf(p.Shape, false), kindOf([]int{p.Shape[0] / 2, p.Shape[1]}, false)
		var heads []*module
		for _, m := range modules {
			if m.kind() == whole {
				return nil
			}
			if m.kind() == half && !m.shared {
				heads = append(heads, m)
			}
		}
		isMean := func(m *module) bool { return has(m.name, "mu", "mean", "means", "loc") }
		isVariance := func(m *module) bool {
			return has(m.name, "logvar", "lv", "logvariance") || has(m.name, "var") && has(m.name, "log")
		}
		mean, variance := slices.IndexFunc(heads, isMean), slices.IndexFunc(heads, isVariance)
		if len(heads) != 2 || mean < 0 || variance < 0 || mean == variance {
			return nil
		}
		joined := joinModules(heads[mean], heads[variance])
		if joined == nil {
			return nil
		}
		modules = slices.Clone(modules)
		modules[slices.Index(modules, heads[mean])] = joined
		return slices.DeleteFunc(modules, func(m *module) bool { return m == heads[variance] })
	}
	return nil
}

// joinModules joins the tensors of two modules along their first axis, or returns nil if one has others.
func joinModules(a, b *module) *module {
	joined := &module{name: a.name, parts: map[string]tensor{}}
	for local, t := range a.parts {
		u, ok := b.parts[local]
		if !ok || len(a.parts) != len(b.parts) || len(t.shape) == 0 || !slices.Equal(t.shape, u.shape) {
			return nil
		}
		shape := slices.Clone(t.shape)
		shape[0] *= 2
		joined.parts[local] = tensor{t.name + " with " + u.name, shape, slices.Concat(t.data, u.data)}
	}
	return joined
}
