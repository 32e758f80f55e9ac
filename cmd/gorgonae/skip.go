package main

import (
	"context"
	"io"
	"slices"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// sized is how many pictures are looked at for the size that most have.
const sized = 101

// divides says if a source may lack some of the pictures.
func (o *sources) divides() bool { return o.part.N > 0 || o.skipBad }

// settle decides on the size of pictures, the same for all parts: the one that was asked for, or that of
// the file whose codec is used, or the model's; or, if the model takes any, the one that most have.
func (o *sources) settle(m *run.Model, paths []string, how images.Options) (err error) {
	channels := m.Size().Channels
	switch {
	case how.Height > 0:
		o.size = images.Size{Channels: channels, Height: how.Height, Width: how.Width}
	case o.size != images.Size{} || o.mixed:
	case !m.AnySize():
		o.size = m.Size()
	default:
		how.Range.Auto = false // it does not matter for sizes
		o.size, err = images.SizeAmong(paths, sized, how)
	}
	return err
}

// chosen makes a source of a part of the pictures in files, which the paths name, without those that are
// left out.
func (o *sources) chosen(cmd *cobra.Command, m *run.Model, text, dir string, files *images.Files, paths []string, how images.Options) (*source, error) {
	good, skipped := o.good(files)
	if len(skipped) > 0 && !o.skipBad {
		return nil, errors.Errorf("%s: %s (--skip-bad goes on without such pictures)", skipped[0].Name, skipped[0].Reason)
	}
	files = files.Part(good)
	if o.part.N == 0 {
		if len(good) == 0 {
			return nil, errors.Errorf("none of %s can be used, for example %s: %s", plural(len(paths), "picture"), skipped[0].Name, skipped[0].Reason)
		}
		s, err := o.ofFiles(cmd, m, text, dir, files)
		if err == nil {
			s.skipped = skipped
		}
		return s, err
	}
	whole, err := images.NewOnDemand(paths, o.size, how)
	if err != nil {
		return nil, err
	}
	var s *source
	if len(good) > 0 {
		if s, err = o.ofFiles(cmd, m, text, dir, files); err != nil {
			return nil, err
		}
	} else { // merge wants a file of each part
		none, err := images.NewStretch(whole, 0, 0)
		if err != nil {
			return nil, err
		}
		s = &source{text: text, images: none, files: files, classes: files.Classes, meta: map[string]string{}, notes: files.Notes, name: files.File}
		if err := m.Fit(text, o.size); err != nil {
			return nil, err
		}
	}
	s.skipped, s.whole = skipped, whole
	return s, nil
}

// good returns which of the pictures can be compressed, and what is wrong with the others.
func (o *sources) good(files *images.Files) (good []int, skipped []parts.Skipped) {
	skipped = damaged(files)
	for i := range files.Len() {
		err := codec.CheckName(files.File(i))
		if size := files.SizeOf(i); err == nil && o.size != (images.Size{}) && size != o.size {
			err = errors.Errorf("want a picture of %v, got %v", o.size, size)
		}
		if err == nil {
			good = append(good, i)
		} else {
			skipped = append(skipped, parts.Skipped{Name: files.File(i), Reason: err.Error()})
		}
	}
	slices.SortStableFunc(skipped, func(a, b parts.Skipped) int { return images.CompareNames(a.Name, b.Name) })
	return good, skipped
}

// damaged lists the pictures that cannot be read.
func damaged(files *images.Files) (skipped []parts.Skipped) {
	for _, d := range files.Damaged {
		skipped = append(skipped, parts.Skipped{Name: d.Name, Reason: withoutPath(d.Err).Error()})
	}
	return skipped
}

// listSkipped writes the manifest of a file that lacks some images, and returns the error that says so.
func listSkipped(path string, images int, skipped []parts.Skipped) error {
	list := &parts.Manifest{File: parts.File{Images: images}, Skipped: skipped}
	if err := list.Describe(path); err != nil {
		return err
	}
	if err := list.Write(path + parts.Suffix); err != nil || len(skipped) == 0 {
		return err
	}
	return leftOut{len(skipped), path + parts.Suffix}
}

// cut leaves the part of a source without files.
func (o *sources) cut(s *source) error {
	if o.skipBad && s.files == nil {
		s.notes = append(s.notes, "--skip-bad has no effect: the images are not in files of their own")
	}
	if o.part.N == 0 {
		return nil
	}
	s.text += ", part " + o.part.String()
	if s.whole != nil {
		return nil
	}
	lo, hi := o.part.Stretch(s.images.Len())
	stretch, err := images.NewStretch(s.images, lo, hi)
	if err != nil {
		return err
	}
	if name := s.name; name != nil {
		s.name = func(i int) string { return name(lo + i) }
	}
	s.whole, s.images = s.images, stretch
	return nil
}

// likeSize returns the size of the images in the file whose codec is used.
func likeSize(path string) (images.Size, error) {
	in, size, err := openFile(path)
	if err != nil {
		return images.Size{}, errors.WithMessage(err, path)
	}
	defer in.Close()
	f, err := codec.Open(in, size, codec.ReadOptions{Inspect: true})
	if err != nil {
		return images.Size{}, errors.WithMessage(err, path)
	}
	return f.Size(), nil
}

// notePart adds to a file's metadata what merge and a repeated job look for.
func (c *compression) notePart(meta map[string]string) {
	if c.from.part.N > 0 {
		meta[partKey], meta[jobKey], meta[fittedKey] = c.from.part.String(), c.job, c.fitted
	}
}

// write writes the file, with a manifest if it has one.
func (c *compression) write(ctx context.Context, model *codec.Model, in *source, o codec.Options) (info codec.Info, err error) {
	if !c.from.divides() {
		if info, err = codec.WriteFile(ctx, c.out, model, in.images, in.name, o); err == nil {
			err = parts.Forget(c.out)
		}
		return info, err
	}
	list := &parts.Manifest{Skipped: in.skipped}
	err = parts.WriteFile(c.out, list, func(w io.Writer) error {
		if info, err = codec.WriteTo(ctx, w, model, in.images, in.name, o); err != nil {
			return err
		}
		list.File = parts.File{Images: info.Images, Part: in.meta[partKey], Job: c.job, Model: model.Fingerprint()}
		return nil
	})
	return info, err
}

// explain says what failed. That images were left out is no failure.
func (c *compression) explain(err error, path string) error {
	if errors.As(err, new(leftOut)) {
		return err
	}
	return errors.WithMessagef(err, "cannot compress %s", inputName(path))
}
