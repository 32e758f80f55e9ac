package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/report/html"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// describe adds the settings of the run and the command line that begins it.
func (f *Figures) describe(p *html.Page) {
	s := &f.began.Settings
	if s.Architecture == "" {
		p.CommandNote = "The settings are not in the model file, or its architecture belongs to another program."
		return
	}
	if f.adopted {
		f.describeImported(p)
	} else if err := f.describeCommand(p); err != nil {
		return
	}
	standard, err := run.NewSettings(s.Architecture)
	if err != nil {
		return
	}
	usual := map[string]string{}
	for _, field := range standard.Fields() {
		usual[field.Flag] = field.String()
	}
	for _, field := range s.Fields() {
		if field.Flag == "" {
			continue
		}
		value := field.String()
		help, _, _ := strings.Cut(field.Help, ":")
		p.Settings = append(p.Settings, html.Setting{Name: field.Flag, Value: orDash(value), Help: help, Changed: value != usual[field.Flag]})
	}
}

// describeCommand adds the command line that begins the run.
func (f *Figures) describeCommand(p *html.Page) error {
	began := f.began
	if began.Source == "" {
		began.Source = began.TrainedOn.Name
	}
	if short := filepath.Base(filepath.Clean(began.Source)); short != began.Source && !slices.Contains(dataset.Names(), began.Source) {
		began.Source = short // a page is passed on, and need not tell the folders of a machine
		p.CommandNote = "Of the path of the data, only the end is shown."
	}
	words, err := began.Command()
	p.Command = run.CommandLine(words)
	return err
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// origin adds what tells this run from others: hashes, and the versions that wrote the page.
func (f *Figures) origin(p *html.Page) error {
	p.Statement = "Every step of a training is defined bit for bit. The same settings, data and first weights end in these weights on every processor, " +
		"with any number of threads, interrupted and resumed or not: their SHA-256 is the same. That of the file is not, because the file holds how long each epoch took."
	if f.adopted {
		p.Statement = "The weights are those that were imported, to the bit. The SHA-256 of the file is of them and of the settings."
	}
	p.Hashes = []html.Fact{{Name: "weights", Value: train.HashWeights(f.Autoencoder.Model), Note: "SHA-256 of names and numbers"}}
	if f.path != "" {
		sum, err := hashFile(f.path)
		if err != nil {
			return err
		}
		p.Hashes = append(p.Hashes, html.Fact{Name: filepath.Base(f.path), Value: sum, Note: "SHA-256 of the file"})
	}
	settings, err := train.ReadSettings(f.meta)
	if err == nil {
		for _, s := range []struct{ key, name string }{
			{"initial weights", "first weights"}, {train.TrainingData, "training data"}, {train.ValidationData, "test data"},
		} {
			if value := settings[s.key]; value != "" {
				p.Hashes = append(p.Hashes, html.Fact{Name: s.name, Value: value})
			}
		}
	}
	p.Versions = versions()
	return nil
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", errors.Wrapf(atomicfile.Fault(err), "cannot read %s", path)
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", errors.Wrapf(err, "cannot read %s", path)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// versions are those of the program that writes the page.
func versions() []html.Fact {
	all := []html.Fact{{Name: "written by", Value: runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return all
	}
	const own = "github.com/gorgonae/gorgonae"
	version := info.Main.Version
	for _, d := range info.Deps {
		if d.Path == own { // a program of a user
			version = d.Version
		}
	}
	if info.Main.Path == own {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " at " + s.Value
			}
		}
	}
	all[0].Value = strings.TrimSpace("gorgonae "+version) + ", " + all[0].Value
	for _, name := range []string{"gorgonia.org/gorgonia", "gorgonia.org/tensor"} {
		if i := slices.IndexFunc(info.Deps, func(d *debug.Module) bool { return d.Path == name }); i >= 0 {
			all = append(all, html.Fact{Name: name, Value: info.Deps[i].Version})
		}
	}
	return all
}
