package dataset

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// heldOut is the share of a folder of pictures that is held out as the test set. images.HoldOut chooses
// it by the content of each picture, so that it is the same for every model: no model is tested on
// pictures that it has seen.
const heldOut = 0.1

// openPictures opens a folder of pictures. If it has subfolders for training and for testing, these are
// the parts; else some pictures are held out.
func openPictures(ctx context.Context, o Options) (*Data, error) {
	how := o.Pictures
	how.Color = o.Color
	l, err := findLayout(o.Data)
	if err != nil {
		return nil, err
	}
	if l.test != nil {
		return l.openSplit(ctx, how, o)
	}
	all, err := l.openAll(ctx, how, o)
	if errors.Is(err, images.ErrNoImages) {
		return nil, errors.WithMessage(errOtherKind, err.Error())
	}
	if err != nil {
		return nil, err
	}
	all.Name = FolderName(o.Data)
	train, test, err := holdOut(all)
	if err != nil {
		return nil, errors.WithMessage(err, o.Data)
	}
	return ofFiles(train, test, o.Data, o)
}

// openAll opens all pictures of a folder without a part for testing.
func (l layout) openAll(ctx context.Context, how images.Options, o Options) (*images.Files, error) {
	folder := path.Join(l.inside, strings.Join(l.train, ""))
	if folder == "" {
		return images.OpenFolder(ctx, o.Data, how)
	}
	all, _, err := images.OpenParts(ctx, o.Data, []images.Part{{Folders: []string{folder}}}, how)
	if err != nil {
		return nil, err
	}
	if l.train != nil {
		all.Notes = append(all.Notes, fmt.Sprintf("there is no folder to test with beside %s: about a tenth of it is held out", folder))
	} else {
		all.Notes = append(all.Notes, fmt.Sprintf("the pictures are those of %s", folder))
	}
	return all, nil
}

// holdOut divides pictures into those to train on and those to test with.
func holdOut(all *images.Files) (train, test *images.Files, err error) {
	hashes := make([][32]byte, all.Len())
	for i := range hashes {
		hashes[i] = all.Hash(i)
	}
	var kept, out []int
	for i, held := range images.HoldOut(hashes, heldOut) {
		if held {
			out = append(out, i)
		} else {
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 || len(out) == 0 {
		return nil, nil, errors.Errorf("want at least 2 pictures, one to train on and one to test with, got %d", all.Len())
	}
	train, test = all.Part(kept), all.Part(out)
	if train.Hash(0) == test.Hash(0) {
		train.Notes = append(train.Notes, fmt.Sprintf("all %d pictures are equal, so the test pictures are trained on", all.Len()))
	}
	return train, test, nil
}

// ofFiles returns the data set that pictures make.
func ofFiles(train, test *images.Files, source string, o Options) (*Data, error) {
	d := &Data{Name: train.Name, Classes: train.Classes, Source: source, Notes: train.Notes,
		TrainFiles: train, TestFiles: test, Reading: readingOf(train, o)}
	if o.Patch != (images.Size{}) {
		return d, d.takePatches(o)
	}
	a, err := train.SameSize()
	if err == nil {
		var b *images.SameSize
		if b, err = test.SameSize(); err == nil && a.Size() != b.Size() {
			err = &images.SizesError{First: train.File(0), Other: test.File(0), FirstSize: a.Size(), OtherSize: b.Size()}
		}
		d.Train, d.Test = a, b
	}
	if other := (*images.SizesError)(nil); errors.As(err, &other) && o.AnySize {
		d.Train, d.Test = nil, nil
		return d, nil
	}
	return d, errors.WithMessage(err, source)
}

// takePatches makes the parts of the data set patches of the pictures.
func (d *Data) takePatches(o Options) error {
	train, err := d.TrainFiles.Patches(o.Patch.Height, o.Patch.Width, o.Seed)
	if err != nil {
		return err
	}
	test, err := d.TestFiles.Patches(o.Patch.Height, o.Patch.Width, o.Seed)
	if err != nil {
		return err
	}
	d.Notes = append(d.Notes, fmt.Sprintf("an epoch has %d patches of %d pictures, the test set %d patches of %d", train.Len(), d.TrainFiles.Len(), test.Len(), d.TestFiles.Len()))
	d.Train, d.Test = train, test
	padded := 0
	for i := range d.TrainFiles.Len() {
		if s := d.TrainFiles.SizeOf(i); s.Height < o.Patch.Height || s.Width < o.Patch.Width {
			padded++
		}
	}
	if padded > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d of %d pictures to train on are smaller than a patch of %d x %d (height x width): their last pixels repeat", padded, d.TrainFiles.Len(), o.Patch.Height, o.Patch.Width))
	}
	return nil
}

// Reading says how the pictures of a data set were read, for other pictures that should be read in
// the same way. Its texts are those that the Parse functions of package images read. A text is "" for
// what the zero value of images.Options does.
type Reading struct {
	Background string `json:"background,omitempty"`
	Range      string `json:"range,omitempty"` // never auto, but the numbers that were found
	Size       string `json:"size,omitempty"`  // HEIGHTxWIDTH that pictures were brought to
	Fit        string `json:"fit,omitempty"`
	Patch      string `json:"patch,omitempty"`  // HEIGHTxWIDTH of random crops
	Layout     string `json:"layout,omitempty"` // of an array
}

func readingOf(f *images.Files, o Options) (r Reading) {
	if b := o.Pictures.Background; b != (images.Background{}) {
		r.Background = b.String()
	}
	if cut := f.Range(); cut != (images.Range{}) {
		r.Range = cut.String()
	}
	if o.Pictures.Height > 0 {
		r.Size, r.Fit = fmt.Sprintf("%dx%d", o.Pictures.Height, o.Pictures.Width), o.Pictures.Fit.String()
	}
	if o.Patch != (images.Size{}) {
		r.Patch = fmt.Sprintf("%dx%d", o.Patch.Height, o.Patch.Width)
	}
	return r
}

// Flags returns the flags with which a command reads pictures in this way, each followed by its value:
// "--size", "64x48".
func (r Reading) Flags() (flags []string) {
	for _, f := range [][2]string{{"--background", r.Background}, {"--range", r.Range}, {"--size", r.Size}, {"--fit", r.Fit}, {"--patch", r.Patch}, {"--layout", r.Layout}} {
		if f[1] != "" {
			flags = append(flags, f[0], f[1])
		}
	}
	return flags
}

// String says how pictures are read, in the words of flags.
func (r Reading) String() string { return cmp.Or(strings.Join(r.Flags(), " "), "they are") }

// Options returns the options that read pictures in this way, without patches.
func (r Reading) Options() (o images.Options, err error) {
	if r.Background != "" {
		if o.Background, err = images.ParseBackground(r.Background); err != nil {
			return o, errors.WithMessage(err, "background")
		}
	}
	if r.Range != "" {
		if o.Range, err = images.ParseRange(r.Range); err != nil {
			return o, errors.WithMessage(err, "range")
		}
	}
	if r.Size != "" {
		if o.Height, o.Width, err = images.ParseSize(r.Size); err != nil {
			return o, errors.WithMessage(err, "size")
		}
		if o.Fit, err = images.ParseFit(r.Fit); err != nil {
			return o, errors.WithMessage(err, "fit")
		}
	}
	return o, nil
}
