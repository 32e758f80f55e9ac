package images

import (
	"strings"
	"testing"
)

// Sets in memory whose numbers look wrong are noted.
func TestLook(t *testing.T) {
	for want, s := range map[string]*Set{
		"": {Name: "a", Channels: 1, Height: 1, Width: 3, Pixels: []byte{0, 20, 200}},
		"are from 0 to 1 of 255, under a tenth of the range: --range auto spreads them, --range LOW:HIGH says": {Name: "a", Channels: 1, Height: 1, Width: 3, Pixels: []byte{0, 1, 0}},
		"are 9 of 255":     {Name: "a", Channels: 1, Height: 1, Width: 3, Pixels: []byte{9, 9, 9}},
		"to 4095 of 65535": {Name: "a", Channels: 1, Height: 1, Width: 3, Deep: []uint16{0, 4095, 7}},
	} {
		if got := s.Look(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("the note is %q, want %q", got, want)
		}
	}
	if got := (&Set{}).Look(); got != "" {
		t.Errorf("an empty set has the note %q", got)
	}
}
