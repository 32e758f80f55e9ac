package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
)

// differ returns an error if the output is the input.
func differ(out, in string) error {
	a, err := os.Stat(out)
	if err != nil {
		return nil
	}
	if b, err := os.Stat(in); err == nil && os.SameFile(a, b) {
		return errors.Errorf("%s is what the command reads: name another --out", out)
	}
	return nil
}

// folderOrArray returns an error if the path is that of a file, but not of an array: a folder with such a name
// would be a surprise.
func folderOrArray(out string) error {
	if info, err := os.Stat(out); err == nil && info.IsDir() && !run.IsArrayPath(out) {
		return nil
	}
	files := []string{".npz", ".zip", ".gz", ".idx", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".gae"}
	if slices.Contains(files, strings.ToLower(filepath.Ext(out))) {
		return errors.Errorf("want a folder or FILE.npy as --out, got %s", out)
	}
	return nil
}

// clippedNote says that numbers of images were cut to [0, 1], or returns "".
func clippedNote(n, of int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d numbers were outside of [0, 1] and became 0 or 1, as in files of images", n, of)
}

// free returns an error if a file exists and may not be replaced.
func free(path string, force bool) error {
	if path == "" {
		return errors.New("--out: want a path, got nothing")
	}
	if _, err := os.Lstat(path); err == nil && !force && path != "-" {
		return errors.Errorf("%s exists: name another --out, or replace it with --force", path)
	}
	return nil
}
