package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
)

// piece is a file that merge joins.
type piece struct {
	file string
	part parts.Part // the zero value if it is no part
	job  string
}

// joined returns the files in the order in which merge joins them, and a manifest of what is known of
// them, or nil if no file has one.
func joined(files []string) (*parts.Manifest, []string, error) {
	var pieces []piece
	var list *parts.Manifest
	manifests := map[string]*parts.Manifest{}
	for _, file := range files {
		p, err := pieceOf(file)
		if err == nil && isFile(file) {
			manifests[file], err = parts.Check(file)
		}
		if err != nil {
			return nil, nil, errors.WithMessage(err, inputName(file))
		}
		pieces = append(pieces, p)
	}
	if err := complete(pieces); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.part.I, b.part.I) })
	order := make([]string, len(pieces))
	for i, p := range pieces {
		order[i] = p.file
		m := manifests[p.file]
		if m == nil {
			continue
		}
		if list == nil {
			list = &parts.Manifest{}
		}
		list.Parts, list.Skipped = append(list.Parts, m.File), append(list.Skipped, m.Skipped...)
	}
	return list, order, nil
}

// pieceOf reads which part a file is. What comes through a pipe is none.
func pieceOf(file string) (piece, error) {
	p := piece{file: file}
	if !isFile(file) {
		return p, nil // if it is missing, it is reported when it is opened
	}
	in, err := os.Open(file)
	if err != nil {
		return p, withoutPath(err)
	}
	defer in.Close()
	meta, err := codec.ReadMeta(in)
	if err != nil || meta[partKey] == "" {
		return p, err
	}
	p.job = meta[jobKey]
	p.part, err = parts.Parse(meta[partKey])
	return p, errors.WithMessage(err, "its part")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return path != "-" && err == nil && info.Mode().IsRegular()
}

// complete returns an error unless the pieces are all parts of one job, or none is a part.
func complete(pieces []piece) error {
	i := slices.IndexFunc(pieces, func(p piece) bool { return p.part.N > 0 })
	if i < 0 {
		return nil
	}
	first := pieces[i]
	have := make([]string, first.part.N+1)
	for _, p := range pieces {
		switch {
		case p.part.N == 0:
			return errors.Errorf("want parts of one job alone, got %s, which is part %v, and %s, which is no part: merge the parts first, then both", first.file, first.part, inputName(p.file))
		case p.part.N != first.part.N || p.job != first.job:
			return errors.Errorf("want parts of one job, got %s, part %v, and %s, part %v, of another model, other images or other options", first.file, first.part, p.file, p.part)
		case have[p.part.I] != "":
			return errors.Errorf("want each part once, got part %v twice, in %s and in %s", p.part, have[p.part.I], p.file)
		}
		have[p.part.I] = p.file
	}
	var missing []string
	count := 0
	for i, file := range have[1:] {
		if file == "" {
			if count++; count <= 20 {
				missing = append(missing, fmt.Sprint(i+1))
			}
		}
	}
	if count > len(missing) {
		missing = append(missing, fmt.Sprintf("and %d more", count-len(missing)))
	}
	if count > 0 {
		return errors.Errorf("want all %d parts, got %d: missing %s; compress --part I/%d makes part I", first.part.N, first.part.N-count, strings.Join(missing, ", "), first.part.N)
	}
	return nil
}

// writeMerged writes a merged file, with a manifest if there is one.
func writeMerged(ctx context.Context, out string, list *parts.Manifest, inputs []io.Reader) (info codec.Info, err error) {
	if list == nil {
		if info, err = codec.MergeFile(ctx, out, inputs...); err == nil {
			err = parts.Forget(out)
		}
		return info, err
	}
	err = parts.WriteFile(out, list, func(w io.Writer) error {
		if info, err = codec.Merge(ctx, w, inputs...); err != nil {
			return err
		}
		list.File = parts.File{Images: info.Images, Model: list.Parts[0].Model, Job: list.Parts[0].Job}
		return nil
	})
	return info, err
}

// turns lets many files be read although few may be open at once: only the one that is read is open.
type turns struct{ open *turn }

// turn is a regular file that is read from its beginning on.
type turn struct {
	all  *turns
	path string
	file *os.File // nil if it is not open
	at   int64    // where to go on
}

func (t *turn) Read(b []byte) (int, error) {
	if t.file == nil {
		if t.all.open != nil {
			t.all.open.Close()
		}
		f, err := os.Open(t.path)
		if err != nil {
			return 0, withoutPath(err)
		}
		if _, err := f.Seek(t.at, io.SeekStart); err != nil {
			f.Close()
			return 0, withoutPath(err)
		}
		t.file, t.all.open = f, t
	}
	n, err := t.file.Read(b)
	t.at += int64(n)
	return n, err
}

// Close closes the file. A later Read goes on where the last one ended.
func (t *turn) Close() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	t.file, t.all.open = nil, nil
	return err
}
