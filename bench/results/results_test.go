package main

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
)

func TestStatistics(t *testing.T) {
	if m := median([]float64{3, 1, 2}); m != 2 {
		t.Errorf("the median is %v", m)
	}
	if m := median([]float64{4, 1, 2, 3}); m != 2.5 {
		t.Errorf("the median is %v", m)
	}
	if mean, stderr := meanAndError([]float64{1, 2, 3}); mean != 2 || math.Abs(stderr-1/math.Sqrt(3)) > 1e-12 {
		t.Errorf("mean %v, standard error %v", mean, stderr)
	}
}

// Names are unique, because folders have these names, and every row has its texts.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows() {
		if seen[r.name] || r.seeds < 1 || r.mean && r.seeds < 2 || r.what == "" || r.measure == "" || len(r.recipe()) != 8 {
			t.Errorf("row %+v", r)
		}
		seen[r.name] = true
	}
}

// The flags of each row become settings.
func TestRowSettings(t *testing.T) {
	for _, r := range rows() {
		s, err := r.settings(3)
		if err != nil {
			t.Errorf("row %s: %v", r.name, err)
			continue
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		for flag, value := range map[string]string{"tutorial-tuned": `"lr":0.002`, "best30": `"hidden":[2000,1000,500]`, "vae-2": `"latent":2`} {
			if r.name == flag && !strings.Contains(string(text), value) {
				t.Errorf("row %s has the settings %s, want %s in them", r.name, text, value)
			}
		}
		if s.Seed != 3 {
			t.Errorf("row %s has the seed %d, want 3", r.name, s.Seed)
		}
	}
}

// If several processes add outcomes at once, no outcome is lost.
func TestUpdateAtOnce(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for seed := range 20 {
		group.Go(func() {
			o := outcome{"tutorial", "recipe", seed, 1, 1, 1, 2, 1, nil}
			if err := update(filepath.Join(dir, "lock"), filepath.Join(dir, kept), filepath.Join(dir, table), &o); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	done, err := readOutcomes(filepath.Join(dir, kept))
	if err != nil || len(done.Outcomes) != 20 {
		t.Errorf("%d outcomes are kept (%v), want 20", len(done.Outcomes), err)
	}
}

// Kept outcomes can be read back, and the table shows them. A row with a changed command has no
// result.
func TestTable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, kept)
	done, err := readOutcomes(path)
	if err != nil || len(done.Outcomes) != 0 {
		t.Fatalf("a missing file gives %+v, %v", done, err)
	}
	r := row{name: "a", what: "something", model: "deep", seeds: 3, measure: "error", target: 2, published: []source{{"3.00", "Somebody 2006"}}}
	for seed, loss := range []float64{2.5, 2.25, 2.75} {
		done.Outcomes = append(done.Outcomes, outcome{r.name, r.recipe(), seed + 1, 40, loss, 100, 2, 1, nil})
	}
	if err := done.write(path); err != nil {
		t.Fatal(err)
	}
	if done, err = readOutcomes(path); err != nil || len(done.Outcomes) != 3 || !reflect.DeepEqual(*done.find(r, 2), outcome{"a", r.recipe(), 2, 40, 2.25, 100, 2, 1, nil}) {
		t.Fatalf("read %+v, %v", done, err)
	}
	changed, mean := r, r
	changed.args += "--epochs 3"
	mean.mean = true
	for _, c := range []struct {
		row  row
		want []string
	}{
		{r, []string{"## a: something\n", "| **2.500** | gorgonae, median of 3 seeds (2.500, 2.250, 2.750), 40 epochs in 1m40s on one core |\n",
			"| 3.00 | Somebody 2006 |\n", "| 2 | the target |\n", "    gorgonae train --data mnist --model deep --seed 1\n"}},
		{mean, []string{"| **2.500 ± 0.1443** | gorgonae, mean and standard error of 3 seeds"}},
		{changed, []string{"| - | gorgonae: 0 of 3 trainings are done |\n"}},
	} {
		file := filepath.Join(dir, table)
		if err := writeTable(file, []row{c.row}, done); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(string(text), want) {
				t.Errorf("the table lacks %q:\n%s", want, text)
			}
		}
	}
	if err := os.WriteFile(path, []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := readOutcomes(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a damaged file: %v", err)
	}
}

// Every kept result belongs to a row with its present settings, so a change of the recipe cannot
// lose results. RESULTS.md is the table of the kept results.
func TestKeptResults(t *testing.T) {
	done, err := readOutcomes(filepath.Join("../..", kept))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, r := range rows() {
		for seed := 1; seed <= r.seeds; seed++ {
			if done.find(r, seed) == nil {
				t.Errorf("row %s, seed %d has no result", r.name, seed)
				continue
			}
			found++
		}
	}
	if found != len(done.Outcomes) {
		t.Errorf("%d of %d kept results belong to a row", found, len(done.Outcomes))
	}
	path := filepath.Join(t.TempDir(), table)
	if err := writeTable(path, rows(), done); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want, err := os.ReadFile(filepath.Join("../..", table)); err != nil || string(got) != string(want) {
		t.Errorf("the kept results give another %s than the present one (%v)", table, err)
	}
}

// A setting of zero has no effect on the recipe.
func TestCanonical(t *testing.T) {
	settings := struct {
		B, A  int
		Off   float32
		Names []string
	}{B: 2, A: 1}
	if got := string(canonical(settings)); got != `{"A":1,"B":2}` {
		t.Errorf("the settings are %s", got)
	}
}

// A result from before a change of bits that touches the row is marked, and replaced by a new one.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	enter := func(r row, arithmetic int, loss float64) {
		t.Helper()
		o := outcome{r.name, r.recipe(), 1, 1, loss, 1, arithmetic, 1, nil}
		if err := update(path("lock"), path(kept), path(table), &o); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rows() {
		uses := r.model == "deep" || r.model == "vae"
		enter(r, 0, 3)
		done, err := readOutcomes(path(kept))
		if err != nil || done.find(r, 1).stale(r) != uses {
			t.Errorf("row %s: a result of version 1 is stale: %v, want %v (%v)", r.name, !uses, uses, err)
		}
	}
	replaced := rows()[2] // deep
	enter(replaced, 2, 2)
	done, err := readOutcomes(path(kept))
	if err != nil || len(done.Outcomes) != len(rows()) || done.find(replaced, 1).Loss != 2 || done.find(replaced, 1).stale(replaced) {
		t.Errorf("the new result did not replace the old one: %+v (%v)", done, err)
	}
	text, err := os.ReadFile(path(table))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "had GELU in float64"); n != 3 { // best30 and both rows of vae
		t.Errorf("%d rows are marked, want 3", n)
	}
}

