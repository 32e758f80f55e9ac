package dataset

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cifar"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
)

const mnistFiles = mnist.FourFiles

// openHandwriting draws the built-in handwriting, as many images as MNIST has.
func openHandwriting(_ context.Context, o Options) (*Data, error) {
	const forTraining, forTesting = 60000, 10000
	if o.OnDemand && o.Color != images.RGB {
		train, test := handwriting.Streams(forTraining, forTesting)
		return &Data{Name: "handwriting", Train: train, Test: test, Source: drawnWhenUsed}, nil
	}
	train, test := handwriting.Draw(forTraining, forTesting)
	return inMemory(train, test, "drawn by this program", o)
}

// drawnWhenUsed is the source of images that are not kept.
const drawnWhenUsed = "drawn by this program when they are used"

// sizedPrefix begins the name of the handwriting with another number of images: handwriting-1000000.
const sizedPrefix = "handwriting-"

// mostDrawn bounds the number of images in the name of a set.
const mostDrawn = 1_000_000_000

// sized returns the handwriting with the number of images in its name, in each of its two parts. They
// are drawn when they are asked for, so that there may be more than fit into memory.
func sized(name string) (Entry, bool) {
	digits, ok := strings.CutPrefix(name, sizedPrefix)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > mostDrawn || strconv.Itoa(n) != digits {
		return Entry{}, false
	}
	return Entry{name, "the handwriting with another number of images", func(_ context.Context, o Options) (*Data, error) {
		if o.Color == images.RGB {
			return nil, errors.Errorf("data set %s: want grey images, got the color %v: only %s has colour as well", name, o.Color, "handwriting")
		}
		train, test := handwriting.Streams(n, n)
		return &Data{Name: name, Train: train, Test: test, Source: drawnWhenUsed}, nil
	}}, true
}

// openDefault opens MNIST, or the built-in handwriting if MNIST is not available.
func openDefault(ctx context.Context, o Options) (*Data, error) {
	o.Data = "mnist"
	d, err := openFamily(ctx, o)
	none := (*mnist.Unavailable)(nil)
	if !errors.As(err, &none) {
		return d, err
	}
	d, err = openHandwriting(ctx, o)
	if err != nil {
		return nil, err
	}
	d.Warning = fmt.Sprintf("MNIST is not available, so this is the built-in handwriting: %v. To use MNIST, put its four "+
		"files into a folder and set MNIST_DIR to that folder", none)
	return d, nil
}

// openFamily opens a set of the MNIST family.
func openFamily(ctx context.Context, o Options) (*Data, error) {
	title := mnist.Title(o.Data)
	files, err := mnist.Open(ctx, o.Data, mnist.Options{Mirrors: o.Mirrors, Stall: o.Stall, Progress: o.Progress})
	if err != nil {
		return nil, errors.WithMessagef(err, "cannot open %s", title)
	}
	d, err := fromFiles(files, o)
	if err == nil && files.Known != o.Data {
		d.Warning = fmt.Sprintf("the files in %s are not those of %s (their SHA-256 differ); the set is called %s",
			d.Source, title, d.Name)
	}
	return d, err
}

// openIDX opens a folder with IDX files of MNIST or a relative.
func openIDX(_ context.Context, o Options) (*Data, error) {
	files, err := mnist.ReadAnyIn(o.Data, o.Pictures.Range)
	if errors.Is(err, mnist.ErrNoFiles) {
		return nil, errOtherKind
	}
	if err != nil {
		return nil, err
	}
	return fromFiles(files, o)
}

// openCIFAR opens a folder with the binary files of CIFAR-10 or CIFAR-100.
func openCIFAR(_ context.Context, o Options) (*Data, error) {
	files, err := cifar.Read(o.Data)
	if errors.Is(err, cifar.ErrNoFiles) {
		return nil, errOtherKind
	}
	return fromCIFAR(files, err, o)
}

// fromCIFAR returns the data set of files of CIFAR, or the error of reading them.
func fromCIFAR(files *cifar.Data, err error, o Options) (*Data, error) {
	if err != nil {
		return nil, err
	}
	d, err := inMemory(files.Train, files.Test, files.Source, o)
	if err == nil {
		d.Notes = append(files.Notes, d.Notes...)
	}
	return d, err
}

func fromFiles(files *mnist.Data, o Options) (*Data, error) {
	if files.Known == "" {
		files.Train.Name = FolderName(files.Train.Name)
		if files.Test != nil {
			files.Test.Name = files.Train.Name
		}
	}
	if files.Test != nil && (files.Train.Deep == nil) != (files.Test.Deep == nil) {
		deepen(files.Train)
		deepen(files.Test)
	}
	d, err := inMemory(files.Train, files.Test, files.Source, o)
	if err != nil {
		return nil, err
	}
	d.Notes = append(files.Notes, d.Notes...)
	if files.Range != (images.Range{}) {
		d.ranged, d.Reading.Range = true, files.Range.String()
	}
	for _, f := range files.Files {
		d.Facts = append(d.Facts, Fact{"file", f.Lines()})
	}
	return d, nil
}
