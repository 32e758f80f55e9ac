package beam

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/dataset"
)

// fitted returns work to compress with a codec that is fitted to archives.
func fitted(t *testing.T, archives ...string) Work {
	t.Helper()
	w := Work{Task: CompressTask, Model: trained(t), Like: filepath.Join(t.TempDir(), CodecName), Out: t.TempDir()}
	if err := FitCodec(t.Context(), w, archives, w.Like); err != nil {
		t.Fatal(err)
	}
	return w
}

func worker(t *testing.T, w Work) *Worker {
	t.Helper()
	made, err := NewWorker(w)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// torn writes an archive that ends too early.
func torn(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "torn.npy")
	if err := os.WriteFile(path, []byte("\x93NUMPY\x01\x00torn"), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// pictures writes a folder of n grey pictures of a size, and one that is torn after so many bytes; 0: none is.
func pictures(t *testing.T, n, size, tear int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		p := image.NewGray(image.Rect(0, 0, size, size))
		for k := range p.Pix {
			p.Pix[k] = byte(k * (i + 1))
		}
		p.SetGray(0, 0, color.Gray{255})
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.png", i)))
		if err == nil {
			err = errors.WithStack(png.Encode(f, p))
		}
		if err == nil && tear > 0 && i == n-1 {
			err = f.Truncate(int64(tear))
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// An engine that repeats an element, or does it twice at once, has the bytes and the results of one that does not.
func TestDoneTwice(t *testing.T) {
	archives := drawn(t, 4, 30)
	w := fitted(t, archives...)
	for _, task := range []string{CompressTask, EncodeTask, EvaluateTask} {
		w.Task, w.Out = task, t.TempDir()
		loop(t, w, archives)
		want := sums(t, w.Out)
		w.Out = t.TempDir()
		all := make([][]string, 3)
		twice := func(k int) error {
			p := &Process{Work: w}
			err := p.Setup()
			for range 2 {
				all[k] = nil
				for _, a := range archives {
					if err == nil {
						err = p.ProcessElement(t.Context(), a, func(_, result string) { all[k] = append(all[k], result) })
					}
				}
			}
			return err
		}
		errs := make(chan error)
		for k := range all { // all at once
			go func() { errs <- twice(k) }()
		}
		for range all {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		for k := range all {
			if len(all[k]) != len(archives) || !reflect.DeepEqual(all[k], all[0]) {
				t.Errorf("%s: want the results %+v, got %+v", task, all[0], all[k])
			}
			next := 0
			err := (&Summarise{task, w.Out}).ProcessElement(t.Context(), "", func(r *string) bool {
				if next == len(all[k]) {
					return false
				}
				*r = all[k][next]
				next++
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := sums(t, w.Out); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: want %v, got %v", task, want, got)
			}
		}
		if halves, _ := filepath.Glob(filepath.Join(w.Out, ".*")); len(halves) > 0 {
			t.Errorf("%s: halves of files are left: %v", task, halves)
		}
	}
}

// A file that is there is made again if the archive, the model, the codec or the file itself is another one, and
// only then.
func TestDoneBefore(t *testing.T) {
	archives := drawn(t, 2, 20)
	w := fitted(t, archives...)
	for k, task := range []string{CompressTask, EncodeTask} {
		w.Task = task
		path := filepath.Join(w.Out, ResultName(archives[0], task))
		do := func() (Result, os.FileInfo) {
			r, err := worker(t, w).Do(t.Context(), archives[0])
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			return r, info
		}
		result, before := do()
		for _, change := range []struct {
			what string
			do   func() error
			made bool
		}{
			{"nothing", func() error { return nil }, false},
			{"the file", func() error { return os.WriteFile(path, []byte("damaged"), 0o666) }, true},
			{"the manifest", func() error { return os.Remove(path + parts.Suffix) }, true},
			{"the model", func() error { w.Model = trainedLonger(t); return nil }, true},
			{"--skip-bad", func() error { w.SkipBad = !w.SkipBad; return nil }, false},
			{"the codec", func() error { return FitCodec(t.Context(), w, archives[1:], w.Like) }, task == CompressTask},
			{"the archive", func() error { return os.Rename(drawn(t, 4, 20)[2+k], archives[0]) }, true},
		} {
			if change.what == "the model" { // whose codec has to be fitted again
				old := change.do
				change.do = func() error {
					if err := old(); err != nil {
						return err
					}
					return FitCodec(t.Context(), w, archives, w.Like)
				}
			}
			if err := change.do(); err != nil {
				t.Fatal(err)
			}
			now, info := do()
			if made := !os.SameFile(before, info); made != change.made {
				t.Errorf("%s: after a change of %s: want the file made again: %v, got %v", task, change.what, change.made, made)
			}
			if !change.made && !reflect.DeepEqual(now, result) {
				t.Errorf("%s: want the result %+v of what was done before, got %+v", task, result, now)
			}
			if m, err := parts.Check(path); err != nil || m == nil || m.File.Images != 20 {
				t.Errorf("%s: want a manifest of 20 images, got %+v (%v)", task, m, err)
			}
			result, before = now, info
		}
	}
}

// A bad archive ends the work, or is listed; also if it is the first, to which the codec is fitted.
func TestSkipBad(t *testing.T) {
	whole, bad := drawn(t, 2, 10), torn(t)
	w := Work{Task: CompressTask, Model: trained(t), Like: filepath.Join(t.TempDir(), CodecName)}
	for _, archives := range [][]string{{whole[0], bad, whole[1]}, {bad, whole[0], whole[1]}, {whole[0], whole[1], bad}} {
		w.SkipBad, w.Out = false, t.TempDir()
		err := FitCodec(t.Context(), w, archives, w.Like)
		if archives[0] == bad && (err == nil || !strings.Contains(err.Error(), "torn.npy")) || archives[0] != bad && err != nil {
			t.Errorf("fitting a codec to %v: got the error %v", archives, err)
		}
		w.SkipBad = true
		if err := FitCodec(t.Context(), w, archives, w.Like); err != nil {
			t.Fatal(err)
		}
		w.SkipBad = false
		if err := pipeline(w, archives); err == nil || !strings.Contains(err.Error(), "torn.npy") {
			t.Errorf("want an error that names torn.npy, got %v", err)
		}
		w.SkipBad = true
		if err := pipeline(w, archives); err != nil {
			t.Fatal(err)
		}
		m, err := parts.Read(filepath.Join(w.Out, SummaryName))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Parts) != 2 || m.File.Images != 20 || len(m.Skipped) != 1 || m.Skipped[0].Name != bad || !strings.Contains(m.Skipped[0].Reason, "cannot read") {
			t.Errorf("want 2 files of 20 images and 1 archive left out, got %+v", m)
		}
	}
	err := FitCodec(t.Context(), w, []string{bad}, w.Like)
	if err == nil || !strings.Contains(err.Error(), "--like") || !strings.Contains(err.Error(), "torn.npy") {
		t.Errorf("want an error that names --like and torn.npy, got %v", err)
	}
}

// failing is images of which one cannot be decoded, as a file that changes after it was looked at.
type failing struct{ dataset.Images }

var errDecoding = errors.New("the second image has gone")

func (f failing) Example(epoch, i int, x, y []float32) error {
	if i == 1 {
		return errDecoding
	}
	return f.Images.Example(epoch, i, x, y)
}

// Only an error of the place for the results is no fault of an archive.
func TestWhoseFault(t *testing.T) {
	archives := drawn(t, 1, 10)
	w := fitted(t, archives...)
	w.SkipBad = true
	for _, task := range []string{CompressTask, EncodeTask} {
		w.Task = task
		made := worker(t, w)
		from, err := made.open(t.Context(), archives[0])
		if err != nil {
			t.Fatal(err)
		}
		from.Images = failing{from.Images}
		path, list := filepath.Join(w.Out, "x"), &parts.Manifest{}
		if task == CompressTask {
			err = made.compress(t.Context(), path, list, from)
		} else {
			err = made.encode(t.Context(), path, list, from)
		}
		if !errors.Is(err, errDecoding) || errors.As(err, new(writeError)) {
			t.Errorf("%s: want an error of the archive, got %v", task, err)
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s: a file of an archive that cannot be decoded was written", task)
		}
		out := w.Out
		w.Out = filepath.Join(out, "missing")
		if r, err := worker(t, w).Do(t.Context(), archives[0]); err == nil || !strings.Contains(err.Error(), "cannot write") || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: want an error of writing, got %+v and %v", task, r, err)
		}
		w.Out = out
	}
}

// Pictures in a folder are left out one by one, or all together, and what was left out is not taken as done later
// unless it may be.
func TestSkipPictures(t *testing.T) {
	w := fitted(t, drawn(t, 1, 10)...)
	w.SkipBad = true
	dir := pictures(t, 3, 28, 60)
	for range 2 {
		r, err := worker(t, w).Do(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if r.Images != 2 || len(r.Skipped) != 1 || r.Skipped[0].Name != filepath.Join(dir, "2.png") {
			t.Errorf("want 2 pictures and 2.png left out, got %+v", r)
		}
	}
	w.SkipBad = false
	if r, err := worker(t, w).Do(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "2.png") {
		t.Errorf("want an error that names 2.png, got %+v and %v", r, err)
	}
	w.SkipBad = true
	none := pictures(t, 1, 28, 60)
	if r, err := worker(t, w).Do(t.Context(), none); err != nil || r.Images != 0 || len(r.Skipped) != 1 || r.Skipped[0].Name != none {
		t.Errorf("want a folder without a whole picture left out, got %+v and %v", r, err)
	}
}

// Pictures are taken at their own size, as compress takes them, if the model takes any size.
func TestOwnSize(t *testing.T) {
	w := Work{Task: EvaluateTask, Model: train(t, "conv", 1, dataset.Reading{Size: "28x28", Fit: "crop"}), Out: t.TempDir()}
	r, err := worker(t, w).Do(t.Context(), pictures(t, 2, 40, 0))
	if err != nil || r.Images != 2 || r.Numbers != 2*40*40 {
		t.Errorf("want 2 pictures of 40x40, got %+v (%v)", r, err)
	}
}

// Workers get paths that are right in any folder; what they could not read is refused at once.
func TestPaths(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"a.npy": here + "/a.npy", "./x/../b.npz:in/../c": here + "/b.npz:in/../c", "/d//e": "/d/e"} {
		if got, err := absolute(path); err != nil || got != filepath.FromSlash(want) {
			t.Errorf("%s: want %s, got %s (%v)", path, want, got, err)
		}
	}
	w := Work{Task: CompressTask, Model: "m", Like: "l", Out: "o"}
	for want, archives := range map[string][]string{
		"want each archive once, got a.npy and a.npy":   {"a.npy", "b.npy", "a.npy"},
		"want each archive once, got a.npy and ./a.npy": {"a.npy", "b.npy", "./a.npy"},
		"want each archive once, got b.png and ./b.png": {"a.png\nb.png", "c.npy", "./b.png"},
		"want a name of at most 255 bytes":              {"a.png\n" + strings.Repeat("b", 252) + ".png"},
		"got gs://bucket/a.npy: mount":                  {"b.npy", "gs://bucket/a.npy"},
	} {
		_, s := beam.NewPipelineWithRoot()
		if _, err := Add(s, w, archives); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	w.Out = "s3://bucket/o"
	_, s := beam.NewPipelineWithRoot()
	if _, err := Add(s, w, []string{"a.npy"}); err == nil || !strings.Contains(err.Error(), "s3://bucket/o") {
		t.Errorf("want an error that names s3://bucket/o, got %v", err)
	}
}

// What killed workers left of the files of a pipeline goes away, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	stay := []string{"a.gae", ".b.gae.tmpX", ".a.gae", ".tmp"}
	for _, name := range append(stay, ".a.gae.tmpX", ".a.gae"+parts.Suffix+".tmpY", "."+SummaryName+".tmpZ") {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(dir, &parts.Manifest{Parts: []parts.File{{Name: "a.gae"}}}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, e := range entries {
		got[e.Name()] = true
	}
	if want := map[string]bool{"a.gae": true, ".b.gae.tmpX": true, ".a.gae": true, ".tmp": true}; !reflect.DeepEqual(got, want) {
		t.Errorf("want %v to stay, got %v", stay, got)
	}
}
