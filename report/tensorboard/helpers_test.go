package tensorboard

import (
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// newRun prepares a run on some handwritten digits, or the continuation of one: 4 epochs of 5 steps.
func newRun(t testing.TB, dir, architecture string, resume bool, change func(*run.Settings)) *run.Run {
	t.Helper()
	drawn, drawnTest := handwriting.Draw(40, 12)
	training, err := drawn.In(images.Grey)
	if err != nil {
		t.Fatal(err)
	}
	test, err := drawnTest.In(images.Grey)
	if err != nil {
		t.Fatal(err)
	}
	s, err := run.NewSettings(architecture)
	if err != nil {
		t.Fatal(err)
	}
	s.Training.Epochs, s.Training.Batch, s.Seed = 4, 8, 3
	if architecture == "tutorial" {
		if err := s.Set("hidden", "12"); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&s)
	}
	data := &dataset.Data{Name: "digits", Train: training, Test: test, Source: "drawn"}
	r, err := run.New(data, s, run.Place{Dir: dir, Resume: resume})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// newLog opens the log of a run.
func newLog(t testing.TB, r *run.Run, o Options) *Log {
	t.Helper()
	l, err := New(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// finish trains a run with its log to the end.
func finish(t testing.TB, r *run.Run, l *Log, h run.Hooks) {
	t.Helper()
	if h.Warn == nil {
		h.Warn = func(err error) { t.Errorf("a warning: %v", err) }
	}
	_, err := r.Train(t.Context(), l.Hooks(t.Context(), h))
	if other := l.Close(err); err != nil || other != nil {
		t.Fatal(err, other)
	}
}

// point is what a reader finds of a tag at a step.
type point struct {
	Step  int64
	Value float32 // of a scalar; else a checksum
}

// curves are the points of each tag, in the order in which a reader finds them.
type curves map[string][]point

// readCurves reads the files of a folder as TensorBoard does: the start of a session removes nothing
// here, so what ought to be cut would be found.
func readCurves(t testing.TB, dir string) curves {
	t.Helper()
	paths, err := eventFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := curves{}
	for _, path := range paths {
		readFile(t, path, all)
	}
	return all
}

func readFile(t testing.TB, path string, all curves) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at < info.Size(); {
		data, err := readRecord(f, info.Size()-at)
		if err != nil {
			t.Fatalf("%s: at %d of %d: %v", filepath.Base(path), at, info.Size(), err)
		}
		s, err := parse(data)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range valuesIn(t, data) {
			all[s.tags[i]] = append(all[s.tags[i]], point{s.step, v})
		}
		at += headSize + int64(len(data)) + tailSize
	}
}

// valuesIn returns the scalars of an event, and for other values their checksums.
func valuesIn(t testing.TB, event []byte) (all []float32) {
	t.Helper()
	each(t, event, func(field protowire.Number, summary []byte) {
		if field != summaryField {
			return
		}
		each(t, summary, func(_ protowire.Number, value []byte) {
			v := float32(0)
			each(t, value, func(field protowire.Number, body []byte) {
				switch field {
				case scalarField:
					bits, _ := protowire.ConsumeFixed32(body)
					v = math.Float32frombits(bits)
				case imageField, tensorField:
					v = float32(crc32.ChecksumIEEE(body))
				}
			})
			all = append(all, v)
		})
	})
	return all
}

// each calls use for each field of a message, with the bytes of its value.
func each(t testing.TB, m []byte, use func(field protowire.Number, body []byte)) {
	t.Helper()
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		size := protowire.ConsumeFieldValue(field, kind, m[n:])
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		body := m[n : n+size]
		if kind == protowire.BytesType {
			body, _ = protowire.ConsumeBytes(body)
		}
		use(field, body)
		m = m[n+size:]
	}
}

// steps are the steps of a tag.
func (c curves) steps(tag string) []int64 {
	var all []int64
	for _, p := range c[tag] {
		all = append(all, p.Step)
	}
	return all
}

// copyTree copies a folder with everything in it.
func copyTree(t testing.TB, to, from string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
