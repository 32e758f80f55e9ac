package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/gorgonae/gorgonae/train"
)

// progress shows the progress of a training. On a terminal it draws a bar for each epoch, with the
// remaining time of the epoch. At the end of each epoch it prints a line, with the remaining time
// of the training.
type progress struct {
	w       io.Writer
	bars    bool
	done    int // epochs done
	epochs  int // epochs of the whole run
	ran     int // epochs done in this process
	seconds float64

	bar   *progressbar.ProgressBar // of the current epoch; nil before its first step
	first int                      // its first step; not 1 if the run was resumed within an epoch
	start time.Time                // when that step was done
}

// newProgress returns a progress that writes to standard output. With quiet it writes nothing.
func newProgress(quiet bool, done, epochs int) *progress {
	p := &progress{w: os.Stdout, bars: term.IsTerminal(int(os.Stdout.Fd())), done: done, epochs: epochs}
	if quiet {
		p.w, p.bars = io.Discard, false
	}
	return p
}

// step moves the bar. The bar stays after the last step, while the validation runs. It fits into a
// line of 80 columns.
func (p *progress) step(s train.Progress) {
	if !p.bars {
		return
	}
	left := ""
	if p.bar == nil {
		p.bar = progressbar.NewOptions(s.Steps, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(20),
			progressbar.OptionSetPredictTime(false), progressbar.OptionThrottle(throttle),
			progressbar.OptionUseANSICodes(runtime.GOOS != "windows"), // also erases the ^C that the terminal shows for Ctrl-C
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: "─"}))
		p.first, p.start = s.Step, time.Now()
	} else if s.Step < s.Steps {
		left = fmt.Sprint("  ETA ", remaining(time.Since(p.start).Seconds(), s.Step-p.first, s.Steps-s.Step))
	}
	p.bar.Describe(fmt.Sprintf("%s  %*d/%d%-11s  loss %.5f ", p.title(s.Epoch), digits(s.Steps), s.Step, s.Steps, left, s.Loss))
	_ = p.bar.Set(s.Step) // a failure to draw the bar must not stop the training
}

// epoch prints the line of an epoch.
func (p *progress) epoch(e train.Epoch) {
	p.clear()
	p.done++
	p.ran++
	p.seconds += e.Seconds
	line := fmt.Sprintf("%s  %5.1fs  loss %.5f", p.title(p.done), e.Seconds, e.Loss)
	if !math.IsNaN(e.ValLoss) {
		line += fmt.Sprintf("  val_loss %.5f", e.ValLoss)
	}
	if left := p.epochs - p.done; left > 0 {
		line += fmt.Sprint("  ETA ", remaining(p.seconds, p.ran, left))
	}
	p.say("%s", line)
}

// title returns the name of an epoch. All titles have the same width.
func (p *progress) title(epoch int) string {
	return fmt.Sprintf("Epoch %*d/%d", digits(p.epochs), epoch, p.epochs)
}

func digits(n int) int { return len(fmt.Sprint(n)) }

// remaining returns the expected time for the units of work that are left. The units that are done
// took this many seconds.
func remaining(seconds float64, done, left int) time.Duration {
	return time.Duration(seconds / float64(done) * float64(left) * float64(time.Second)).Round(time.Second)
}

// warn says that a file could not be written.
func (p *progress) warn(err error) {
	p.clear()
	fmt.Fprintf(os.Stderr, "WARNING: %s: it is written with the next epoch that can\n", oneLine(err.Error()))
}

// clear removes the bar from the screen.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// say prints a line.
func (p *progress) say(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }
