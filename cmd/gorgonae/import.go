package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/exchange/pytorch"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// importing holds the flags of import.
type importing struct {
	settingFlags
	place             run.Place
	names, size, data string // names is the path of a map
	color             string

	config, encoder, bottleneck string // for Keras
}

// importFormat is a format that import reads.
type importFormat struct {
	about string
	is    func(path string) bool // by the content of the file
	read  func(cmd *cobra.Command, o *importing, path string) error
}

// importFormats returns all formats, the one for files that no other takes last.
func importFormats() []importFormat {
	return []importFormat{
		{aboutKeras, func(path string) bool { return !pytorch.IsPickle(path) && isKeras(path) }, importKeras}, // both are ZIP archives
		{"FILE.safetensors, a state dictionary of PyTorch, for one of our architectures: --model names it", func(string) bool { return true }, importPyTorch},
	}
}

func newImport() *cobra.Command {
	o := &importing{}
	about := ""
	for _, f := range importFormats() {
		about += "\n  " + f.about
	}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a run of a model that another library has trained",
		Long: "import reads a model that another library has trained, and makes the folder of a run of it: all commands take it, and\n" +
			"train --resume --out RUN --data WHAT goes on with its weights. FILE is one of:\n" + about + "\n\n" +
			"A state dictionary holds names and numbers alone. So its tensors are found by shape, and by the order that their names\n" +
			"tell; widths and the size of square images follow from the shapes. What else the model computes, such as activations and\n" +
			"slopes, is that of the architecture and its flags, and is printed. If tensors and weights do not match, both are listed, and\n" +
			"a template for --map goes to standard output: import ... > map.json. A map names a tensor for each kernel or scale:\n\n" +
			`  {"encoder/encoder_dense_1/kernel": "fc1.weight", "encoder/encoder_dense_2/kernel": ["mu.weight", "logvar.weight"],` + "\n" +
			`   "decoder/decoder_dense_1/kernel": "fc1.weight.T", "decoder/decoder_dense_1/bias": null, "ignore": ["head.weight"]}` + "\n\n" +
			"A list is joined, .T is a transposed matrix, and null is zero. What the map leaves out is found by shape and order.\n\n" +
			"A file of Keras says what the model computes. Two models within, one after another, are encoder and decoder; another model\n" +
			"is cut after its smallest layer. Layers that are not supported are refused by their names. What is not taken over is said.",
		Example: "  gorgonae import ae.keras --out runs/ae\n" +
			"  gorgonae import ae.weights.h5 --config model.json --bottleneck code --out runs/ae\n" +
			"  gorgonae import deep.safetensors --model deep --out runs/deep\n" +
			"  gorgonae import ae.safetensors --model tutorial --activation relu --output sigmoid --out runs/ae\n" +
			"  gorgonae import conv.safetensors --model conv --size 64x64 --map map.json --out runs/conv",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.place.Dir == "" {
				return errors.New("--out: want the folder of the run, got nothing")
			}
			if err := refuseOther(args[0]); err != nil {
				return err
			}
			for _, f := range importFormats() {
				if f.is(args[0]) {
					return f.read(cmd, o, args[0])
				}
			}
			return errors.Errorf("cannot import %s: want one of %s", args[0], strings.TrimSpace(about))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.place.Dir, "out", "o", "", "folder of the run")
	f.BoolVar(&o.place.Overwrite, "overwrite", false, "replace the run in the folder")
	f.StringVar(&o.config, "config", "", "of Keras: the JSON of model.to_json(), for a file of weights alone")
	f.StringVar(&o.encoder, "encoder", "", "of Keras: the model within whose output is the code")
	f.StringVar(&o.bottleneck, "bottleneck", "", "of Keras: the layer whose output is the code (default: the smallest)")
	f.StringVar(&o.names, "map", "", "JSON file that names tensors for weights")
	f.StringVar(&o.size, "size", "", "HEIGHTxWIDTH of the images (default: a square that the shapes show)")
	f.StringVar(&o.color, "color", "auto", "grey, rgb, or auto: as the shapes show")
	f.StringVar(&o.data, "data", "", "name of the data set that it was trained on, as mnist, for commands without --data")
	o.addModel(f)
	o.addTraining(f, "loss", "epochs", "batch", "lr", "optimizer", "schedule", "clip", "seed", "augment", "binarize")
	cmd.Long += "\n\n" + o.help(f)
	return cmd
}

// describe writes the page of a model that was imported, prints the warning of that, and returns the names of the
// run's files. A page that cannot be written is no fault of the import.
func (o *importing) describe(ctx context.Context, warning error) (held string) {
	if warning != nil {
		warn("%v", warning)
	}
	held = run.ModelName + ", " + run.CheckpointName
	m, err := run.Read(o.place.Dir)
	var f *report.Figures
	if err == nil {
		f, err = report.Imported(m)
	}
	if err == nil {
		err = f.WriteReport(ctx, o.place.Dir)
	}
	if err != nil {
		printNotes([]string{fmt.Sprintf("%s is not written: %v", run.ReportName, err)})
		return held
	}
	return held + ", " + run.ReportName
}

// isOurs is the error for a model of this program.
func isOurs(path string) error {
	return errors.Errorf("%s is a model of gorgonae already: use it as it is, as in gorgonae evaluate %s", path, path)
}

// imageSize returns the size of the images from the flags, or where they say nothing from the shapes.
func (o *importing) imageSize(shown images.Size, ok bool) (size images.Size, err error) {
	size = shown
	if o.size != "" {
		if size.Height, size.Width, err = images.ParseSize(o.size); err != nil {
			return size, errors.WithMessage(err, "--size")
		}
	}
	color, err := images.ParseColor(o.color)
	if err != nil {
		return size, errors.WithMessage(err, "--color")
	}
	for _, channels := range []int{1, 3} {
		if images.ColorOf(channels) == color && size.Channels != channels {
			if ok && o.size == "" {
				return size, errors.Errorf("--color %s: want --size as well, as the shapes show images of %v, got none", o.color, shown)
			}
			size.Channels = channels
		}
	}
	if size.Channels == 0 && o.size != "" {
		size.Channels = 1
	}
	if size.Channels == 0 || size.Height == 0 {
		return size, errors.New("--size: want HEIGHTxWIDTH of the images, as 28x28, which the shapes of the tensors do not show, got none")
	}
	return size, nil
}
