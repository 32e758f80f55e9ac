package main

import (
	"strings"
	"testing"
)

// A flag without effect beside the others is said in one line.
func TestIdleFlags(t *testing.T) {
	slow(t)
	workplace(t)
	for _, c := range []struct {
		args []string
		want string // on standard error; "": no such note
	}{
		{[]string{"--activation", "relu", "--output", "sigmoid", "--slope", "0.2"}, "note: --slope has no effect: the activation is relu and the output sigmoid, and neither is a leakyrelu\n"},
		{[]string{"--activation", "relu", "--output", "leakyrelu", "--slope", "0.2"}, ""},
		{[]string{"--slope", "0.2"}, ""},
		{[]string{"--model", "codec", "--prior", "factorized", "--prior-hidden", "5"}, "note: --prior-hidden has no effect: a factorized prior has no hidden layer\n"},
		{[]string{"--model", "codec", "--prior", "conditional", "--prior-hidden", "5"}, ""},
	} {
		status, _, errs := call(t, append(quick("--epochs", "1", "--overwrite", "--out", "run", "--quiet"), c.args...)...)
		if status != 0 || strings.Contains(errs, "no effect") != (c.want != "") || !strings.Contains(errs, c.want) {
			t.Errorf("%q: status %d, %q, want %q", c.args, status, errs, c.want)
		}
	}
}

// Flags that mean something for other models or other data only are said in one line each.
func TestIdleForData(t *testing.T) {
	workplace(t)
	pixels := make([]uint8, 12*8*8)
	for i := range pixels {
		pixels[i] = uint8(i * i % 251)
	}
	writeNPY(t, "data.npy", "|u1", []int{12, 8, 8}, pixels)
	shades(t, "folder/train", 0, 51, 102, 153, 204, 255)
	shades(t, "folder/test", 40, 220)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--data", "data.npy", "--model", "lossless", "--embedding", "1", "--palette", "1", "--ink", "2", "--value", "2", "--loss", "mae"},
			"note: --loss has no effect on the weights: lossless gives every image back as it is, and learns what its bits cost\n"},
		{[]string{"--data", "data.npy", "--skip-damaged"}, "note: --skip-damaged has no effect: data has no pictures in files of their own\n"},
		{[]string{"--data", "data.npy", "--cache", "100MB"}, "note: --cache has no effect: data has no pictures in files of their own, and is in memory as a whole\n"},
		{[]string{"--data", "folder", "--skip-damaged", "--cache", "100MB", "--loss", "mae"}, ""},
	} {
		status, _, errs := call(t, append([]string{"train", "--batch", "4", "--epochs", "1", "--overwrite", "--out", "run", "--quiet"}, c.args...)...)
		if status != 0 || strings.Contains(errs, "no effect") != (c.want != "") || !strings.Contains(errs, c.want) {
			t.Errorf("%q: status %d, %q, want %q", c.args, status, errs, c.want)
		}
	}
}

// A run is resumed with what is said of its data said once.
func TestNotesOnceOnResume(t *testing.T) {
	workplace(t)
	pixels := make([]uint8, 40*8*8)
	for i := range pixels {
		pixels[i] = uint8(i * i % 251)
	}
	writeNPY(t, "data.npy", "|u1", []int{40, 8, 8}, pixels)
	args := []string{"train", "--data", "data.npy", "--hidden", "4", "--batch", "8", "--resume", "--out", "run", "--quiet", "--epochs"}
	for _, epochs := range []string{"1", "2"} {
		status, _, errs := call(t, append(args, epochs)...)
		if status != 0 || strings.Count(errs, "note: there are no images for testing") != 1 {
			t.Errorf("up to epoch %s: status %d, %q, want one note about images for testing", epochs, status, errs)
		}
	}
}
