package graph

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/pkg/errors"
)

// SetPart gives a model that m applies a role, such as "encoder". Part finds it by the role, and
// model files keep it. A model may have several roles. A second model in a role replaces the first.
// Err reports a mistake.
func (m *Model) SetPart(role string, part *Model) {
	if m.err != nil {
		return
	}
	if err := checkName(role); err != nil {
		m.err = errors.Wrapf(err, "model %q: role", m.name)
		return
	}
	if part != nil && part.err != nil {
		m.err = part.err
		return
	}
	if part == nil || !slices.Contains(m.models, part) {
		name := "nil"
		if part != nil {
			name = part.name
		}
		m.err = errors.Errorf("model %q: want the %s to be a model applied in it, got %q", m.name, role, name)
		return
	}
	if m.parts == nil {
		m.parts = map[string]*Model{}
	}
	m.parts[role] = part
}

// Part returns the model in a role, or nil if there is none.
func (m *Model) Part(role string) *Model { return m.parts[role] }

// Parts returns all parts by their roles.
func (m *Model) Parts() map[string]*Model { return maps.Clone(m.parts) }

// encodeRoles writes the roles as JSON: an object from role to model name.
func (m *Model) encodeRoles() (string, error) {
	names := map[string]string{}
	for role, part := range m.parts {
		names[role] = part.name
	}
	text, err := json.Marshal(names)
	return string(text), errors.WithStack(err)
}

// decodeRoles reads what encodeRoles writes.
func (m *Model) decodeRoles(text string) error {
	names, err := decode([]byte(text), map[string]string{})
	if err != nil {
		return errors.Wrap(err, "roles")
	}
	for _, role := range slices.Sorted(maps.Keys(names)) {
		i := slices.IndexFunc(m.models, func(inner *Model) bool { return inner.name == names[role] })
		if i < 0 {
			return errors.Errorf("roles: want the %.60q to be a model of the file, got %.60q", role, names[role])
		}
		if m.SetPart(role, m.models[i]); m.err != nil {
			return m.err
		}
	}
	return nil
}
