package images

import (
	"context"
	"path/filepath"
)

// ReadFolder reads all pictures of a folder into memory. They must have one size. See OpenFolder.
func ReadFolder(dir string, o Options) (*Set, error) {
	f, err := OpenFolder(context.Background(), dir, o)
	if err != nil {
		return nil, err
	}
	return f.Set()
}

// FolderName returns the base name of a folder, also of "." and "..".
func FolderName(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	name := filepath.Base(dir)
	if name == string(filepath.Separator) {
		return "root"
	}
	return name
}
