package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// imported makes the run "a" of the state dictionary of a trained model, and of a model of Keras the run "k".
func imported(t *testing.T) {
	t.Helper()
	tutorial := kerasFile(t, "tutorial.keras")
	workplace(t)
	pictures(t, "six", 30, 6, 7)
	works(t, quick("--model", "deep", "--out", "run")...)
	works(t, "export", "run", "--format", "safetensors", "--out", "a.safetensors")
	if out := works(t, "import", "a.safetensors", "--out", "a"); !strings.Contains(out, "a holds model.safetensors, checkpoint.safetensors, report.html") {
		t.Errorf("import prints %q", out)
	}
	if out := works(t, "import", tutorial, "--data", "mnist", "--out", "k"); !strings.Contains(out, "k holds model.safetensors, checkpoint.safetensors, report.html") {
		t.Errorf("import prints %q", out)
	}
}

// An imported run has a page from the start; figures adds what the model makes of images, and a training its curves.
func TestImportReport(t *testing.T) {
	imported(t)
	has := func(path string, texts ...string) {
		t.Helper()
		page := read(t, path)
		for _, text := range texts {
			if text, absent := strings.CutPrefix(text, "!"); strings.Contains(page, text) == absent {
				t.Errorf("%s has %q: %v", path, text, !absent)
			}
		}
	}
	has("a/report.html", "Another program trained it.", ">imported<", "gorgonae figures a --data WHAT", "gorgonae train --resume --out a --data WHAT",
		"WHAT is a data set", "encoder_dense_1", "those that were imported", "!It was trained on", "!<h2 id=\"results\">", "!<h2 id=\"curves\">")
	has("k/report.html", "<title>imported on mnist</title>", "Another program trained it on mnist.", "gorgonae train --resume --out k --data mnist", "!WHAT")
	if out := works(t, "figures", "a", "--data", "pics"); !strings.Contains(out, "grid.png, report.html\n") || strings.Contains(out, "loss.png") {
		t.Errorf("figures prints %q", out)
	}
	has("a/report.html", "its results on pics, 36 images to train on and 4 to test with", "<h2 id=\"results\">", "<h2 id=\"plane\">", "!<h2 id=\"curves\">", "!It was trained on")
	works(t, "train", "--out", "a", "--resume", "--data", "pics", "--epochs", "1", "--batch", "8")
	has("a/report.html", "It was trained on 36 images of pics", "<h2 id=\"curves\">", "!imported<")
	works(t, "import", "a.safetensors", "--out", "a", "--overwrite")
	has("a/report.html", ">imported<")
	if err := os.Mkdir("k/.training.lock", 0o777); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := call(t, "import", "a.safetensors", "--out", "k", "--overwrite"); status != 0 || !strings.Contains(errs, "WARNING: cannot lock k/.training.lock") {
		t.Errorf("a folder that cannot be locked: status %d, it says %q", status, errs)
	}
}

// Imported runs are served as others are, though they have no training.
func TestServeImported(t *testing.T) {
	slow(t)
	imported(t)
	for run, data := range map[string]string{"a": "pics", "k": "six"} {
		_, url := served(t, run, "--data", data, "--address", "127.0.0.1:0")
		var codes struct{ Places [][]float32 }
		r := request(t, "GET", url+"api/codes", nil)
		r.Header.Set("Accept", "application/json")
		if err := json.Unmarshal(fetched(t, r, 200), &codes); err != nil || len(codes.Places) < 20 {
			t.Errorf("%s: %d codes are shown: %v", run, len(codes.Places), err)
		}
		var about struct {
			Name, Architecture string
			Epochs             int
			Training           bool
		}
		if err := json.Unmarshal(fetched(t, request(t, "GET", url+"api/model", nil), 200), &about); err != nil || about.Name != run || about.Architecture == "" || about.Epochs != 0 || about.Training {
			t.Errorf("%s: the model is %+v: %v", run, about, err)
		}
		var history struct{ Epochs []any }
		if err := json.Unmarshal(fetched(t, request(t, "GET", url+"api/history", nil), 200), &history); err != nil || len(history.Epochs) != 0 {
			t.Errorf("%s: the history is %+v: %v", run, history, err)
		}
		picture := []byte(read(t, data+"/001.png"))
		var e struct {
			Images []struct {
				Code           []float32
				Reconstruction string
			}
		}
		if err := json.Unmarshal(fetched(t, request(t, "POST", url+"api/encode", picture), 200), &e); err != nil || len(e.Images[0].Code) == 0 || e.Images[0].Reconstruction == "" {
			t.Errorf("%s: a picture is encoded as %+v: %v", run, e, err)
		}
		for _, path := range []string{"", "api/decode?place=0.5,-1", "api/image/0", "api/reconstruction/1?split=test", "api/rate", "api/path?from=0&to=1"} {
			fetched(t, request(t, "GET", url+path, nil), 200)
		}
	}
}
