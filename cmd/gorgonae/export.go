package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/exchange/weights"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
)

// exportFormat is a format that export writes.
type exportFormat struct {
	name  string
	about string
	write func(ctx context.Context, m *run.Model, o *exporting) error
}

// exportFormats returns all formats. A new one needs a row here and its flags in newExport.
func exportFormats() []exportFormat {
	return []exportFormat{
		{"safetensors", "the weights by name, as a state dictionary of PyTorch or as arrays for Keras; see --layout", exportSafetensors},
		{"numpy", "the weights by name as an archive of arrays (.npz)", exportNumPy},
	}
}

// exporting holds the flags of export.
type exporting struct {
	format, out string
	force       bool
	layout      string
	stdout      io.Writer
}

func newExport() *cobra.Command {
	o := &exporting{}
	var names []string
	about := ""
	for _, f := range exportFormats() {
		names = append(names, f.name)
		about += fmt.Sprintf("\n  %-14s%s", f.name, f.about)
	}
	cmd := &cobra.Command{
		Use:   "export MODEL",
		Short: "Write a model for other libraries",
		Long: "export writes a model in a format that other libraries read. MODEL is a model file or the folder of a run. The formats:\n" + about + "\n\n" +
			"--layout pytorch names weights as encoder.encoder_dense_1.weight and turns kernels as PyTorch has them, (out, in) and\n" +
			"(out, in/groups, rows, columns). --layout keras has encoder/encoder_dense_1/kernel, (in, out) and (rows, columns, in/groups,\n" +
			"out). --layout gorgonae is that of our own model files. Flattened images are put in the order of the library.",
		Example: "  gorgonae export runs/deep --format safetensors --out deep.safetensors\n" +
			"  gorgonae export runs/deep --format safetensors --layout keras --out deep-keras.safetensors\n" +
			"  gorgonae export runs/deep --format numpy --out deep.npz",
		Args: arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			i := slices.IndexFunc(exportFormats(), func(f exportFormat) bool { return f.name == o.format })
			if i < 0 {
				return errors.Errorf("--format: want one of %s, got %q", strings.Join(names, ", "), o.format)
			}
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			o.stdout = cmd.OutOrStdout()
			return exportFormats()[i].write(cmd.Context(), m, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "", "one of "+strings.Join(names, ", "))
	f.StringVarP(&o.out, "out", "o", "", "file or folder to write")
	f.BoolVar(&o.force, "force", false, "replace what is there")
	f.StringVar(&o.layout, "layout", "", "of safetensors and numpy: pytorch, keras or gorgonae (default: pytorch, and gorgonae for numpy)")
	return cmd
}

func exportSafetensors(_ context.Context, m *run.Model, o *exporting) error {
	return o.weights(m, weights.PyTorch, ".safetensors", func(path string, l weights.Layout, all []weights.Tensor) error {
		return weights.WriteSafetensors(path, l, all, nil)
	})
}

func exportNumPy(_ context.Context, m *run.Model, o *exporting) error {
	return o.weights(m, weights.Own, ".npz", func(path string, _ weights.Layout, all []weights.Tensor) error {
		return weights.WriteNumPy(path, all)
	})
}

// weights writes the weights of a model into a file, and prints their names and shapes.
func (o *exporting) weights(m *run.Model, layout weights.Layout, ending string, write func(string, weights.Layout, []weights.Tensor) error) error {
	if o.layout != "" {
		var err error
		if layout, err = weights.ParseLayout(o.layout); err != nil {
			return errors.WithMessage(err, "--layout")
		}
	}
	if err := free(o.out, o.force); err != nil {
		return err
	}
	if err := differ(o.out, m.Path); err != nil {
		return err
	}
	if got := filepath.Ext(o.out); got != ending {
		return errors.Errorf("--out: want a name that ends in %s, as libraries look at it, got %s", ending, o.out)
	}
	all, notes, err := weights.Arrange(m.Model, layout, m.Size())
	if err != nil {
		return errors.WithMessagef(err, "cannot export %s", m.Path)
	}
	if err := write(o.out, layout, all); err != nil {
		return err
	}
	for _, t := range all {
		fmt.Fprintf(o.stdout, "%s %v\n", t.Name, graph.Shape(t.Shape))
	}
	printNotes(notes)
	return nil
}
