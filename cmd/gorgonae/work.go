package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// work shows on a terminal how many images a command has done, how many it does in a second, and the
// time that is left. It is drawn on standard error, because images may go to standard output. A nil
// *work shows nothing.
type work struct {
	w           io.Writer
	title       string
	bar         *progressbar.ProgressBar // nil before the first images
	start       time.Time
	part, whole int64 // how much of the work is done, in units of any size; whole is 0 if it is unknown
}

// newWork returns nil if standard error is no terminal.
func newWork(title string) *work {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	return &work{w: os.Stderr, title: title, start: time.Now()}
}

// of says how much of the work is done.
func (p *work) of(part, whole int64) {
	if p != nil {
		p.part, p.whole = part, whole
	}
}

// done says how many images are done. The line fits into 80 columns.
func (p *work) done(images int) {
	if p == nil {
		return
	}
	p.draw(fmt.Sprintf("%s  %s  %.0f/s", p.title, plural(images, "image"), float64(images)/p.seconds()))
}

// pictures says how many pictures are read.
func (p *work) pictures(done, total int) {
	if p != nil {
		p.of(int64(done), int64(total))
		p.done(done)
	}
}

// step says that one of several steps of a similar length begins, and what it is.
func (p *work) step(step, steps int, what string) {
	if p == nil {
		return
	}
	p.of(int64(step), int64(steps))
	if r := []rune(oneLine(what)); len(r) > 30 {
		what = string(r[:29]) + "…"
	}
	p.draw(oneLine(what))
}

// phase says how much of a part of the work is done; all is 0 if that is not known. Each part begins a
// new bar.
func (p *work) phase(what string, done, all int) {
	if p == nil {
		return
	}
	if what != p.title {
		p.end()
		p.title, p.start = what, time.Now()
	}
	p.of(int64(done), int64(all))
	p.draw(oneLine(what))
}

func (p *work) seconds() float64 { return max(time.Since(p.start).Seconds(), 1e-3) }

// draw draws the bar with a text and the time that is left.
func (p *work) draw(text string) {
	if p.bar == nil {
		whole := int64(-1) // a bar that only moves
		if p.whole > 0 {
			whole = 1000
		}
		p.bar = progressbar.NewOptions64(whole, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(16),
			progressbar.OptionSetPredictTime(false), progressbar.OptionThrottle(throttle), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionUseANSICodes(runtime.GOOS != "windows"), progressbar.OptionSpinnerType(14),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: "─"}))
	}
	if p.part > 0 && p.part < p.whole {
		left := time.Duration(p.seconds() / float64(p.part) * float64(p.whole-p.part) * float64(time.Second))
		text += fmt.Sprint("  ETA ", left.Round(time.Second))
	}
	p.bar.Describe(fmt.Sprintf("%-44s", text))
	if p.whole > 0 {
		_ = p.bar.Set64(1000 * min(p.part, p.whole) / p.whole) // a failure to draw the bar must not stop the work
	} else {
		_ = p.bar.Add(1)
	}
}

// end removes the bar.
func (p *work) end() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// reading returns a reader of a file whose bytes are the work.
func (p *work) reading(r io.Reader) io.Reader {
	f, ok := r.(*os.File)
	if p == nil || !ok {
		return r
	}
	info, err := f.Stat()
	if err != nil {
		return r
	}
	return &workReader{f, p, info.Size()}
}

// workReader counts the bytes that are read.
type workReader struct {
	io.Reader
	work *work
	size int64
}

func (r *workReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.work.of(r.work.part+int64(n), r.size)
	return n, err
}
