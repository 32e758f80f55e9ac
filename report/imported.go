package report

import (
	"fmt"
	"path/filepath"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/report/html"
	"github.com/gorgonae/gorgonae/run"
)

// Imported returns the figures of a model that another program trained, before it has seen images here. Only
// WriteReport can be called: its page shows the layers, the settings with which training goes on, and the hashes.
// Load gives the page that shows what the model makes of images.
func Imported(m *run.Model) (*Figures, error) {
	f := &Figures{Autoencoder: m.Autoencoder, adopted: true, meta: m.Meta, path: m.Path}
	f.began.TrainedOn = m.TrainedOn
	var err error
	f.began.Settings, err = m.Settings()
	return f, err
}

// leadImported says where an imported model comes from, and what more there may be to see.
func (f *Figures) leadImported() string {
	on := ""
	if name := f.began.TrainedOn.Name; name != "" {
		on = " on " + name
	}
	text := fmt.Sprintf(" Another program trained it%s.", on)
	if f.Data == nil {
		return text + fmt.Sprintf(" The command gorgonae figures %s --data %s measures it and adds what it makes of images.", f.folder(), f.dataOr("WHAT"))
	}
	return text + fmt.Sprintf(" What is shown here are its results on %s, %s to train on and %s to test with.",
		f.Data.Name, counted(f.whole.train, "image"), thousands(f.whole.test))
}

// describeImported adds the command line that goes on with the weights of an imported model.
func (f *Figures) describeImported(p *html.Page) {
	words := []string{"gorgonae", "train", "--resume", "--out", f.folder(), "--data", f.dataOr("WHAT")}
	p.Command, p.CommandNote = run.CommandLine(words), "Trains on, from these weights and with these settings. WHAT is a data set: a name, a folder or a file."
	if f.dataOr("") != "" {
		p.CommandNote = "Trains on, from these weights and with these settings."
	}
	if f.began.Settings.Architecture == autoencoder.ImportedName {
		p.CommandNote += " The layers are those of the file that was imported."
	}
}

// dataOr returns the name of the data set of an imported model, or another one if it is not known.
func (f *Figures) dataOr(other string) string {
	if f.Data != nil {
		return f.Data.Name
	}
	if name := f.began.TrainedOn.Name; name != "" {
		return name
	}
	return other
}

// folder returns the name of the folder of the model: a page is passed on, and need not tell the folders of a machine.
func (f *Figures) folder() string { return filepath.Base(filepath.Dir(f.path)) }
