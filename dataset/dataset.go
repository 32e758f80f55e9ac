// Package dataset finds a data set by its name, or in a folder, and divides it into images to train
// on and images to test with.
//
// To add a data set to every program, write a file with an Opener and add a row to the table in
// registry.go: builtin has the data sets with a name, folders the kinds of folders. A program adds
// a data set of its own with Register.
package dataset

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
)

// Images is a data set of images of one size. Package train takes it as it is. An implementation
// may keep the images anywhere; *images.Set keeps them in memory.
//
// Examples are (height, width, channels) in memory, with numbers from 0 (black) to 1, and have no
// targets: y of Shape is nil. An implementation may also have the methods Bytes and Fingerprint, as
// images.Set has them.
type Images interface {
	images.Source // Len, Size, Label and Example

	// Shape returns the logical shape of an example, (channels, height, width), and nil.
	Shape() (x, y []int)
}

// Data is a data set that was opened.
type Data struct {
	Name        string
	Train, Test Images   // of one size
	Classes     []string // the name of each class, or nil
	Source      string   // where the data came from, for people
	Warning     string   // a warning for the user, or ""
	Facts       []Fact   // what else Describe should write
	Notes       []string // what a user would not expect, each in one line

	// TrainFiles and TestFiles are the pictures of a folder, each at its own size or at that of the
	// options; nil for other data sets. Reading says how they were read.
	TrainFiles, TestFiles *images.Files
	Reading               Reading

	held   []int // the numbers of the images that are held out, or nil
	array  bool  // the images are those of arrays
	ranged bool  // a range of the options was taken
}

// Fact is one thing that Describe writes about a data set.
type Fact struct {
	Name  string // the kind of fact: "file"
	Lines []string
}

// Options say which data set to open, and how. The zero value looks for MNIST.
type Options struct {
	// Data is a name or a folder.
	//
	//	""             MNIST; if it is neither on this machine nor can be downloaded, the built-in
	//	               handwriting, with a Warning
	//	a name         the data set with this name, one of Names; no other data set takes its place
	//	anything else  a folder with the IDX files of MNIST or a relative (see mnist.ReadAny), or with
	//	               pictures (see images.OpenFolder); a file of IDX images or of CIFAR (see cifar.ReadFile);
	//	               NumPy arrays, FILE.npy, or FILE.npz with the names that Keras and others use, or
	//	               FILE.npz:NAME
	//
	// If it has no images for testing, about a tenth are held out, chosen by their content.
	//
	// For where the sets of the MNIST family come from, see mnist.Open.
	Data string

	// Color makes all images grey, or all of them colour. Auto leaves them unchanged: a folder of
	// pictures is then grey if all its pictures are grey.
	Color images.Color

	// Pictures says how pictures in files are read. Its Color is not used.
	Pictures images.Options

	// Patch, if it is not zero, is the height and the width of random crops of the pictures of a
	// folder: these are the examples then. Seed is the seed of the crops.
	Patch images.Size
	Seed  uint64

	// AnySize allows pictures of different sizes. Train and Test are nil then, and TrainFiles and
	// TestFiles have the pictures.
	AnySize bool

	// OnDemand allows images that this program draws to be drawn when they are asked for. Then a set of them
	// is open at once and takes little memory, but each reading draws it again.
	OnDemand bool

	// Layout says where the channels are in an array whose shape does not show it: "nhwc" or "nchw".
	Layout string

	// Mirrors are addresses of folders to download from, tried in order. Nil stands for the set's
	// public mirrors.
	Mirrors []string

	// Stall is how long a mirror may send no byte before it is given up. 0 stands for 10 seconds.
	Stall time.Duration

	// Progress, if not nil, is called during downloads with the mirror, the number of bytes
	// received, and the number of bytes of all files.
	Progress func(mirror string, done, total int64)
}

