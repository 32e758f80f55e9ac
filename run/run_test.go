package run_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// digits is a small data set.
func digits() *dataset.Data {
	training, test := handwriting.Draw(60, 12)
	return &dataset.Data{Name: "a few/digits", Train: training, Test: test, Source: "drawn"}
}

func settings(t *testing.T, architecture string) run.Settings {
	t.Helper()
	s, err := run.NewSettings(architecture)
	if err != nil {
		t.Fatal(err)
	}
	s.Training.Epochs, s.Training.Batch = 2, 20
	return s
}

func begin(t *testing.T, s run.Settings, p run.Place) *run.Run {
	t.Helper()
	r, err := run.New(digits(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func weights(t *testing.T, dir string) map[string][]float32 {
	t.Helper()
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]float32{}
	for _, w := range m.Model.Weights() {
		all[w.Name] = w.Data
	}
	return all
}

// A run that is stopped within an epoch is saved. When it is resumed, it ends with the same bits as
// a run that was not stopped.
func TestStopAndResume(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	r := begin(t, s, run.Place{})
	if r.Dir() != "runs/tutorial-a_few_digits" {
		t.Errorf("the folder is %s", r.Dir())
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	if !r.Trained() {
		t.Error("Trained is false after a training")
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	steps := 0
	r = begin(t, s, run.Place{Dir: "stopped"})
	_, err := r.Train(ctx, run.Hooks{Step: func(train.Progress) {
		if steps++; steps == 4 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a run that was stopped ends with %v", err)
	}
	if size, ok := (run.Place{Dir: "stopped", Resume: true}).Continues(s, "x"); !ok || size.Size() != (images.Size{Channels: 1, Height: 28, Width: 28}) {
		t.Errorf("the run to continue has images of %v (%v)", size, ok)
	}
	r = begin(t, s, run.Place{Dir: "stopped", Resume: true})
	h, err := r.Train(t.Context(), run.Hooks{Step: func(train.Progress) { steps++ }})
	if err != nil || len(h.Epochs) != 2 || steps != 6 {
		t.Fatalf("resumed, it trains %d steps to %d epochs (%v)", steps, len(h.Epochs), err)
	}
	want := weights(t, "runs/tutorial-a_few_digits")
	for name, got := range weights(t, "stopped") {
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s has other values after a stop", name)
		}
	}
	r = begin(t, s, run.Place{Dir: "stopped", Resume: true})
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil || r.Trained() {
		t.Errorf("a complete run trains again: %v (%v)", r.Trained(), err)
	}
}

// Settings can be read back from their JSON. Settings that are not in the JSON get the defaults of
// the architecture.
func TestSettingsJSON(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		s := settings(t, a.Name)
		s.Seed, s.Shuffle, s.Clip, s.Patience = 7, false, 0.5, 3
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back run.Settings
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", a.Name, err)
		}
		if again, err := json.Marshal(back); err != nil || string(again) != string(text) {
			t.Errorf("%s: %s became %s (%v)", a.Name, text, again, err)
		}
	}
	var s run.Settings
	if err := json.Unmarshal([]byte(`{"architecture":"deep","config":{"latent":5}}`), &s); err != nil {
		t.Fatal(err)
	}
	if d := s.Config.(*autoencoder.Deep); d.Latent != 5 || len(d.Hidden) != 3 || s.Training.Epochs != 120 || s.Seed != 1 || !s.Shuffle {
		t.Errorf("got %+v", s)
	}
	for _, bad := range []string{`{"architecture":"shallow"}`, `{"architecture":"deep","config":{"depth":5}}`, `{`} {
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	tutorial := settings(t, "tutorial")
	if err := tutorial.Set("latent", "3"); err != nil || tutorial.Config.(*autoencoder.Tutorial).Latent != 3 {
		t.Errorf("--latent 3: %v", err)
	}
	if err := tutorial.Set("noise", "3"); err == nil || !strings.Contains(err.Error(), "tutorial has no --noise: ") {
		t.Errorf("--noise of tutorial: %v", err)
	}
	if err := tutorial.Set("slope", "-1"); err != nil {
		t.Error(err)
	}
	if err := tutorial.Check(); err == nil {
		t.Error("a negative slope was accepted")
	}
}

// mine is an architecture that is not registered.
type mine struct {
	Width int `json:"width"`
}

func (c *mine) Build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	x, z := graph.Input("image", image.Size()), graph.Input("code", c.Width)
	return autoencoder.Join(graph.New("encoder", x, graph.Dense("code", x, c.Width)), graph.New("decoder", z, graph.Dense("pixels", z, image.Size())))
}

// rateDistortion is a loss that package train does not know.
type rateDistortion struct{ train.ElementwiseLoss }

func (rateDistortion) String() string { return "rate-distortion" }
func (rateDistortion) Label() string  { return "bits and error" }

func (l rateDistortion) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	return l.ElementwiseLoss.Write(b, y, target)
}

// A program may have its own model and its own loss. Its run can be read: the model makes codes,
// and the file has the label of the loss.
func TestOwnModelAndLoss(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	s := run.Settings{Architecture: "mine", Config: &mine{5}, Control: run.Control{Seed: 2}, Training: autoencoder.Training{
		Loss: rateDistortion{train.MSE()}, Optimizer: train.NewAdam(1e-2), Schedule: train.Constant{}, Epochs: 2, Batch: 10}}
	if _, err := begin(t, s, run.Place{Dir: dir}).Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if tr, err := m.Training(); err != nil || tr.Loss != nil || tr.Label != "bits and error" || tr.Seed != 2 || tr.Batch != 10 || len(tr.History.Epochs) != 2 {
		t.Errorf("the training in the file is %+v (%v)", tr, err)
	}
	data, err := m.Use("digits", digits())
	if err != nil {
		t.Fatal(err)
	}
	codes, err := m.Encode(t.Context(), data.Test)
	if err != nil || len(codes) != 12*5 {
		t.Fatalf("%d numbers of codes (%v)", len(codes), err)
	}
	path := filepath.Join(dir, "codes.npy")
	if err := m.WriteCodes(path, codes); err != nil {
		t.Fatal(err)
	}
	want, err := m.Decoder.Predict(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.DecodeFile(t.Context(), path); err != nil || !slices.Equal(got.Pixels, want) || got.Size != m.Size() {
		t.Errorf("the codes come back changed, or as images of %v (%v)", got.Size, err)
	}
	if _, err := m.DataName(""); err == nil || !strings.Contains(err.Error(), `"a few/digits"`) {
		t.Errorf("the data set has no name to find it by: %v", err)
	}
}

// A refused run leaves no folder.
func TestRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	for what, c := range map[string]struct {
		change func(*run.Settings, *run.Place)
		want   string
	}{
		"no configuration": {func(s *run.Settings, _ *run.Place) { s.Config = nil }, "NewSettings"},
		"no epochs":        {func(s *run.Settings, _ *run.Place) { s.Training.Epochs = 0 }, "epochs"},
		"a negative clip":  {func(s *run.Settings, _ *run.Place) { s.Clip = -1 }, "clip"},
		"no such weights":  {func(s *run.Settings, _ *run.Place) { s.Weights = "none" }, "none"},
		"a large shift":    {func(s *run.Settings, _ *run.Place) { s.Training.Augmentation.Shift = 99 }, "28"},
		"both":             {func(_ *run.Settings, p *run.Place) { p.Resume, p.Overwrite = true, true }, "resume and overwrite"},
	} {
		s, p := settings(t, "tutorial"), run.Place{Dir: dir}
		c.change(&s, &p)
		if _, err := run.New(digits(), s, p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want one with %q", what, err, c.want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Fatalf("%s: a folder is left", what)
		}
	}
}
