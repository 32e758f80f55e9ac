package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"
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
		Long: "figures draws, from a model file (or a run's folder) and its data set, the four figures that train draws:\n" +
			"reconstructions of test images, the codes of the training images, the loss curves and the decoded grid over the\n" +
			"latent plane.\n\n" + dataHelp + dataOfModel,
		Example: "  gorgonae figures runs/tutorial-mnist\n  gorgonae figures runs/tutorial-mnist --svg --out paper/",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			history, loss, first, err := m.training()
			if err != nil {
				return errors.WithMessagef(err, "cannot draw the figures of %s", m.path)
			}
			if !cmd.Flags().Changed("seed") {
				seed = first
			}
			trained := about(m.data.Name, m.Autoencoder)
			data, err := m.open(cmd, dataName)
			if err != nil {
				return err
			}
			f := &figures{ae: m.Autoencoder, data: data, history: history, loss: loss, trained: trained, seed: seed, dir: out}
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
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s now holds %s\n", f.dir, strings.Join(drawn, ", "))
			return err
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag)
	cmd.Flags().StringVar(&out, "out", "", "folder for the figures (default the model's)")
	cmd.Flags().BoolVar(&svg, "svg", false, "SVG instead of PNG (the scatter thinned)")
	cmd.Flags().Uint64Var(&seed, "seed", 0, "of the choice of test images that are reconstructed (default the training's)")
	return cmd
}

// training is what the model file says of the training behind it: the history, the loss and the seed.
func (m *modelFile) training() (h train.History, loss train.Loss, seed uint64, err error) {
	settings, err := train.ReadSettings(m.meta)
	if err != nil {
		return h, loss, 0, err
	}
	if h, err = train.ReadHistory(m.meta); err != nil {
		return h, loss, 0, err
	}
	if len(h.Epochs) == 0 {
		return h, loss, 0, errors.New("it has not been trained for one whole epoch, so there is no loss to draw")
	}
	if seed, err = strconv.ParseUint(settings["seed"], 10, 64); err != nil {
		return h, loss, 0, errors.Errorf("it was trained with the seed %q, want a whole number", settings["seed"])
	}
	loss, err = train.ParseLoss(settings["loss"])
	return h, loss, seed, err
}
