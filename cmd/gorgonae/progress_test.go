package main

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gorgonae/gorgonae/train"
)

// frames returns the successive states of a line on a terminal after a text is written to it.
func frames(text string) []string {
	erased := regexp.MustCompile("\x1b\\[[0-9]*K").ReplaceAllString(text, "")
	return strings.FieldsFunc(erased, func(r rune) bool { return r == '\r' })
}

// On a terminal there is a bar for each epoch. It fits into 80 columns and ends with the last step
// of the epoch. After it comes the line of the epoch.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, bars: true, done: 18, epochs: 100}
	const steps = 235
	for step := 101; step <= steps; step++ { // a run that was resumed within an epoch
		p.step(train.Progress{Epoch: 19, Epochs: 100, Step: step, Steps: steps, Loss: 0.0571})
	}
	for _, frame := range frames(out.String()) {
		if n := utf8.RuneCountInString(frame); n > 79 {
			t.Errorf("a line of %d columns: %q", n, frame)
		}
	}
	all := frames(out.String())
	first, last := all[0], all[len(all)-1]
	if !strings.HasPrefix(first, "Epoch  19/100  101/235 ") || strings.Contains(first, "ETA") {
		t.Errorf("the first line is %q", first)
	}
	if !strings.HasPrefix(last, "Epoch  19/100  235/235 ") || !strings.Contains(last, "loss 0.05710") || !strings.Contains(last, "100% "+strings.Repeat("━", 20)) {
		t.Errorf("the last line is %q", last)
	}
	out.Reset()
	p.epoch(train.Epoch{Seconds: 2, Loss: 0.0571, ValLoss: 0.054})
	p.epoch(train.Epoch{Seconds: 4, Loss: 0.05, ValLoss: math.NaN()})
	if got, want := strings.Join(frames(out.String()), ""), "Epoch  19/100    2.0s  loss 0.05710  val_loss 0.05400  ETA 2m42s\n"+
		"Epoch  20/100    4.0s  loss 0.05000  ETA 4m0s\n"; strings.TrimLeft(got, " ") != want {
		t.Errorf("the lines of the epochs are %q, want %q", got, want)
	}
}

func TestRemaining(t *testing.T) {
	if got := remaining(40, 100, 99); got != 40*time.Second {
		t.Errorf("99 steps take %v after 100 in 40 s, want 40 s", got)
	}
	if got := remaining(90, 3, 2); got != time.Minute {
		t.Errorf("2 epochs take %v after 3 in 90 s, want 60 s", got)
	}
}

// On a terminal a download shows one bar for each mirror, and each bar ends its line. Otherwise it
// shows one line for each mirror.
func TestDownloads(t *testing.T) {
	for _, bars := range []bool{false, true} {
		var out bytes.Buffer
		d := &downloads{w: &out, bars: bars}
		for _, mirror := range []string{"https://a.example", "https://b.example"} {
			for done := range int64(3) {
				d.progress(mirror, done*400_000, 1_200_000)
			}
		}
		d.end()
		text := out.String()
		if strings.Count(text, "\n") != 2 || !strings.HasSuffix(text, "\n") || !strings.Contains(text, "from https://b.example") {
			t.Errorf("bars %v: %q", bars, text)
		}
		if !bars && strings.ContainsFunc(strings.ReplaceAll(text, "\n", ""), isControl) {
			t.Errorf("control characters without a terminal: %q", text)
		}
	}
}
