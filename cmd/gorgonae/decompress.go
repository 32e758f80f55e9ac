package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

func newDecompress() *cobra.Command {
	u := &unpacker{taken: map[string]bool{}}
	var model, only string
	var force bool
	cmd := &cobra.Command{
		Use:   "decompress FILE",
		Short: "Write the images of a compressed file",
		Long: "decompress writes the images of a file that compress made as PNG files into a folder, under the names that they had.\n" +
			"Names of other files than PNG get .png at the end. Images without names are numbered from 00000; if they have labels,\n" +
			"each class becomes a subfolder. If --out ends in .npy, decompress writes a NumPy array of float32 as decode does; --out -\n" +
			"writes it to standard output. FILE - is standard input.\n\n" +
			"--idx FILE writes grey images as an IDX file, the format of MNIST, and their labels as another one. Its name has labels-idx1\n" +
			"in place of images-idx3, or ends in -labels. If the name ends in .gz, both are packed.\n\n" +
			"If a part of the file is damaged, decompress writes all other images, says what is lost, and fails.",
		Example: "  gorgonae decompress faces.gae --out faces/\n  gorgonae decompress faces.gae --only 17-19 --out some/",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := readOptions(model)
			if err != nil {
				return err
			}
			if err := u.check(cmd, args[0], force); err != nil {
				return err
			}
			u.work = newWork("decompressing")
			if only != "" {
				err = u.some(cmd.Context(), args[0], o, only)
			} else {
				err = u.all(cmd.Context(), args[0], o)
			}
			u.work.end()
			var damaged *damagedError
			if err == nil || errors.As(err, &damaged) {
				if fault := u.end(cmd); err == nil {
					err = fault
				}
			}
			return errors.WithMessage(err, inputName(args[0]))
		},
	}
	cmd.Flags().StringVarP(&u.out, "out", "o", "decompressed", "folder for PNG files, or a file FILE.npy; - writes an array to standard output")
	cmd.Flags().StringVar(&u.idx, "idx", "", "an IDX file for the images, in place of --out")
	cmd.Flags().StringVar(&only, "only", "", "one image by its name or number, or a range of numbers, such as 10-19; from 0")
	cmd.Flags().StringVar(&model, "model", "", "model whose decoder the file needs, if it was compressed with --external; or a compressed file with the model")
	cmd.Flags().BoolVar(&force, "force", false, "write into a folder that is not empty, and replace files there")
	return cmd
}

// readOptions returns the options to read a file with the decoder of a model, or with the model of a
// file, if there is one.
func readOptions(model string) (o codec.ReadOptions, err error) {
	if model == "" {
		return o, nil
	}
	if strings.EqualFold(filepath.Ext(model), ".gae") {
		in, size, err := openFile(model)
		if err != nil {
			return o, errors.WithMessage(err, model)
		}
		defer in.Close()
		f, err := codec.Open(in, size, codec.ReadOptions{})
		if err != nil {
			return o, errors.WithMessage(err, model)
		}
		return codec.ReadOptions{Decoder: f.Model().Decoder, Model: f.Model()}, nil
	}
	m, err := run.Read(model)
	if err != nil {
		return o, err
	}
	return codec.ReadOptions{Decoder: m.Decoder}, nil
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

// all writes all images of a file.
func (u *unpacker) all(ctx context.Context, file string, o codec.ReadOptions) error {
	in, err := openInput(ctx, file)
	if err != nil {
		return err
	}
	defer in.Close()
	r, err := codec.NewReader(u.work.reading(in), o)
	if err != nil {
		return err
	}
	if err := u.begin(r.Size(), r.Classes()); err != nil {
		return err
	}
	return eachChunk(ctx, r, func(c *codec.Chunk) error { return u.write(ctx, c) })
}

// damagedError says that a file is damaged, after a warning of each damage.
type damagedError struct{ read int } // images that could be read

func (e *damagedError) Error() string {
	return fmt.Sprintf("the file is damaged: %d images could be read", e.read)
}

// warned prints a warning if an error is a damage of a part of a file.
func warned(err error) bool {
	var damage *codec.DamageError
	if !errors.As(err, &damage) {
		return false
	}
	fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(damage.Error()))
	return true
}

// eachChunk calls a function with all chunks that are whole. If some are damaged, it warns of each,
// and returns an error at the end.
func eachChunk(ctx context.Context, r *codec.Reader, use func(*codec.Chunk) error) error {
	damaged := false
	for {
		c, err := r.Next(ctx)
		switch {
		case err == io.EOF && !damaged:
			return nil
		case err == io.EOF:
			return &damagedError{r.Info().Images}
		case warned(err):
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

// some writes the images that the user chose.
func (u *unpacker) some(ctx context.Context, file string, o codec.ReadOptions, only string) error {
	in, size, err := openFile(file)
	if err != nil {
		return err
	}
	defer in.Close()
	f, err := codec.Open(in, size, o)
	if err != nil {
		return err
	}
	if err := u.begin(f.Size(), f.Classes()); err != nil {
		return err
	}
	from, to, err := choose(ctx, f, only)
	if err != nil {
		return err
	}
	damaged := f.Damage() != nil && warned(f.Damage())
	for i := from; i <= to; i++ {
		c, lost, err := oneImage(ctx, f, i)
		switch damaged = damaged || lost; {
		case warned(err):
			damaged = true
			continue
		case err == nil:
			u.work.of(int64(i-from), int64(to-from+1))
			err = u.write(ctx, c)
		}
		if err != nil {
			return err
		}
	}
	if damaged {
		return &damagedError{u.count}
	}
	return nil
}

// oneImage returns a chunk with one image of a file. lost says that its name or its label is lost.
func oneImage(ctx context.Context, f *codec.File, i int) (c *codec.Chunk, lost bool, err error) {
	pixels, err := f.Image(ctx, i)
	if err != nil {
		return nil, false, err
	}
	name, err := f.Name(ctx, i)
	if lost = warned(err); err != nil && !lost {
		return nil, lost, err
	}
	label, err := f.Label(ctx, i)
	if warned(err) {
		return &codec.Chunk{First: i, Len: 1, Pixels: pixels, Names: []string{name}}, true, nil
	}
	return &codec.Chunk{First: i, Len: 1, Pixels: pixels, Names: []string{name}, Labels: []int{label}}, lost, err
}

// choose returns the numbers of the images that --only names.
func choose(ctx context.Context, f *codec.File, only string) (from, to int, err error) {
	for i := range f.Len() {
		var damage *codec.DamageError
		name, err := f.Name(ctx, i)
		if err != nil && !errors.As(err, &damage) {
			return 0, 0, err
		}
		if name == only {
			return i, i, nil
		}
	}
	begin, end, isRange := strings.Cut(only, "-")
	if !isRange {
		end = begin
	}
	from, err = strconv.Atoi(begin)
	if err == nil {
		to, err = strconv.Atoi(end)
	}
	if err != nil || from < 0 || to < from || to >= f.Len() {
		return 0, 0, errors.Errorf("--only: want the name of an image, its number from 0 to %d, or a range, got %q", f.Len()-1, only)
	}
	return from, to, nil
}
