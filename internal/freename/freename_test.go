package freename

import "testing"

// A name with a number may be asked for, too.
func TestFree(t *testing.T) {
	n := Counts{}
	for _, c := range [][2]string{{"a", "a"}, {"a", "a_1"}, {"b", "b"}, {"a_1", "a_1_1"}, {"a_2", "a_2"}, {"a", "a_3"}} {
		if got := n.Free(c[0]); got != c[1] {
			t.Errorf("%s became %s, want %s", c[0], got, c[1])
		}
	}
}
