package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

func newDecompress() *cobra.Command {
	u := &unpacker{}
	var force bool
	cmd := &cobra.Command{
		Use:   "decompress FILE",
		Short: "Write the images of a compressed file",
		Long: "decompress writes the images of a file that compress made as PNG files into a folder, under the names that they had.\n" +
			"Names of other files than PNG get .png at the end. Images without names are numbered from 00000; if they have labels,\n" +
			"each class becomes a subfolder. If --out ends in .npy, decompress writes a NumPy array of float32 as decode does; --out -\n" +
			"writes it to standard output. FILE - is standard input, which is copied to a temporary file if all images become one file:\n" +
			"that begins with their number.\n\n" +
			"--idx FILE writes grey images as an IDX file, the format of MNIST, and their labels as another one. Its name has labels-idx1\n" +
			"in place of images-idx3, or ends in -labels. If the name ends in .gz, both are packed.\n\n" +
			"Before it writes, decompress checks that each image has a name of its own in the folder; in a pipe, it checks each chunk.\n" +
			"If a part of the file is damaged, decompress writes all other images, says what is lost, and fails.",
		Example: "  gorgonae decompress faces.gae --out faces/\n  gorgonae decompress faces.gae --only 17-19 --out some/",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := readOptions(u.model)
			if err != nil {
				return err
			}
			if err := u.check(cmd, args[0], force); err != nil {
				return err
			}
			u.work = newWork("decompressing")
			err = u.run(cmd, args[0], o)
			u.work.end()
			return errors.WithMessage(modelFault(u.model, err), inputName(args[0]))
		},
	}
	cmd.Flags().StringVarP(&u.out, "out", "o", "decompressed", "folder for PNG files, or a file FILE.npy; - writes an array to standard output")
	cmd.Flags().StringVar(&u.idx, "idx", "", "an IDX file for the images, in place of --out")
	cmd.Flags().StringVar(&u.only, "only", "", "one image by its name or number, or a range of numbers, such as 10-19; from 0")
	cmd.Flags().StringVar(&u.model, "model", "", "model whose decoder the file needs, if it was compressed with --external; or a compressed file with the model")
	cmd.Flags().BoolVar(&force, "force", false, "write into a folder that is not empty, and replace files there")
	return cmd
}

// readOptions returns the options to read a file with the decoder of a model, or with the model of a
// file, if there is one.
func readOptions(model string) (o codec.ReadOptions, err error) {
	if model == "" {
		return o, nil
	}
	if run.IsCompressed(model) {
		in, size, err := openFile(model)
		if err != nil {
			return o, errors.WithMessagef(err, "--model %s", model)
		}
		defer in.Close()
		f, err := codec.Open(in, size, codec.ReadOptions{})
		var missing *codec.ModelMissingError
		if errors.As(err, &missing) {
			return o, modelFault(model, err)
		}
		if err != nil {
			return o, errors.WithMessagef(err, "--model %s", model)
		}
		return codec.ReadOptions{Decoder: f.Model().Decoder, Model: f.Model()}, nil
	}
	m, err := run.Read(model)
	if err != nil {
		return o, err
	}
	return codec.ReadOptions{Decoder: m.Decoder}, nil
}

// modelFault names the model that was given if it is not the one that a file needs.
func modelFault(model string, err error) error {
	var missing *codec.ModelMissingError
	if model == "" || !errors.As(err, &missing) {
		return err
	}
	if missing.What == "decoder" && run.IsCompressed(model) {
		return errors.Errorf("--model %s: want the decoder %.16s, got a compressed file, which holds one with rounded weights, or none: name the model itself, or the folder of its run",
			model, missing.Want)
	}
	return errors.WithMessagef(err, "--model %s", model)
}

// noteModel says that a model was given to a file that needs none.
func noteModel(model string, info codec.Info) {
	if model != "" && !info.External {
		printNotes([]string{fmt.Sprintf("--model %s is not used: the file holds its decoder", model)})
	}
}

// freeFolder returns an error if a file or a folder with files exists and may not be changed. It
// returns one, too, if the output would replace the input.
func freeFolder(path, input string, force bool) error {
	if path == "-" {
		return nil
	}
	if err := differ(path, input); err != nil {
		return err
	}
	inside, err := os.ReadDir(path)
	if path != "" && force || err == nil && len(inside) == 0 {
		return nil
	}
	return free(path, false)
}

