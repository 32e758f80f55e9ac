// Package page holds the page of `gorgonae serve`: HTML, CSS and ES modules as the browser gets them. Nothing
// builds, bundles or fetches them.
package page

import (
	"embed"
	"io/fs"
)

//go:embed files
var files embed.FS

// Files returns the files of the page; index.html is in its root.
func Files() fs.FS {
	root, err := fs.Sub(files, "files")
	if err != nil {
		panic("page: " + err.Error()) // the name is a constant
	}
	return root
}
