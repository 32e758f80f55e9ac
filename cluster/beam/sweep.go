package beam

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Sweep removes the hidden halves of files that workers left in a folder when they were killed. list is the
// manifest of a pipeline that has ended: of no other files, so that another pipeline may write into the folder.
func Sweep(dir string, list *parts.Manifest) error {
	written := map[string]bool{SummaryName: true, EvaluateName: true, CodecName: true}
	for _, p := range list.Parts {
		written[p.Name], written[p.Name+parts.Suffix] = true, true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range entries {
		i := strings.LastIndex(e.Name(), ".tmp")
		if i < 1 || !written[e.Name()[1:i]] || !atomicfile.Leftover(e.Name(), e.Name()[1:i]) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
			return errors.WithStack(err)
		}
	}
	return nil
}
