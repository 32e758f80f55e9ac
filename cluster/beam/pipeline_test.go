package beam

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/run"
)

var (
	archivesFlag = flag.Int("archives", 20, "archives of the benchmark")
	eachFlag     = flag.Int("each", 1000, "drawings in each")
)

func TestMain(m *testing.M) { ptest.Main(m) }

// trained trains a small model, and returns its folder.
func trained(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	train, test := handwriting.Draw(300, 50)
	s, err := run.NewSettings("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	s.Training.Epochs = 1
	r, err := run.New(&dataset.Data{Name: "drawn", Train: train, Test: test}, s, run.Place{Dir: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "run")
}

// drawn writes n archives of so many drawings each, no two alike.
func drawn(t testing.TB, n, each int) (archives []string) {
	t.Helper()
	dir := t.TempDir()
	set, _ := handwriting.Streams(n*each, 1)
	x := make([]float32, each*set.Size().Numbers())
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("shard-%03d.npy", i))
		for k := range each {
			size := set.Size().Numbers()
			if err := set.Example(0, i*each+k, x[k*size:][:size], nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := run.WriteImages(path, set.Size(), x); err != nil {
			t.Fatal(err)
		}
		archives = append(archives, path)
	}
	return archives
}

// sums are the SHA-256 of all files in a folder.
func sums(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if err == nil && !strings.HasPrefix(filepath.Base(f), ".") { // a killed writer leaves a hidden file
			all[filepath.Base(f)], _, err = parts.Sum(f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// loop does work on archives without an engine.
func loop(t testing.TB, w Work, archives []string) {
	t.Helper()
	worker, err := NewWorker(w)
	if err != nil {
		t.Fatal(err)
	}
	var all []Result
	for _, a := range archives {
		r, err := worker.Do(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := WriteResults(w.Task, w.Out, all); err != nil {
		t.Fatal(err)
	}
}

func pipeline(w Work, archives []string) error {
	p, s := beam.NewPipelineWithRoot()
	if _, err := Add(s, w, archives); err != nil {
		return err
	}
	return ptest.Run(p)
}

// A pipeline writes the bytes of a loop, for each task, and again if it is repeated.
func TestPipeline(t *testing.T) {
	model, archives := trained(t), drawn(t, 5, 20)
	like := filepath.Join(t.TempDir(), "codec.gae")
	if err := FitCodec(t.Context(), Work{Model: model}, archives[0], like); err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{CompressTask, EncodeTask, EvaluateTask} {
		w := Work{Task: task, Model: model, Like: like, Out: t.TempDir()}
		loop(t, w, archives)
		want := sums(t, w.Out)
		for range 2 {
			w.Out = t.TempDir()
			if err := pipeline(w, archives); err != nil {
				t.Fatal(err)
			}
			if got := sums(t, w.Out); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: a pipeline writes %v, a loop %v", task, got, want)
			}
		}
		if n := map[string]int{CompressTask: 11, EncodeTask: 6, EvaluateTask: 2}[task]; len(want) != n {
			t.Errorf("%s: want %d files, got %v", task, n, want)
		}
	}
}

// A command that is killed and repeated leaves the bytes of one that is not.
func TestKilled(t *testing.T) {
	command := filepath.Join(t.TempDir(), "gorgonae-beam")
	if out, err := exec.Command("go", "build", "-o", command, "./cmd/gorgonae-beam").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	model, archives := trained(t), drawn(t, 8, 200)
	start := func(dir string) *exec.Cmd {
		c := exec.Command(command, append([]string{"--model", model, "--out", dir}, archives...)...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole := t.TempDir()
	if err := start(whole).Wait(); err != nil {
		t.Fatal(err)
	}
	want := sums(t, whole)
	again := t.TempDir()
	for kills := range 3 {
		c := start(again)
		for range 2000 { // until it has written one file more
			if written, _ := filepath.Glob(filepath.Join(again, "shard*.gae")); len(written) > kills {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		c.Process.Kill()
		c.Wait()
	}
	if err := start(again).Wait(); err != nil {
		t.Fatal(err)
	}
	if got := sums(t, again); !reflect.DeepEqual(got, want) {
		t.Errorf("after three kills the files are %v, want %v", got, want)
	}
}

// A bad archive ends the work, or is listed.
func TestSkipBad(t *testing.T) {
	model, archives := trained(t), drawn(t, 2, 10)
	bad := filepath.Join(t.TempDir(), "torn.npy")
	if err := os.WriteFile(bad, []byte("\x93NUMPY\x01\x00torn"), 0o666); err != nil {
		t.Fatal(err)
	}
	like := filepath.Join(t.TempDir(), "codec.gae")
	if err := FitCodec(t.Context(), Work{Model: model}, archives[0], like); err != nil {
		t.Fatal(err)
	}
	w := Work{Task: CompressTask, Model: model, Like: like, Out: t.TempDir()}
	if err := pipeline(w, append(archives, bad)); err == nil || !strings.Contains(err.Error(), "torn.npy") {
		t.Errorf("want an error that names torn.npy, got %v", err)
	}
	w.SkipBad = true
	if err := pipeline(w, append(archives, bad)); err != nil {
		t.Fatal(err)
	}
	m, err := parts.Read(filepath.Join(w.Out, SummaryName))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Parts) != 2 || m.File.Images != 20 || len(m.Skipped) != 1 || m.Skipped[0].Name != bad {
		t.Errorf("want 2 files of 20 images and 1 archive left out, got %+v", m)
	}
}

func TestWorkRefused(t *testing.T) {
	for want, w := range map[string]Work{
		"want compress, encode or evaluate": {Task: "squeeze", Model: "m", Out: "o"},
		"want a model":                      {Task: EncodeTask, Out: "o"},
		"whose codec all archives use":      {Task: CompressTask, Model: "m", Out: "o"},
		"want a folder":                     {Task: EncodeTask, Model: "m"},
	} {
		if err := w.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: want an error with %q, got %v", w, want, err)
		}
	}
}

// An archive that is named twice would be one file, counted twice.
func TestArchiveTwice(t *testing.T) {
	_, s := beam.NewPipelineWithRoot()
	_, err := Add(s, Work{Task: EncodeTask, Model: "m", Out: "o"}, []string{"a.npy", "b.npy", "a.npy"})
	if err == nil || !strings.Contains(err.Error(), "want each archive once, got a.npy and a.npy") {
		t.Errorf("want an error that names a.npy, got %v", err)
	}
}

// seen looks at what a worker gets of a struct.
type seen struct {
	Exported Work
	hidden   string
}

func (s *seen) ProcessElement(_ string, emit func(string)) {
	emit(fmt.Sprintf("%+v hidden=%q", s.Exported, s.hidden))
}

func init() {
	register.DoFn2x0[string, func(string)](&seen{})
	register.DoFn1x1[string, error](&wanted{})
	register.Emitter1[string]()
}

// wanted fails unless it gets a text.
type wanted struct{ Text string }

func (w *wanted) ProcessElement(got string) error {
	if got != w.Text {
		return errors.Errorf("a worker sees %s, want %s", got, w.Text)
	}
	return nil
}

// A worker sees every field of Work that was set. A field that is not exported arrives empty, without an error:
// Beam's Go SDK 2.77.0, local runner.
func TestWorkerSees(t *testing.T) {
	w := Work{Task: "t", Model: "m", Like: "l", Out: "o", SkipBad: true}
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		if v.Field(i).IsZero() || !v.Type().Field(i).IsExported() {
			t.Errorf("this test does not set %s, or a worker would not see it", v.Type().Field(i).Name)
		}
	}
	p, s := beam.NewPipelineWithRoot()
	texts := beam.ParDo(s, &seen{w, "set here"}, beam.Create(s, "x"))
	beam.ParDo0(s, &wanted{fmt.Sprintf("%+v hidden=%q", w, "")}, texts)
	ptest.RunAndValidate(t, p)
}

// BenchmarkPipeline prints the time of a pipeline over that of a loop that does the same work.
func BenchmarkPipeline(b *testing.B) {
	model, archives := trained(b), drawn(b, *archivesFlag, *eachFlag)
	like := filepath.Join(b.TempDir(), "codec.gae")
	if err := FitCodec(b.Context(), Work{Model: model}, archives[0], like); err != nil {
		b.Fatal(err)
	}
	w := Work{Task: CompressTask, Model: model, Like: like, Out: b.TempDir()}
	var engine, plain time.Duration
	for b.Loop() {
		start := time.Now()
		if err := pipeline(w, archives); err != nil {
			b.Fatal(err)
		}
		engine += time.Since(start)
		start = time.Now()
		loop(b, w, archives)
		plain += time.Since(start)
	}
	b.ReportMetric(engine.Seconds()/plain.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
