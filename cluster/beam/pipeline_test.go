package beam

import (
	"flag"
	"fmt"
	"os"
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

// built is a folder with programs that a test built.
var built string

func TestMain(m *testing.M) {
	status := ptest.MainRet(m)
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(status)
}

// trained trains a small model, well enough that different drawings have different codes, and returns its folder.
func trained(t testing.TB) string { return train(t, "tutorial", 5, dataset.Reading{}) }

// trainedLonger trains another one.
func trainedLonger(t testing.TB) string { return train(t, "tutorial", 6, dataset.Reading{}) }

// train trains a model on drawings that were read in some way.
func train(t testing.TB, model string, epochs int, how dataset.Reading) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	train, test := handwriting.Draw(2000, 50)
	s, err := run.NewSettings(model)
	if err != nil {
		t.Fatal(err)
	}
	s.Training.Epochs = epochs
	r, err := run.New(&dataset.Data{Name: "drawn", Train: train, Test: test, Reading: how}, s, run.Place{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	return dir
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
	if err := FitCodec(t.Context(), Work{Model: model}, archives, like); err != nil {
		t.Fatal(err)
	}
	for _, task := range []string{CompressTask, EncodeTask, EvaluateTask} {
		w := Work{Task: task, Model: model, Like: like, Out: t.TempDir()}
		loop(t, w, archives)
		want := sums(t, w.Out)
		for try := range 3 {
			if try != 1 { // the second does nothing again
				w.Out = t.TempDir()
			}
			if err := pipeline(w, archives); err != nil {
				t.Fatal(err)
			}
			if got := sums(t, w.Out); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: a pipeline writes %v, a loop %v", task, got, want)
			}
		}
		if n := map[string]int{CompressTask: 11, EncodeTask: 11, EvaluateTask: 2}[task]; len(want) != n {
			t.Errorf("%s: want %d files, got %v", task, n, want)
		}
		from := map[string]string{}
		for name, sum := range want {
			if from[sum] != "" {
				t.Errorf("%s: %s and %s are the same bytes: the test would not see it if they changed places", task, name, from[sum])
			}
			from[sum] = name
		}
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
	if err := FitCodec(b.Context(), Work{Model: model}, archives, like); err != nil {
		b.Fatal(err)
	}
	w := Work{Task: CompressTask, Model: model, Like: like}
	var engine, plain time.Duration
	for b.Loop() {
		w.Out = b.TempDir() // where nothing is done already
		start := time.Now()
		if err := pipeline(w, archives); err != nil {
			b.Fatal(err)
		}
		engine += time.Since(start)
		w.Out = b.TempDir()
		start = time.Now()
		loop(b, w, archives)
		plain += time.Since(start)
	}
	b.ReportMetric(engine.Seconds()/plain.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
