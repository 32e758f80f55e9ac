package codec

import (
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		names []string
		most  int // bytes
	}{
		{[]string{"a"}, 20},
		{[]string{"", "", "x", ""}, 30},
		{[]string{"7", "8", "9", "10", "11", "09", "10", "9", "0"}, 60},
		{[]string{"img-099.png", "img-100.png", "img-101.jpeg", "img-102.jpeg", "a/b-3/img.png", "a/b-4/img.png"}, 90},
		{[]string{strings.Repeat("ab", 127), strings.Repeat("ba", 127), "\xff\x00", "ü"}, 200},
	} {
		b := appendNames(nil, 1234567, c.names)
		first, got, err := readNames(b, len(c.names))
		if err != nil || first != 1234567 || !slices.Equal(got, c.names) {
			t.Errorf("%q: read %q from %d, %v", c.names, got, first, err)
		}
		if len(b) > c.most {
			t.Errorf("%q: %d bytes, want %d at most", c.names, len(b), c.most)
		}
		if _, _, err := readNames(b, len(c.names)-1); err == nil {
			t.Errorf("%q: more names than are allowed", c.names)
		}
	}
	var many []string
	for i := range 1024 {
		many = append(many, numbered(i))
	}
	if n := len(appendNames(nil, 0, many)); n > 70 {
		t.Errorf("1024 numbered names take %d bytes", n)
	}
}

func TestNextName(t *testing.T) {
	for _, c := range []struct {
		name, next string
		ok         bool
	}{
		{"a1.png", "a2.png", true}, {"a09", "a10", true}, {"1-99", "", false}, {"x", "", false}, {"", "", false},
	} {
		if next, ok := nextName(c.name); next != c.next || ok != c.ok {
			t.Errorf("after %q: %q, %v", c.name, next, ok)
		}
	}
}
