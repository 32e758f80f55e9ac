package autoencoder_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
)

// A configuration comes back from its JSON; what the JSON leaves out has its default; what is no
// field is refused.
func TestConfigJSON(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		changed := a.New()
		for _, f := range autoencoder.Fields(changed) {
			text := map[string]string{"intSlice": "9,8,7", "int": "3", "float32": "0.125", "string": "tanh", "bool": "true"}[f.Type()]
			if own, ok := map[string]string{"prior": "factorized", "padding": "1"}[f.Name]; ok {
				text = own
			}
			if err := f.Set(text); err != nil || f.String() != text {
				t.Errorf("%s: %s set to %q is %q (%v)", a.Name, f.Name, text, f, err)
			}
		}
		text, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]any{}
		if err := json.Unmarshal(text, &names); err != nil {
			t.Fatal(err)
		}
		if n := len(autoencoder.Fields(changed)); len(names) != n {
			t.Errorf("%s: the JSON has %d names, want %d: %s", a.Name, len(names), n, text)
		}
		back, err := a.Decode(text)
		if err != nil || !reflect.DeepEqual(back, changed) {
			t.Errorf("%s: %s became %+v (%v)", a.Name, text, back, err)
		}
		if c, err := a.Decode([]byte("{}")); err != nil || !reflect.DeepEqual(c, a.New()) {
			t.Errorf("%s: no settings became %+v (%v)", a.Name, c, err)
		}
		for _, bad := range []string{`{"nosuch": 1}`, `{"activation": "swish"}`, `{"slope": "0.3"}`, `{} {}`, `{`, ``, `[]`} {
			if _, err := a.Decode([]byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "configuration of "+a.Name+": ") {
				t.Errorf("%s: %s gives the error %v", a.Name, bad, err)
			}
		}
	}
}

// Every field refuses a text that is no value of its type, and stays as it was.
func TestFieldsRefuse(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		for _, f := range autoencoder.Fields(a.New()) {
			before := f.String()
			for _, text := range []string{"", "a,b", "1;2"} {
				err := f.Set(text)
				if err == nil || !strings.Contains(err.Error(), "want ") || !strings.Contains(err.Error(), `got "`+text+`"`) {
					t.Errorf("%s: %s set to %q gives the error %v", a.Name, f.Name, text, err)
				}
			}
			if f.String() != before {
				t.Errorf("%s: %s became %q, want %q", a.Name, f.Name, f, before)
			}
		}
	}
}

func TestHelpOfChoices(t *testing.T) {
	want := "of the hidden layers: elu, gelu, leakyrelu, linear, relu, sigmoid, silu, softplus, tanh"
	if f := field(t, autoencoder.NewConv(), "activation"); f.Help != want {
		t.Errorf("the help is %q, want %q", f.Help, want)
	}
}

// Architectures that share a flag agree on its type, so that a command needs one flag only.
func TestSharedFlags(t *testing.T) {
	types := map[string]string{}
	for _, a := range autoencoder.Architectures() {
		for _, f := range autoencoder.Fields(a.New()) {
			if f.Flag == "" {
				continue
			}
			if known := types[f.Flag]; known != "" && known != f.Type() {
				t.Errorf("%s: --%s has type %s, elsewhere %s", a.Name, f.Flag, f.Type(), known)
			}
			if types[f.Flag] = f.Type(); f.Help == "" {
				t.Errorf("%s: --%s has no help", a.Name, f.Flag)
			}
		}
	}
}

// No text makes Decode panic, and what it accepts comes back from its JSON.
func FuzzDecode(f *testing.F) {
	for i, a := range autoencoder.Architectures() {
		text, err := json.Marshal(a.New())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, text)
		f.Add(i, text[:len(text)/2])
	}
	f.Add(0, []byte(`{"hidden": null, "latent": 1e99, "slope": -0, "code": "tanh"}`))
	f.Fuzz(func(t *testing.T, i int, text []byte) {
		all := autoencoder.Architectures()
		a := all[uint(i)%uint(len(all))]
		c, err := a.Decode(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := a.Decode(again); err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("%s became %+v, and %s became %+v (%v)", text, c, again, back, err)
		}
	})
}
