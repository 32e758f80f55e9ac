package mnist

import (
	"encoding/hex"
	"slices"
	"testing"
)

// The table of sets shows no mistake of copying: all sums are whole, and all sums and names differ.
func TestKnownSets(t *testing.T) {
	seen := map[string]bool{"": true}
	distinct := func(what, s string) {
		t.Helper()
		if seen[s] {
			t.Errorf("%s %q comes twice or is empty", what, s)
		}
		seen[s] = true
	}
	for _, k := range sets() {
		distinct("name", k.name)
		distinct("title", k.title)
		for _, m := range k.mirrors {
			distinct("mirror", m)
		}
		for i, f := range k.files {
			distinct("sum", f.packed)
			if f.unpacked != "" {
				distinct("sum", f.unpacked)
			}
			for _, sum := range []string{f.packed, f.unpacked} {
				if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 && sum != "" {
					t.Errorf("%s: %q is no SHA-256", f.name, sum)
				}
			}
			if f.name != mnist().files[i].name || f.axes != mnist().files[i].axes {
				t.Errorf("%s: file %d is %s of %d axes", k.name, i, f.name, f.axes)
			}
			if raw := int64(10000); f.size < raw/3 || f.size > 60000*784 {
				t.Errorf("%s: %s of %d bytes", k.name, f.name, f.size)
			}
		}
		if len(k.classes) != 0 && len(k.classes) != 10 {
			t.Errorf("%s has %d classes", k.name, len(k.classes))
		}
	}
	if !slices.Equal(Names(), []string{"mnist", "fashion-mnist", "kmnist"}) {
		t.Errorf("the names are %q", Names())
	}
}

// A file is known by the SHA-256 of its content, or by that of the packed file.
func TestKnownFiles(t *testing.T) {
	content := idxFile(3)
	packed := pack(t, content)
	raw, err := decode(content, 1)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := decode(packed, 1)
	if err != nil {
		t.Fatal(err)
	}
	if raw.packed != "" || zip.packed == "" || zip.packed == zip.sum || raw.sum != zip.sum {
		t.Errorf("sums %+v and %+v", raw, zip)
	}
	for _, c := range []struct {
		s        source
		raw, zip bool
	}{
		{source{unpacked: raw.sum, packed: "other"}, true, true},
		{source{packed: zip.packed}, false, true},
		{source{packed: raw.sum}, false, false},
		{source{packed: "other", unpacked: "other"}, false, false},
	} {
		if c.s.is(raw) != c.raw || c.s.is(zip) != c.zip {
			t.Errorf("%+v: unpacked %v, packed %v", c.s, c.s.is(raw), c.s.is(zip))
		}
	}
}
