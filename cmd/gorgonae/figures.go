package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/train"
)

func newFigures() *cobra.Command {
	var dataName, out string
	var svg bool
	var seed uint64
	cmd := &cobra.Command{
		Use:   "figures MODEL",
		Short: "Draw the figures of a model again",
		Long: "figures draws, from a model file and its data set, the four figures that train draws: reconstructions of test images,\n" +
			"the codes of the training images, the loss curves and the decoded grid over the latent plane.\n\n" + dataHelp +
			"\nHere the default is what the model was trained on.",
		Example: "  gorgonae figures runs/tutorial-mnist --svg --out paper/",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			data, err := m.open(cmd, dataName)
			if err != nil {
				return err
			}
			history, err := train.ReadHistory(m.meta)
			if err != nil {
				return err
			}
			f := &figures{ae: m.Autoencoder, data: data, history: history, loss: m.loss(), seed: seed, dir: out}
			if out == "" {
				f.dir = filepath.Dir(m.path)
			}
			if svg {
				f.format = figure.SVG
			}
			if err := makeFolder(f.dir); err != nil {
				return err
			}
			drawn, err := f.draw(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s now holds%s\n", f.dir, list(drawn)[1:])
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", "data set: mnist, handwriting or a folder")
	cmd.Flags().StringVar(&out, "out", "", "folder for the figures (default the model's)")
	cmd.Flags().BoolVar(&svg, "svg", false, "SVG instead of PNG (the scatter thinned)")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "of the choice of test images that are reconstructed")
	return cmd
}

// loss is the name of the loss that the model was trained with, or "" where the file does not say.
func (m *modelFile) loss() string {
	var settings map[string]string
	if json.Unmarshal([]byte(m.meta["training.settings"]), &settings) != nil {
		return ""
	}
	return settings["loss"]
}