// A row with codings has a table of them. A coding that has no result yet makes the outcome incomplete.
func TestCodings(t *testing.T) {
	small := coding{what: "test images", fit: codec.FitOptions{Error: 3}, target: 95}
	whole := coding{what: "all images, with the decoder", effort: 4, all: true, file: true, target: 92}
	pixel := coding{what: "exact", pixel: true, target: 1}
	r := row{name: "a", what: "something", model: "codec", seeds: 1, measure: "loss", codings: []coding{small, whole, pixel}}
	o := outcome{Row: "a", Recipe: r.recipe(), Seed: 1, Epochs: 1, Arithmetic: 2, Codings: []coded{
		{small.key(), 100, 94.04, 120, 3.001, 2}, {whole.key(), 700, 70, 91.26, 2.99, 70}}}
	if o.complete(r) {
		t.Error("an outcome without the last coding is complete")
	}
	o.Codings = append(o.Codings, coded{pixel.key(), 100, 784, 800, 0, 9})
	if !o.complete(r) {
		t.Error("an outcome with all codings is not complete")
	}
	var b strings.Builder
	r.describe(&b, &outcomes{[]outcome{o}})
	for _, want := range []string{
		"| test images `--error 3 --effort 0` | **94.0** | 3.00 | 2 s | 95 |\n",
		"| all images, with the decoder `--effort 4` | **91.3** | 2.99 | 70 s | 92 |\n",
		"| exact `--effort 0` | **1.000** | 0.00 | 9 s | 1 |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
}

// Two sets of images are one, in their order.
func TestJoined(t *testing.T) {
	a, b := handwriting.Draw(3, 2)
	j := joined{a, b}
	x, y := make([]float32, 784), make([]float32, 784)
	for i := range 5 {
		from, k := images.Source(a), i
		if i >= 3 {
			from, k = b, i-3
		}
		if err := errors.Join(j.Example(0, i, x, nil), from.Example(0, k, y, nil)); err != nil || !slices.Equal(x, y) || j.Label(i) != from.Label(k) || j.Len() != 5 {
			t.Errorf("image %d differs: %v", i, err)
		}
	}
}
