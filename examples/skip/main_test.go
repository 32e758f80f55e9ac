package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestSkip(t *testing.T) {
	var out strings.Builder
	if err := skip(t.Context(), &out, t.TempDir(), 500, 3); err != nil {
		t.Fatal(err)
	}
	_, lines, found := strings.Cut(out.String(), "\nloss ")
	var first, last, val float64
	text := strings.Split("loss "+lines, "\n")
	if !found || len(text) != 4 {
		t.Fatalf("it prints %s", &out)
	}
	fmt.Sscanf(text[0], "loss %f  val_loss %f", &first, &val)
	fmt.Sscanf(text[2], "loss %f  val_loss %f", &last, &val)
	if !(last > 0 && last < first && val < first) {
		t.Errorf("the losses go from %v to %v, on the test images %v", first, last, val)
	}
}
