package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// logged is what a reader of TensorBoard finds in the log of a run: for each tag what it has at each step.
type logged struct {
	Scalars    map[string][][3]float64 // step, value, seconds since 1970
	Images     map[string][][3]int     // step, width, height
	Histograms map[string][]any        // step, and (left, right, count) of each bucket

	Hparams      map[string]any    // only from the accumulator, as what follows
	Descriptions map[string]string // of scalars
	Ended        int               // the status with which the training ended
	Version      float64           // of the file
}

// accumulated is what event_accumulator finds in folders.
func accumulated(t *testing.T, python, path string, dirs ...string) (all []logged) {
	t.Helper()
	cmd := exec.Command(python, slices.Concat([]string{path, "accumulator"}, dirs)...)
	cmd.Stderr = scratch(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, read(t, cmd.Stderr.(*os.File).Name()))
	}
	if err := json.Unmarshal(out, &all); err != nil || len(all) != len(dirs) {
		t.Fatalf("%v: %s", err, out)
	}
	return all
}

// shownLogs is what the pages of TensorBoard get from its server.
type shownLogs struct {
	Runs       map[string]logged
	Timeseries map[string]map[string][]float64 // run, tag: the steps
	Hparams    struct {
		Experiment struct {
			HparamInfos []struct{ Name, Type string }
			MetricInfos []struct{ Name struct{ Group, Tag string } }
		}
		Groups struct {
			SessionGroups []struct {
				Name     string
				Hparams  map[string]any
				Sessions []struct {
					Name, Status string
					MetricValues []struct {
						Name         struct{ Group, Tag string }
						Value        float64
						TrainingStep any // a text, as it is an int64
					}
				}
			}
		}
	}
}

// board is a server of TensorBoard that is running.
type board struct {
	in  io.Writer
	out *bufio.Reader
}

// newBoard starts TensorBoard on the logs in a folder, with its fast reader, which is the default, or with
// the slow one, which it takes where the fast one cannot be installed.
func newBoard(t *testing.T, python, path, logs, fast string) *board {
	t.Helper()
	cmd := exec.Command(python, path, "server", logs, fast)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = scratch(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v\n%s", cmd, err, read(t, cmd.Stderr.(*os.File).Name()))
		}
	})
	b := &board{in, bufio.NewReader(out)}
	if line, err := b.out.ReadString('\n'); err != nil {
		t.Fatalf("%v: %q, %v\n%s", cmd, line, err, read(t, cmd.Stderr.(*os.File).Name()))
	}
	return b
}

// show returns everything that the server shows after a scalar of a run has reached a step.
func (b *board) show(t *testing.T, run, tag string, step int) (s shownLogs) {
	t.Helper()
	fmt.Fprintf(b.in, "%s\t%s\t%d\n", run, tag, step)
	line, err := b.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("TensorBoard does not show step %d of %s: %v", step, tag, err)
	}
	if err := json.Unmarshal(line, &s); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return s
}

// withoutClock leaves the steps and values of a log, and nothing that depends on the clock.
func withoutClock(l logged) (scalars map[string][][2]float64, images map[string][][3]int, histograms map[string][]any) {
	scalars = map[string][][2]float64{}
	for tag, points := range l.Scalars {
		for _, p := range points {
			if tag == "images_per_second" {
				p[1] = 0
			}
			scalars[tag] = append(scalars[tag], [2]float64{p[0], p[1]})
		}
	}
	return scalars, l.Images, l.Histograms
}

// wantLog compares logs of two readers or of two runs.
func wantLog(t *testing.T, what string, want, got logged) {
	t.Helper()
	a, b, c := withoutClock(want)
	x, y, z := withoutClock(got)
	for name, d := range map[string]string{"scalars": cmp.Diff(a, x), "images": cmp.Diff(b, y), "histograms": cmp.Diff(c, z)} {
		if d != "" && !(name != "scalars" && len(b) == 0 && len(y) == 0) {
			t.Errorf("%s: %s: %.3000s", what, name, d)
		}
	}
}