// Open finds and reads a data set. Damaged files are an error: Open never uses another data set in
// their place.
//
// A set that is read from a folder is named as the folder. If another set has that name, "-folder"
// is added. IDX files that are those of a known set get the name of that set.
func Open(ctx context.Context, o Options) (*Data, error) {
	if o.Color < images.Auto || o.Color > images.RGB {
		return nil, errors.Errorf("want color %v, %v or %v, got %v", images.Auto, images.Grey, images.RGB, o.Color)
	}
	if !slices.Contains([]string{"", channelsLast, channelsFirst}, o.Layout) {
		return nil, errors.Errorf("want the layout %s or %s, got %q", channelsLast, channelsFirst, o.Layout)
	}
	open := openFolder
	if o.Data == "" {
		open = openDefault
	} else if e, ok := find(o.Data); ok {
		open = e.Open
	}
	d, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, d.Check()
	}
	if !Named(d.Name) {
		d.noteCommon()
	}
	if o.Layout != "" && !d.array {
		return nil, errors.Errorf("data set %s: want an array for a layout, got a set of another kind", d.Name)
	}
	if d.Train == nil && d.Test == nil && d.TrainFiles != nil && o.AnySize {
		return d, nil
	}
	if err := d.Check(); err != nil {
		return nil, err
	}
	if err := o.checkPictures(d); err != nil {
		return nil, err
	}
	if c := d.Train.Size().Channels; o.Color != images.Auto && images.ColorOf(c) != o.Color {
		return nil, errors.Errorf("data set %s: want color %v, got images of %d channels: open it with color %v",
			d.Name, o.Color, c, images.Auto)
	}
	return d, nil
}

// checkPictures refuses options that only mean something for pictures in files.
func (o Options) checkPictures(d *Data) error {
	p := o.Pictures
	if d.ranged {
		p.Range = images.Range{}
	}
	if d.TrainFiles != nil || o.Patch == (images.Size{}) && p.Height == 0 && p.Range == (images.Range{}) && p.Background == (images.Background{}) {
		return nil
	}
	return errors.Errorf("data set %s: want a folder of pictures for a size, patches or a background, or such a folder, an array or an IDX file for a range, got a set of another kind", d.Name)
}

// Check returns an error if a part has no images, or if the parts have images of different sizes.
func (d *Data) Check() error {
	if d == nil {
		return errors.New("want a data set, got none")
	}
	if d.Train == nil || d.Test == nil || d.Train.Len() < 1 || d.Test.Len() < 1 {
		return errors.Errorf("data set %s: want images to train on and to test with, got an empty part", d.Name)
	}
	size, test := d.Train.Size(), d.Test.Size()
	if size != test {
		return errors.Errorf("data set %s: want images of one size, got %v to train on and %v to test with",
			d.Name, size, test)
	}
	return nil
}

// openFolder opens a folder as the first kind of folder that it is.
func openFolder(ctx context.Context, o Options) (*Data, error) {
	file, _ := npy.SplitMember(o.Data)
	info, err := os.Stat(file)
	if err != nil {
		return nil, errors.Wrapf(err, "data %s: want the name of a set (%s), or a folder or a file with one", o.Data, strings.Join(Names(), ", "))
	}
	if !info.IsDir() {
		return openFile(o)
	}
	var kinds []string
	for _, kind := range folders() {
		d, err := kind.open(ctx, o)
		if !errors.Is(err, errOtherKind) {
			return d, err
		}
		kinds = append(kinds, kind.holds)
		if why := strings.TrimSuffix(err.Error(), ": "+errOtherKind.Error()); err != errOtherKind && why != err.Error() {
			kinds[len(kinds)-1] += " (" + why + ")"
		}
	}
	return nil, errors.Errorf("%s holds neither %s", o.Data, strings.Join(kinds, " nor "))
}

// errOtherKind is the error of a kind of folder for a folder that is not of this kind.
var errOtherKind = errors.New("the folder is of another kind")

// FolderName returns the name of the data set in a folder: the folder's base name, with a suffix if a
// data set has that name.
func FolderName(dir string) string {
	name := images.FolderName(dir)
	if Named(name) {
		return name + "-folder"
	}
	return name
}

// inMemory returns the data set that two sets make, in the color that the options ask for. If test is
// nil, some images of train are held out; its pixels are moved then, and each image is named by its number.
func inMemory(train, test *images.Set, source string, o Options) (d *Data, err error) {
	d = &Data{Name: train.Name, Classes: train.Classes, Source: source}
	if note := train.Look(); note != "" {
		d.Notes = append(d.Notes, note)
	}
	if test == nil {
		n := train.Len()
		if train.Files == nil { // the numbers of images in both parts are others than in the file
			train.Files = make([]string, n)
			for i := range train.Files {
				train.Files[i] = strconv.Itoa(i)
			}
		}
		if train, test, d.held, err = train.HoldOut(heldOut); err != nil {
			return nil, errors.WithMessage(err, source)
		}
		verb := "are"
		if len(d.held) == 1 {
			verb = "is"
		}
		d.Notes = append(d.Notes, fmt.Sprintf("there are no images for testing, so %d of the %d %s held out, chosen by their content", len(d.held), n, verb))
	}
	if train, err = train.In(o.Color); err != nil {
		return nil, err
	}
	if test, err = test.In(o.Color); err != nil {
		return nil, err
	}
	d.Train, d.Test = train, test
	return d, nil
}
