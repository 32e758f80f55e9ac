package main

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/graph"
)

func newSummary() *cobra.Command {
	m := &modelFlags{}
	cmd := &cobra.Command{
		Use:   "summary [MODEL]",
		Short: "Print the layers and parameters of encoder, decoder and autoencoder",
		Long: "summary prints the tables of the three models, those of a model file (or a run's folder), or without one those of\n" +
			"the model that train would build with these options for images of 28 x 28.",
		Example: "  gorgonae summary\n  gorgonae summary --model deep\n  gorgonae summary --hidden 500,100 --latent 10\n  gorgonae summary runs/tutorial-mnist",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				if err := m.complete(cmd.Flags()); err != nil {
					return err
				}
				ae, err := m.build(graph.Shape{1, 28, 28})
				if err != nil {
					return err
				}
				return printSummaries(cmd, ae.Model)
			}
			if cmd.Flags().NFlag() > 0 {
				return errors.New("the flags choose a model to build, and MODEL is one that is there: want one or the other")
			}
			f, err := graph.ReadFile(modelPath(args[0]))
			if err != nil {
				return err
			}
			return printSummaries(cmd, f.Model)
		},
	}
	m.add(cmd.Flags())
	m.addTraining(cmd.Flags(), "loss")
	cmd.Long += "\n\n" + m.help(cmd.Flags())
	return cmd
}

// printSummaries prints the tables of the models that are applied in a model, and its own.
func printSummaries(cmd *cobra.Command, m *graph.Model) error {
	for i, part := range m.Models() {
		if i > 0 {
			fmt.Fprintln(cmd.OutOrStdout())
		}
		if err := part.Summary(cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	return nil
}
