package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
)

// damagedError says that a file is damaged, after a warning of each damage.
type damagedError struct{ read int } // images that could be read

func (e *damagedError) Error() string {
	return fmt.Sprintf("the file is damaged: %s could be read", plural(e.read, "image"))
}

// warnings prints damages of a file. A quiet one does not, because they were printed before.
type warnings struct{ quiet bool }

// warned prints a warning if an error is a damage of a part of a file.
func (w *warnings) warned(err error) bool {
	var damage *codec.DamageError
	if !errors.As(err, &damage) {
		return false
	}
	if !w.quiet {
		fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(damage.Error()))
	}
	return true
}

// eachChunk calls a function with all chunks that are whole. If some are damaged, it warns of each,
// and returns an error at the end.
func eachChunk(ctx context.Context, r *codec.Reader, w *warnings, use func(*codec.Chunk) error) error {
	damaged := false
	for {
		c, err := r.Next(ctx)
		switch {
		case err == io.EOF && !damaged:
			return nil
		case err == io.EOF:
			return &damagedError{r.Info().Images}
		case w.warned(err):
			damaged = true
			continue
		case err != nil:
			return err
		}
		if err := use(c); err != nil {
			return err
		}
	}
}

// survey calls begin with a reader of a file, and use with all chunks that are whole, without decoding
// images. It says nothing about damages.
func survey(ctx context.Context, file string, begin func(*codec.Reader) error, use func(*codec.Chunk) error) error {
	in, err := openInput(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	r, err := codec.NewReader(in, codec.ReadOptions{Inspect: true})
	if err != nil {
		return err
	}
	if err := begin(r); err != nil {
		return err
	}
	err = eachChunk(ctx, r, &warnings{quiet: true}, use)
	var damaged *damagedError
	if errors.As(err, &damaged) {
		return nil
	}
	return err
}

// find returns the numbers of the images that --only names: the first, and the one behind the last.
func (u *unpacker) find(ctx context.Context, file string, count int) (from, to int, err error) {
	named, only := -1, u.only
	err = survey(ctx, file, u.begin, func(c *codec.Chunk) error {
		for i, name := range c.Names {
			if named < 0 && name == only {
				named = c.First + i
			}
		}
		return nil
	})
	if err != nil || named >= 0 {
		return named, named + 1, err
	}
	begin, end, isRange := strings.Cut(only, "-")
	if !isRange {
		end = begin
	}
	from, err = strconv.Atoi(begin)
	if err == nil {
		to, err = strconv.Atoi(end)
	}
	if err != nil || from < 0 || to < from || to >= count {
		return 0, 0, errors.Errorf("--only: want the name of an image, its number from 0 to %d, or a range, got %q", count-1, only)
	}
	return from, to + 1, nil
}

// spool copies standard input to a file, and returns its path and what removes it.
func spool(ctx context.Context) (path string, remove func(), err error) {
	in, err := openInput(ctx, "-")
	if err != nil {
		return "", nil, err
	}
	defer in.Close()
	f, err := os.CreateTemp("", "gorgonae-*.gae")
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot make a file for standard input")
	}
	_, err = io.Copy(f, in)
	if fault := f.Close(); err == nil {
		err = fault
	}
	if err != nil {
		os.Remove(f.Name())
		return "", nil, errors.Wrap(err, "cannot copy it to a file")
	}
	return f.Name(), func() { os.Remove(f.Name()) }, nil
}
