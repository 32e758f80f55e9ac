package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/codec"
)

func newMerge() *cobra.Command {
	out, force := "", false
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Join compressed files of one model",
		Long: "merge writes the images of several compressed files into one file, in the order of the files. It copies their codes, so\n" +
			"they stay as they are, bit for bit. So a large job can be cut into pieces: compress the first piece, the others with\n" +
			"--like FIRST.gae, so that all have one model, and merge them. merge refuses files with different models, sizes of images,\n" +
			"chunks or classes, and a file that is damaged. It does not compare names: if two files have an image of the same name,\n" +
			"decompress refuses to write a folder, and takes --out x.npy or --only NUMBER alone. FILE - is standard input.\n\n" +
			"Files of compress --part are joined in the order of the parts' numbers, whatever the order of the files. merge names the\n" +
			"parts that are missing or there twice, and refuses those of different jobs. If a manifest FILE" + parts.Suffix + "\n" +
			"is beside a file, the file must be as the manifest says, and the new file gets one for all.",
		Example: "  gorgonae merge a.gae b.gae --out both.gae\n  gorgonae merge images-*-of-10.gae --out faces.gae",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := free(out, force); err != nil {
				return err
			}
			for _, file := range args {
				if err := differ(out, file); err != nil {
					return err
				}
			}
			report := cmd.OutOrStdout()
			if out == "-" {
				report = cmd.ErrOrStderr()
			}
			return merge(cmd.Context(), report, cmd.OutOrStdout(), out, args)
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "merged.gae", "the file for all images; - writes it to standard output")
	cmd.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	return cmd
}

func merge(ctx context.Context, report, stdout io.Writer, out string, files []string) error {
	start := time.Now()
	list, files, err := joined(files)
	if err != nil {
		return err
	}
	var inputs []io.Reader
	var all turns
	for i, file := range files {
		for _, before := range files[:i] {
			if file == "-" && before == "-" {
				return errors.New("want standard input once, got it twice")
			}
		}
		if isFile(file) {
			in := &turn{all: &all, path: file}
			defer in.Close()
			inputs = append(inputs, in)
			continue
		}
		in, err := openInput(ctx, file)
		if err != nil {
			return errors.WithMessage(err, file)
		}
		defer in.Close()
		inputs = append(inputs, in)
	}
	var info codec.Info
	if out == "-" {
		out = "standard output"
		w := bufio.NewWriter(stdout)
		if info, err = codec.Merge(ctx, w, inputs...); err == nil {
			err = w.Flush()
		}
	} else {
		info, err = writeMerged(ctx, out, list, inputs)
	}
	var input *codec.InputError
	if errors.As(err, &input) {
		return errors.WithMessage(input.Err, inputName(files[input.Input]))
	}
	if err != nil {
		return err
	}
	skipped := ""
	if list != nil && len(list.Skipped) > 0 {
		skipped = fmt.Sprintf("; %s left out", plural(len(list.Skipped), "image"))
	}
	_, err = fmt.Fprintf(report, "wrote %s of %v from %s to %s: %d bytes, %.2f bits an image with all%s, in %.1f s\n",
		plural(info.Images, "image"), info.Size, plural(len(files), "file"), out, info.Bytes.Total, info.FileBitsPerImage(), skipped, time.Since(start).Seconds())
	return err
}
