package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// lowerLimits makes all limits so low that small files reach them, and that no allocation is large.
func lowerLimits(t testing.TB) {
	before := limit
	t.Cleanup(func() { limit = before })
	limit = limits{numbers: 500, chunk: 12, bytes: 6000, latents: 20, pixels: 30000, layers: 20000, batch: 40000, calls: 40, perByte: 8, section: 4000, text: 2500}
}

// repair makes all checksums right and all ends of sections fit, so that a fuzzer gets behind them.
func repair(file []byte) []byte {
	if len(file) < headerSize {
		return file
	}
	out := appendHeader(nil)
	for rest := file[headerSize:]; len(rest) > 0; {
		kind := rest[0]
		v, n := binary.Uvarint(rest[1:])
		if n <= 0 || len(rest) < 1+n+checkSize {
			return append(out, rest...)
		}
		rest = rest[1+n+checkSize:]
		length := int(min(v, uint64(len(rest))))
		out = appendSection(out, kind, rest[:length])
		rest = rest[min(len(rest), length+checkSize):]
	}
	return out
}

// endless ends the program if the function that it returns is not called for some time. An input
// that takes so long is a bug, and the fuzzer does not notice it.
func endless(t *testing.T) func() {
	timer := time.AfterFunc(30*time.Second, func() { panic("an input takes too long: " + t.Name()) })
	return func() { timer.Stop() }
}

func seeds(f *testing.F) {
	for _, name := range vectors {
		file, err := os.ReadFile(filepath.Join("testdata", name+".gae"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add(pixelFile(f))
}

// pixelSize is that of images whose codes have as many integers as FuzzSection takes.
var pixelSize = images.Size{Channels: 3, Height: 1, Width: 1}

// pixelModelOf returns a lossless model so small that it passes lowered limits.
func pixelModelOf(t testing.TB) *Model {
	t.Helper()
	m, err := Fit(t.Context(), lossless(t, pixelSize), noise(pixelSize, 9), FitOptions{WeightBits: 3})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func pixelFile(t testing.TB) []byte {
	t.Helper()
	file, _ := write(t, pixelModelOf(t), noise(pixelSize, 9), Options{Chunk: 4}, nil)
	return file
}

// FuzzReader reads any bytes, and the same bytes with checksums made right.
func FuzzReader(f *testing.F) {
	seeds(f)
	model, _ := golden(f, "dense") // named.gae names it
	lowerLimits(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		defer endless(t)()
		for _, b := range [][]byte{file, repair(file)} {
			for _, o := range []ReadOptions{{}, {Inspect: true}, {Model: model}} {
				fuzzReader(t, b, o)
			}
			fuzzFile(t, b, ReadOptions{Model: model})
			if _, err := ReadMeta(bytes.NewReader(b)); err == nil {
				continue
			}
			if r, err := NewReader(bytes.NewReader(b), ReadOptions{Inspect: true}); err == nil && len(r.waiting) == 0 {
				t.Error("a file is read whose metadata are not")
			}
		}
	})
}

// The seeds of FuzzReader are read to their ends also with lowered limits, so that the fuzzer reaches what
// is behind: a named model, and priors of all kinds.
func TestFuzzSeeds(t *testing.T) {
	model, _ := golden(t, "dense")
	file := pixelFile(t)
	files := map[string][]byte{"pixels": file}
	for _, name := range []string{"dense", "learned", "named", "lossless"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".gae"))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	lowerLimits(t)
	for name, b := range files {
		if chunks, errs := readAll(t, b, ReadOptions{Model: model}); len(chunks) != 3 || len(errs) > 0 {
			t.Errorf("%s: %d chunks, %v", name, len(chunks), errs)
		}
	}
	s := newScanner(bytes.NewReader(file[headerSize:]), int64(headerSize))
	for {
		sec, err := s.next()
		if err != nil {
			t.Fatal("no prior that FuzzSection reads: ", err)
		}
		if sec.kind == priorType {
			if again, err := rewrite(sec.kind, sec.content); err != nil || !bytes.Equal(again, sec.content) {
				t.Errorf("the prior is written again as %d of %d bytes, %v", len(again), len(sec.content), err)
			}
			break
		}
	}
}

func fuzzReader(t *testing.T, file []byte, o ReadOptions) {
	images := 0
	chunks, errs := readAll(t, file, o)
	for _, err := range errs {
		checkError(t, err)
	}
	for _, c := range chunks {
		if c.First < images || c.Len < 1 || !o.Inspect && len(c.Pixels)%c.Len != 0 {
			t.Fatalf("chunk from %d of %d images", c.First, c.Len)
		}
		images = c.First + c.Len
	}
}

func fuzzFile(t *testing.T, file []byte, o ReadOptions) {
	f, err := Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		checkError(t, err)
		return
	}
	if _, err := f.Info(); err != nil {
		t.Fatal(err)
	}
	for k := range min(f.Chunks(), 20) {
		if _, err := f.Chunk(t.Context(), k); err != nil {
			checkError(t, err)
		}
	}
	for _, i := range []int{0, f.Len() / 2, f.Len() - 1} {
		if i < 0 || i >= f.Len() {
			continue
		}
		if _, err := f.Image(t.Context(), i); err != nil {
			checkError(t, err)
		}
		if _, err := f.Name(t.Context(), i); err != nil {
			checkError(t, err)
		}
	}
}

func checkError(t *testing.T, err error) {
	t.Helper()
	if !typedError(err) {
		t.Fatalf("the error has no type: %v", err)
	}
}

// FuzzSection reads the content of any section. What is read is written, and read again, the same.
func FuzzSection(f *testing.F) {
	files := [][]byte{pixelFile(f)}
	for _, name := range vectors {
		file, err := os.ReadFile(filepath.Join("testdata", name+".gae"))
		if err != nil {
			f.Fatal(err)
		}
		files = append(files, file)
	}
	for _, file := range files {
		s := newScanner(bytes.NewReader(file[headerSize:]), int64(headerSize))
		for {
			sec, err := s.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				f.Fatal(err)
			}
			f.Add(sec.kind, bytes.Clone(sec.content))
		}
	}
	lowerLimits(f)
	f.Fuzz(func(t *testing.T, kind byte, content []byte) {
		defer endless(t)()
		written, err := rewrite(kind, content)
		var wrong *roundTripError
		if errors.As(err, &wrong) {
			t.Fatal(err)
		}
		if err != nil || written == nil {
			return
		}
		again, err := rewrite(kind, written)
		if err != nil {
			t.Fatalf("section %q, written again, is refused: %v", kind, err)
		}
		if !bytes.Equal(written, again) {
			t.Fatalf("section %q, written again, differs", kind)
		}
	})
}

