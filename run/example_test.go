package run_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// faces trains the convolutional autoencoder on a folder of pictures. It leaves a folder that every
// command of gorgonae can read. README.md shows these lines.
func faces(ctx context.Context) error {
	data, err := dataset.Open(ctx, dataset.Options{Data: "faces"})
	if err != nil {
		return err
	}
	settings, err := run.NewSettings("conv") // its own loss, optimizer, schedule, batch
	if err != nil {
		return err
	}
	settings.Training.Epochs = 2
	r, err := run.New(data, settings, run.Place{Dir: "runs/faces", Resume: true})
	if err != nil {
		return err
	}
	if _, err := r.Train(ctx, run.Hooks{}); err != nil {
		return err // if ctx was cancelled, the run is saved: the same program continues it
	}
	_, err = report.Of(r).Draw(ctx, r.Dir(), figure.PNG, false)
	return err
}

func Example() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chdir(dir); err != nil {
		log.Fatal(err)
	}
	digits, _ := handwriting.Draw(40, 0)
	if err := images.WriteFolder(context.Background(), "faces", digits); err != nil {
		log.Fatal(err)
	}
	if err := faces(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, name := range run.Files() {
		if _, err := os.Stat(filepath.Join("runs/faces", name)); err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
	}
	// Output:
	// checkpoint.safetensors
	// model.safetensors
	// history.csv
	// best.safetensors
	// reconstructions.png
	// latent.png
	// loss.png
	// grid.png
	// report.html
}
