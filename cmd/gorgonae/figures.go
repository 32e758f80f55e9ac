package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

func newFigures() *cobra.Command {
	var dataName, out string
	var svg bool
	var pictures pictureFlags
	var seed uint64
	cmd := &cobra.Command{
		Use:   "figures MODEL",
		Short: "Draw the figures of a model again",
		Long: "figures draws the four figures that train draws: reconstructions of test images, the codes of the training images, the\n" +
			"loss curves, and the images that the decoder makes from codes on a grid over the latent plane. It also writes the page\n" +
			"of the run, report.html, anew. MODEL is a model file or the folder of a run.\n\n" + dataHelp() + dataOfModel,
		Example: "  gorgonae figures runs/tutorial-mnist\n  gorgonae figures runs/tutorial-mnist --svg --out paper/",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			if err := report.Check(m); err != nil { // checked before the data are read
				return errors.WithMessagef(err, "cannot draw the figures of %s", m.Path)
			}
			data, err := open(cmd.Context(), m, dataName, &pictures)
			if err != nil {
				return err
			}
			f, err := report.Load(m, data)
			if err != nil {
				return errors.WithMessagef(err, "cannot draw the figures of %s", m.Path)
			}
			if cmd.Flags().Changed("seed") {
				f.Seed = seed
			}
			if out == "" {
				out = filepath.Dir(m.Path)
			}
			if err := run.MakeFolder(out); err != nil {
				return err
			}
			format := figure.PNG
			if svg {
				format = figure.SVG
			}
			drawn, err := f.Draw(cmd.Context(), out, format, false)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s now holds %s\n", out, strings.Join(drawn, ", "))
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag())
	cmd.Flags().StringVar(&out, "out", "", "folder for the figures (default: the folder of the model)")
	cmd.Flags().BoolVar(&svg, "svg", false, "SVG instead of PNG (the scatter shows fewer points)")
	cmd.Flags().Uint64Var(&seed, "seed", 0, "seed for the choice of the test images (default: the seed of the training)")
	pictures.addReading(cmd.Flags())
	pictures.addLayout(cmd.Flags())
	return cmd
}
