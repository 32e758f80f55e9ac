package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The line of a long command has rate and time left, fits into 80 columns, and goes away.
func TestWork(t *testing.T) {
	var out bytes.Buffer
	p := &work{w: &out, title: "decompressing", start: time.Now().Add(-10 * time.Second)}
	for n := int64(1); n <= 4; n++ {
		p.of(n*1000, 4000)
		p.done(int(n) * 15000)
		time.Sleep(throttle + time.Millisecond)
	}
	all := frames(out.String())
	for _, frame := range all {
		if n := utf8.RuneCountInString(frame); n > 79 {
			t.Errorf("a line of %d columns: %q", n, frame)
		}
	}
	if !strings.HasPrefix(all[0], "decompressing  15000 images  1") || !strings.Contains(all[0], "/s  ETA 30s ") {
		t.Errorf("the first line is %q", all[0])
	}
	if last := all[len(all)-1]; !strings.HasPrefix(last, "decompressing  60000 images") || strings.Contains(last, "ETA") || !strings.Contains(last, "100% ") {
		t.Errorf("the last line is %q", last)
	}
	out.Reset()
	p.end()
	if last := frames(out.String()); len(last) > 0 && strings.TrimSpace(last[len(last)-1]) != "" {
		t.Errorf("a line is left: %q", last)
	}
	p.end()

	steps := &work{w: &out, start: time.Now().Add(-10 * time.Second)}
	steps.step(1, 4, strings.Repeat("a long name ", 9))
	if line := frames(out.String()); !strings.HasPrefix(line[len(line)-1], "a long name a long name a lon…  ETA 30s ") || utf8.RuneCountInString(line[len(line)-1]) > 79 {
		t.Errorf("a step shows %q", line)
	}

	parts := &work{w: &out, start: time.Now()}
	for _, c := range []struct {
		what      string
		done, all int
		want      string
	}{{"encoding images", 0, 10, "encoding images "}, {"choosing", 0, 0, "choosing "}} {
		out.Reset()
		parts.phase(c.what, c.done, c.all)
		if line := frames(out.String()); !strings.Contains(line[len(line)-1], c.want) || strings.Contains(line[len(line)-1], "%") != (c.all > 0) {
			t.Errorf("a phase shows %q", line)
		}
	}

	pipe := &work{w: &out, title: "decompressing", start: time.Now()}
	pipe.done(10)
	if line := frames(out.String()); strings.Contains(line[len(line)-1], "%") {
		t.Errorf("work of unknown size shows %q", line)
	}

	var none *work // no terminal
	none.of(1, 2)
	none.done(3)
	none.step(1, 2, "x")
	none.phase("x", 1, 2)
	none.end()

	path := t.TempDir() + "/x"
	write(t, path, make([]byte, 100))
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read := &work{w: io.Discard}
	if _, err := io.CopyN(io.Discard, read.reading(f), 30); err != nil || read.part < 30 || read.whole != 100 {
		t.Errorf("%d of %d bytes were counted, %v", read.part, read.whole, err)
	}
}
