package train_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/train"
)

const settingsKey = "training.settings"

// initialised is a trainer of runConfig whose weights follow from a seed.
func initialised(t *testing.T, seed uint64) *train.Trainer {
	t.Helper()
	tr := trainer(t, runConfig)
	if err := tr.Model().Init(seed); err != nil {
		t.Fatal(err)
	}
	return tr
}

func settingsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := train.ReadSettings(f.Meta)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// A checkpoint names the weights that the run began with, however often it has been resumed.
func TestInitialWeights(t *testing.T) {
	r := newRun()
	tr := initialised(t, 5)
	want := initialWeights(t, tr.Model())
	for steps := 1; ; steps++ {
		r := newRun()
		done := r.fit(t, tr, train.Hooks{Step: func(train.Progress) { r.stop() }})
		path := save(t, tr)
		if got := settingsOf(t, path)["initial weights"]; got != want {
			t.Fatalf("after %d steps the initial weights are %s, want %s", steps, got, want)
		}
		other := initialised(t, 6)
		resume(t, other, path)
		_, err := other.Fit(t.Context(), r.ds, r.val, runEpochs, train.Hooks{})
		wantError(t, err, "want initial weights "+want[:12]+"… as when the run began, got ")
		if done {
			break
		}
		tr = initialised(t, 5)
		resume(t, tr, path)
	}
	_, err := tr.Fit(t.Context(), r.ds, r.val, runEpochs, train.Hooks{}) // the weights are others by now
	if err != nil {
		t.Error(err)
	}
}

// A run that was saved before it began begins with the saved weights.
func TestInitialWeightsBeforeFit(t *testing.T) {
	first, then := initialised(t, 5), initialised(t, 6)
	want := initialWeights(t, first.Model())
	resume(t, then, save(t, first))
	newRun().fit(t, then, train.Hooks{})
	if got := settingsOf(t, save(t, then))["initial weights"]; got != want {
		t.Errorf("the initial weights are %s, want %s", got, want)
	}
}

// The first version's checkpoints say in words where the initial weights came from. They are
// resumed, whatever the initial weights are, and the words stay.
func TestResumeFirstVersion(t *testing.T) {
	want := whole(t)
	hash := regexp.MustCompile(`"initial weights":"[0-9a-f]{64}"`)
	path := damage(t, interrupted(t, 5), func(f *safetensors.File) {
		if !hash.MatchString(f.Metadata[settingsKey]) {
			t.Fatalf("the settings are %s", f.Metadata[settingsKey])
		}
		f.Metadata[settingsKey] = hash.ReplaceAllString(f.Metadata[settingsKey], `"start":"random weights"`)
	})
	tr := initialised(t, 6)
	for range 2 { // the words are there after the first time too
		resume(t, tr, path)
		newRun().fit(t, tr, train.Hooks{})
		path = save(t, tr)
		settings := settingsOf(t, path)
		if hash, ok := settings["initial weights"]; ok || settings["start"] != "random weights" {
			t.Errorf("the settings have the start %q and the initial weights %q", settings["start"], hash)
		}
		tr = initialised(t, 7)
	}
	got := readRun(t, path)
	want.Meta, got.Meta = nil, nil // which differ in the start
	if a, b := want.History, got.History; a != b || !strings.Contains(a, "compact") {
		t.Errorf("the history is\n%s\nwant\n%s", b, a)
	}
	for name, bits := range want.Weights {
		for i, v := range bits {
			if got.Weights[name][i] != v {
				t.Fatalf("%s differs from that of a run that was not interrupted", name)
			}
		}
	}
	other := initialised(t, 6)
	resume(t, other, path)
	r := newRun()
	_, err := other.Fit(t.Context(), r.val, r.val, runEpochs, train.Hooks{})
	wantError(t, err, "want data ")
}