// run decompresses a file. At the end it says what was written; if it cannot go on, also how many images.
func (u *unpacker) run(cmd *cobra.Command, file string, o codec.ReadOptions) error {
	ctx := cmd.Context()
	if file == "-" && u.isArray() { // an array begins with the number of its images
		copied, remove, err := spool(ctx)
		if err != nil {
			return err
		}
		defer remove()
		file = copied
	}
	each, count, err := u.choose(ctx, file, o)
	if err != nil {
		return err
	}
	if u.isArray() {
		return u.writeArray(cmd, count, each)
	}
	u.taken, u.folders = map[string]bool{}, map[string]bool{}
	err = each(func(c *codec.Chunk) error { return u.write(ctx, c) })
	var damaged *damagedError
	if err != nil && !errors.As(err, &damaged) {
		u.work.end()
		if u.count > 0 {
			written := plural(u.count, "image")
			if count > 0 { // it is not known in a pipe
				written = fmt.Sprintf("%d of %s", u.count, plural(count, "image"))
			}
			printNotes([]string{fmt.Sprintf("%s written to %s, each as a whole", written, u.out)})
		}
		return err
	}
	if fault := u.say(cmd.OutOrStdout(), u.out); err == nil {
		err = fault
	}
	return err
}

// chunks is a loop over images of a file.
type chunks func(use func(*codec.Chunk) error) error

// choose returns the loop over the images that the user wants, and their number, or 0 if it is not
// known. It refuses names that files cannot have before anything is written.
func (u *unpacker) choose(ctx context.Context, file string, o codec.ReadOptions) (chunks, int, error) {
	if u.only != "" {
		return u.chooseSome(ctx, file, o)
	}
	if file == "-" {
		return u.all(ctx, file, o), 0, nil
	}
	count := 0
	err := survey(ctx, file, u.begin, func(c *codec.Chunk) error {
		count += c.Len
		return u.checkPaths(c, c.First, c.First+c.Len)
	})
	return u.all(ctx, file, o), count, err
}

// all returns the loop over all images of a file.
func (u *unpacker) all(ctx context.Context, file string, o codec.ReadOptions) chunks {
	return func(use func(*codec.Chunk) error) error {
		in, err := openInput(ctx, file)
		if err != nil {
			return err
		}
		defer in.Close()
		u.work.of(0, 0)
		r, err := codec.NewReader(u.work.reading(in), o)
		if err != nil {
			return err
		}
		if err := u.begin(r); err != nil {
			return err
		}
		return eachChunk(ctx, r, &u.warnings, use)
	}
}

// chooseSome is choose for --only.
func (u *unpacker) chooseSome(ctx context.Context, file string, o codec.ReadOptions) (chunks, int, error) {
	in, size, err := openFile(file)
	if err != nil {
		return nil, 0, err
	}
	f, err := codec.Open(in, size, o)
	if err == nil {
		err = errors.Wrap(in.Close(), "cannot close it")
	}
	if err != nil {
		in.Close()
		return nil, 0, err
	}
	from, to, err := u.find(ctx, file, f.Len())
	if err != nil {
		return nil, 0, err
	}
	err = survey(ctx, file, u.begin, func(c *codec.Chunk) error { return u.checkPaths(c, from, to) })
	return u.some(ctx, file, o, from, to), to - from, err
}

// some returns the loop over some images of a file, from the first to before the last.
func (u *unpacker) some(ctx context.Context, file string, o codec.ReadOptions, from, to int) chunks {
	return func(use func(*codec.Chunk) error) error {
		in, size, err := openFile(file)
		if err != nil {
			return err
		}
		defer in.Close()
		f, err := codec.Open(in, size, o)
		if err != nil {
			return err
		}
		damaged := f.Damage() != nil && u.warnings.warned(f.Damage())
		read := 0
		for i := from; i < to; i++ {
			c, lost, err := u.oneImage(ctx, f, i)
			switch damaged = damaged || lost; {
			case u.warnings.warned(err):
				damaged = true
				continue
			case err == nil:
				read++
				u.work.of(int64(i-from), int64(to-from))
				err = use(c)
			}
			if err != nil {
				return err
			}
		}
		if damaged {
			return &damagedError{read}
		}
		return nil
	}
}

// oneImage returns a chunk with one image of a file. lost says that its name or its label is lost.
func (u *unpacker) oneImage(ctx context.Context, f *codec.File, i int) (c *codec.Chunk, lost bool, err error) {
	pixels, err := f.Image(ctx, i)
	if err != nil {
		return nil, false, err
	}
	name, err := f.Name(ctx, i)
	if lost = u.warnings.warned(err); err != nil && !lost {
		return nil, lost, err
	}
	label, err := f.Label(ctx, i)
	if u.warnings.warned(err) {
		return &codec.Chunk{First: i, Len: 1, Pixels: pixels, Names: []string{name}}, true, nil
	}
	return &codec.Chunk{First: i, Len: 1, Pixels: pixels, Names: []string{name}, Labels: []int{label}}, lost, err
}
