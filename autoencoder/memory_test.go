package autoencoder

import (
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// The memory of images grows with their size and number, and not without end where they are computed in parts.
func TestMemory(t *testing.T) {
	of := func(height, width int) *Autoencoder {
		a, err := Build(NewConv(), graph.Shape{1, height, width})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	small := of(64, 64)
	least := int64(4 * (small.Model.Largest() + small.Encoder.Largest()))
	one, three := small.Memory(1), small.Memory(3)
	if one < least || one > 8*least {
		t.Errorf("one image takes %d bytes, and the largest layers %d", one, least)
	}
	if four := of(128, 128).Memory(1); four < 3*one || four > 5*one || three <= one || three > 3*one {
		t.Errorf("one image takes %d bytes, three %d, one of four times the pixels %d", one, three, four)
	}
	if large, larger := of(8192, 8192).Memory(1), of(16384, 8192).Memory(1); large < 4*tileNumbers || larger > 2*large {
		t.Errorf("images that are computed in parts take %d and %d bytes", large, larger)
	}
}
