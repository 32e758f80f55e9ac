package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/term"

	"github.com/gorgonae/gorgonae/images"
)

// measureAll measures each setting that the table lacks.
func measureAll(ctx context.Context, chosen []rival, t *table, s *source) error {
	type task struct {
		r rival
		c setting
	}
	var missing []task
	for _, r := range chosen {
		for _, c := range r.settings {
			if t.find(r.codec, r.name(c, s)) != nil {
				continue
			}
			if program := c.missing(); program != "" {
				fmt.Printf("%s, %s: left out, because the program %s is missing\n", r.codec, c.text, program)
				continue
			}
			missing = append(missing, task{r, c})
		}
	}
	fmt.Printf("%v: %d settings to be measured\n", s, len(missing))
	for i, m := range missing {
		name := fmt.Sprintf("%d/%d  %s, %s", i+1, len(missing), m.r.codec, m.r.name(m.c, s))
		got, err := measure(ctx, m.r, m.c, s, newProgress(name))
		if err != nil {
			return errors.WithMessagef(err, "%s, %s", m.r.codec, m.r.name(m.c, s))
		}
		if err := t.add(got); err != nil {
			return err
		}
		fmt.Printf("%s: %.1f bits an image, squared error %.4g, %.1f s\n", name, got.bits(), got.squaredError, got.encode+got.decode)
		if m.c.lossless && got.squaredError > 0 {
			fmt.Printf("%s is not lossless: the table has its error\n", m.r.codec)
		}
	}
	return nil
}

// outcome is what became of one file.
type outcome struct {
	bytes          int
	squared        float64 // the sum of squared differences of bytes
	encode, decode time.Duration
	err            error
}

// measure compresses and decompresses all images at one setting. Several files are made at once. If
// ctx ends, measure returns at once, without waiting for a codec, which cannot be stopped.
func measure(ctx context.Context, r rival, c setting, s *source, p *progress) (row, error) {
	part := r.of(s)
	n := r.layout.files(part)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan outcome)
	var next sync.Mutex
	started := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		go func() {
			for {
				next.Lock()
				i := started
				started++
				next.Unlock()
				if i >= n {
					return
				}
				select {
				case done <- c.try(r.layout.file(part, i), s.size):
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	var sum outcome
	for i := range n {
		select {
		case <-ctx.Done():
			p.clear()
			return row{}, ctx.Err()
		case o := <-done:
			if o.err != nil {
				p.clear()
				// Ctrl-C ends the programs that codecs run too, perhaps before this one hears of it.
				select {
				case <-ctx.Done():
					return row{}, ctx.Err()
				case <-time.After(200 * time.Millisecond):
					return row{}, o.err
				}
			}
			sum.bytes += o.bytes
			sum.squared += o.squared
			sum.encode += o.encode
			sum.decode += o.decode
			p.show(i+1, n)
		}
	}
	p.clear()
	return sum.row(r.codec, r.name(c, s), part), nil
}

// try compresses and decompresses one file. The error is that of its images: places of a mosaic without
// an image do not count.
func (c setting) try(f file, size images.Size) (o outcome) {
	start := time.Now()
	data, err := c.encode(f.size, f.pixels)
	o.encode = time.Since(start)
	if err != nil {
		return outcome{err: err}
	}
	start = time.Now()
	decoded, err := c.decode(f.size, data)
	o.decode = time.Since(start)
	if err != nil {
		return outcome{err: err}
	}
	o.bytes = len(data)
	o.squared = float64(images.SquaredError(f.cut(size, f.pixels), f.cut(size, decoded))) // exact: below 2^53
	return o
}

func (o outcome) row(codec, setting string, s *source) row {
	mean := o.squared / float64(s.n*s.size.Numbers())
	return row{codec: codec, setting: setting, images: s.n, bytes: int64(o.bytes), squaredError: o.squared / float64(s.n) / (255 * 255),
		psnr: 10 * math.Log10(255*255/mean), encode: o.encode.Seconds(), decode: o.decode.Seconds()}
}

// progress shows on a terminal how many files of a setting are done, and how long the rest takes.
type progress struct {
	name  string
	start time.Time
	last  time.Time
}

// newProgress returns nil, which shows nothing, if standard error is not a terminal.
func newProgress(name string) *progress {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return nil
	}
	p := &progress{name: name, start: time.Now()}
	fmt.Fprint(os.Stderr, name)
	return p
}

func (p *progress) show(done, of int) {
	if p == nil || time.Since(p.last) < 100*time.Millisecond {
		return
	}
	p.last = time.Now()
	left := time.Duration(float64(time.Since(p.start)) / float64(done) * float64(of-done))
	fmt.Fprintf(os.Stderr, "\r\x1b[K%s  %d/%d files, %v left", p.name, done, of, left.Round(time.Second))
}

func (p *progress) clear() {
	if p != nil {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
