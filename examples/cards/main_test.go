package main

import (
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

func TestCards(t *testing.T) {
	dir := t.TempDir()
	if err := cards(t.Context(), dir, 3); err != nil {
		t.Fatal(err)
	}
	f, err := images.OpenFolder(t.Context(), dir, images.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Len() != 3 || f.Channels() != 3 || f.SizeOf(0) == f.SizeOf(1) || f.File(2) != "card3.png" || len(f.Notes) > 0 {
		t.Errorf("%d cards of %d channels, the first of %v, notes %q", f.Len(), f.Channels(), f.SizeOf(0), f.Notes)
	}
}