// roundTripError says that a prior does not read what it has written.
type roundTripError struct {
	codes []int32
	err   error
}

func (e *roundTripError) Error() string {
	return fmt.Sprintf("codes of zeros are read as %v, %v", e.codes, e.err)
}

// rewrite reads the content of a section and writes it again. It returns nil for sections that have
// no function to write what was read.
func rewrite(kind byte, content []byte) ([]byte, error) {
	const latents = 3
	switch kind {
	case networkType:
		_, err := readNetwork(content, 0)
		return nil, err
	case metaType:
		_, err := readMeta(content)
		return nil, err
	case headType:
		h, err := readHead(content)
		return h.append(nil), err
	case quantType:
		q, err := readQuantizer(content, latents)
		return q.append(nil), err
	case priorType:
		p, err := readPrior(content, latents)
		if err != nil {
			return nil, err
		}
		rows := 10
		if b, ok := p.(bounded); ok {
			rows = min(rows, b.most())
		}
		codes := make([]int32, rows*latents)
		if data, err := p.Encode(background, codes); err == nil { // nearly no content is a payload, too
			codes[0] = 1
			if err := p.Decode(background, data, codes); err != nil || slices.ContainsFunc(codes, func(q int32) bool { return q != 0 }) {
				return nil, &roundTripError{codes, err}
			}
		}
		if p.Decode(background, content, codes) == nil {
			_, err = p.Encode(background, codes)
		}
		return p.Append(binary.AppendUvarint(nil, uint64(p.Kind()))), err
	case namesType:
		first, names, err := readNames(content, limit.chunk)
		return appendNames(nil, first, names), err
	case labelsType:
		first, labels, err := readLabels(content, limit.chunk)
		return appendLabels(nil, first, labels), err
	case classesType:
		classes, err := readClasses(content)
		return appendClasses(nil, classes), err
	case indexType:
		entries, err := readIndex(content, limit.chunk, 1<<20)
		return appendIndex(nil, entries, limit.chunk), err
	}
	return nil, nil
}
