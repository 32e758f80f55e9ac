package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// asProgram is the name of an environment variable. If it is set, the binary of the test runs as
// the program itself.
const asProgram = "GORGONAE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// call runs the program in this process.
func call(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	outFile, errFile := scratch(t), scratch(t)
	oldOut, oldErr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = outFile, errFile
	defer func() { os.Stdout, os.Stderr = oldOut, oldErr }()
	status = execute(args)
	return status, read(t, outFile.Name()), read(t, errFile.Name())
}

func scratch(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// works runs a command that must succeed and print nothing but notes on standard error, and
// warnings that the model is worth nothing. It returns the
// output.
func works(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := call(t, args...)
	if errs = unfit(errs, "note: "); status != 0 || errs != "" {
		t.Fatalf("gorgonae %s: status %d, standard error %q, want 0 and nothing", strings.Join(args, " "), status, errs)
	}
	return out
}

// unfit removes the warnings of models that are worth nothing, as most are after the few steps of a
// test, and lines with other beginnings.
func unfit(errs string, also ...string) string {
	rest := ""
	for line := range strings.Lines(errs) {
		starts := func(with string) bool { return strings.HasPrefix(line, with) }
		if !slices.ContainsFunc(append(also, "WARNING: the model is worse than the mean image: ", "WARNING: the output is always 0 in ",
			"WARNING: the loss has risen to ", "WARNING: the code has collapsed: "), starts) {
			rest += line
		}
	}
	return rest
}

// refused runs a command that must fail with one line on standard error that contains each of the
// texts once.
func refused(t *testing.T, texts []string, args ...string) {
	t.Helper()
	status, out, errs := call(t, args...)
	if out != "" {
		t.Errorf("gorgonae %s: it was refused after it had printed %q", strings.Join(args, " "), out)
	}
	checkRefusal(t, status, errs, texts, args)
}

func checkRefusal(t *testing.T, status int, errs string, texts, args []string) {
	t.Helper()
	for strings.HasPrefix(errs, "WARNING: cannot write ") || strings.HasPrefix(errs, "note: ") { // said before the refusal
		_, errs, _ = strings.Cut(errs, "\n")
	}
	line, isLine := strings.CutSuffix(errs, "\n")
	if status != 1 || !isLine || strings.ContainsFunc(line, isControl) || !strings.HasPrefix(line, "gorgonae: ") {
		t.Errorf("gorgonae %s: status %d and standard error %q, want 1 and one line", strings.Join(args, " "), status, errs)
	}
	for _, text := range texts {
		if strings.Count(line, text) != 1 {
			t.Errorf("gorgonae %s: want a message with %[3]q once, got %[2]q", strings.Join(args, " "), line, text)
		}
	}
	for _, odd := range []string{"strconv", "goroutine", "%!"} {
		if strings.Contains(line, odd) {
			t.Errorf("gorgonae %s: %q holds %q", strings.Join(args, " "), line, odd)
		}
	}
}

func isControl(r rune) bool { return r < ' ' }

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// workplace makes a new folder and changes to it. The folder holds a folder pics with 40 images of
// 8 x 8 pixels.
func workplace(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("MNIST_DIR", "no-such-folder") // so that no test reads or downloads MNIST
	pictures(t, "pics", 40, 8, 6)           // of which 4 are held out
}

// pictures makes a folder of n square images: a bright disc on a dark background.
func pictures(t *testing.T, dir string, n, side int, seed uint64) {
	t.Helper()
	r := random.New(seed, "pictures")
	for i := range n {
		img := image.NewGray(image.Rect(0, 0, side, side))
		x, y, radius := r.Float32()*float32(side), r.Float32()*float32(side), float32(side)/4
		for k := range img.Pix {
			dx, dy := float32(k%side)-x, float32(k/side)-y
			if d := dx*dx + dy*dy; d < radius*radius {
				img.Pix[k] = 255 - byte(d)
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("%03d.png", i)), b.Bytes())
	}
}

// quick returns the flags of a very short training.
func quick(more ...string) []string {
	return append([]string{"train", "--data", "pics", "--hidden", "8", "--batch", "8", "--epochs", "2"}, more...)
}

// names returns the sorted names of all files in a folder, including hidden files.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// slow skips a test that takes seconds if only short tests should run, for example under the race
// detector.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sealed makes the checksums of the contents of all sections of a compressed file right.
func sealed(file []byte) []byte {
	const header, check = 16, 4
	for at := header; at < len(file); {
		length, n := binary.Uvarint(file[at+1:])
		content := file[at+1+n+check:][:length]
		at += 1 + n + check + len(content) + check
		binary.LittleEndian.PutUint32(file[at-check:], crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli)))
	}
	return file
}

// deepPicture writes a grey picture of 16 bits with numbers from 0 to most.
func deepPicture(t *testing.T, path string, side int, most, seed uint64) {
	t.Helper()
	r := random.New(seed, "deep picture")
	m := image.NewGray16(image.Rect(0, 0, side, side))
	for k := range side * side {
		m.SetGray16(k%side, k/side, color.Gray16{Y: uint16(r.Uint64n(most + 1))})
	}
	m.SetGray16(0, 0, color.Gray16{})
	m.SetGray16(1, 0, color.Gray16{Y: uint16(most)})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.Bytes())
}
