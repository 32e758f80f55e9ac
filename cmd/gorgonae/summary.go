package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

func joined(names []string) string { return strings.Join(names, ", ") }

func newSummary() *cobra.Command {
	var o autoencoder.Options
	var lossName string
	cmd := &cobra.Command{
		Use:   "summary [MODEL]",
		Short: "Print the layers and parameters of encoder, decoder and autoencoder",
		Long: "summary prints the tables of the three models, those of a model file (or a run's folder), or without one those of\n" +
			"the model that train would build with these options for images of 28 x 28.",
		Example: "  gorgonae summary\n  gorgonae summary --hidden 500,100 --latent 10\n  gorgonae summary runs/tutorial-mnist",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var ae *autoencoder.Autoencoder
			if len(args) == 0 {
				loss, err := train.ParseLoss(lossName)
				if err != nil {
					return err
				}
				if ae, err = buildModel(o, 28*28, loss); err != nil {
					return err
				}
			} else {
				m, err := readModel(args[0])
				if err != nil {
					return err
				}
				ae = m.Autoencoder
			}
			return printSummaries(cmd, parts(ae))
		},
	}
	modelFlags(cmd.Flags(), &o)
	cmd.Flags().StringVar(&lossName, "loss", "mse", "mse, mae or bce; with bce the decoder ends in Sigmoid")
	return cmd
}

func printSummaries(cmd *cobra.Command, models []*graph.Model) error {
	for i, m := range models {
		if i > 0 {
			fmt.Fprintln(cmd.OutOrStdout())
		}
		if err := m.Summary(cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	return nil
}
