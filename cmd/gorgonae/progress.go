package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/gorgonae/gorgonae/train"
)

// progress shows how a training goes: on a terminal a bar for each epoch with the time left, and everywhere a line at
// an epoch's end.
type progress struct {
	w      io.Writer
	bars   bool
	epochs int
	done   int // epochs
	ran    int // of those, in this process
	start  time.Time
	bar    *progressbar.ProgressBar
}

// newProgress writes to standard output; quiet writes nothing.
func newProgress(quiet bool, done, epochs int) *progress {
	p := &progress{w: os.Stdout, bars: term.IsTerminal(int(os.Stdout.Fd())), done: done, epochs: epochs, start: time.Now()}
	if quiet {
		p.w, p.bars = io.Discard, false
	}
	return p
}

// step moves the bar.
func (p *progress) step(s train.Progress) {
	if !p.bars {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(s.Steps, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(50*time.Millisecond),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: "─", BarStart: " ", BarEnd: " "}))
	}
	p.bar.Describe(fmt.Sprintf("Epoch %d/%d  loss %.5f", s.Epoch, s.Epochs, s.Loss))
	_ = p.bar.Set(s.Step) // what it cannot draw is no reason to stop
}

// epoch prints the line of an epoch.
func (p *progress) epoch(e train.Epoch) {
	p.clear()
	p.done++
	p.ran++
	line := fmt.Sprintf("Epoch %*d/%d  %5.1fs  loss %.5f", len(fmt.Sprint(p.epochs)), p.done, p.epochs, e.Seconds, e.Loss)
	if !math.IsNaN(e.ValLoss) {
		line += fmt.Sprintf("  val_loss %.5f", e.ValLoss)
	}
	if left := p.epochs - p.done; left > 0 {
		line += fmt.Sprintf("  left %v", (time.Since(p.start) / time.Duration(p.ran) * time.Duration(left)).Round(time.Second))
	}
	fmt.Fprintln(p.w, line)
}

// clear takes an unfinished bar off the screen.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// say prints a line that is not of an epoch.
func (p *progress) say(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }
