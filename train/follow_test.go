package train_test

import (
	"bytes"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// A trainer whose model has other weights follows the file of a run, before its first step, within an epoch and
// between two, and ends as the run does. Resuming such a file is refused: that trainer did not begin the run.
func TestFollow(t *testing.T) {
	want := whole(t)
	for _, steps := range []int{0, 2, stepsAnEpoch, 2*stepsAnEpoch + 1} {
		r, tr := newRun(), trainer(t, runConfig)
		done := 0
		if steps > 0 {
			r.fit(t, tr, train.Hooks{Step: func(train.Progress) {
				if done++; done == steps {
					r.stop()
				}
			}})
		}
		f, err := tr.File(map[string]string{"mine": "kept"})
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := f.Encode(&text); err != nil {
			t.Fatal(err)
		}
		other := func() (*train.Trainer, *graph.File) {
			tr := trainer(t, runConfig)
			tr.Model().Weights()[0].Data[0]++
			f, err := graph.Decode(bytes.NewReader(text.Bytes()))
			if err != nil || f.Meta["mine"] != "kept" {
				t.Fatalf("got metadata %v and error %v", f.Meta, err)
			}
			return tr, f
		}
		tr, f = other()
		if err := tr.Follow(f); err != nil {
			t.Fatal(err)
		}
		if !newRun().fit(t, tr, train.Hooks{}) {
			t.Fatal("the run did not end")
		}
		want.want(t, "a follower", tr)
		if steps == 0 {
			continue // the run has not begun with any weights
		}
		tr, f = other()
		if err := tr.ResumeFile(f); err != nil {
			t.Fatal(err)
		}
		_, err = tr.Fit(t.Context(), newRun().ds, newRun().val, runEpochs, train.Hooks{})
		wantError(t, err, "want initial weights")
	}
}
