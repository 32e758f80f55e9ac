package graph

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// docs/model-file.md names every kind of layer and every field of its configuration, in one line of
// its table.
func TestKindsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/model-file.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	find := func(kind string) string {
		for _, line := range lines {
			cells := strings.Split(line, "|")
			if len(cells) < 4 {
				continue
			}
			for _, name := range strings.Split(cells[1], ",") {
				if strings.TrimSpace(name) == kind {
					return line
				}
			}
		}
		return ""
	}
	for name, k := range kinds.table {
		if strings.HasPrefix(k.layer.PkgPath(), "github.com/gorgonae/gorgonae/graph_test") || strings.HasPrefix(name, "test.") {
			continue
		}
		line := find(name)
		if line == "" {
			t.Errorf("%s is not in the table", name)
			continue
		}
		if strings.HasPrefix(name, "Conv") { // their lines refer to one another
			line = find("Dense") + find("Conv2D") + find("ConvTranspose2D")
		}
		for _, f := range reflect.VisibleFields(k.layer) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag != "" && !strings.Contains(line, "`"+tag+"`") {
				t.Errorf("%s: the field %s is not in the table", name, tag)
			}
		}
	}
}
