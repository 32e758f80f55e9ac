package images

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// A Part is some subfolders of a folder that belong together, for example those to train on.
type Part struct {
	// Folders are paths in the folder, with slashes. A part of one folder without Classes is read as
	// OpenFolder reads it: its subfolders are classes.
	Folders []string
	Classes []string // the class of each of the folders, which have none of their own; or nil
}

// listParts returns the pictures of parts, one after another, with the classes of all.
func listParts(dir string, parts []Part) (*listing, error) {
	whole := &listing{}
	lists := make([]*listing, len(parts))
	for k, part := range parts {
		l, err := listPart(dir, part)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot read the pictures of %s", filepath.Join(dir, filepath.FromSlash(strings.Join(part.Folders, ", "))))
		}
		lists[k] = l
		whole.classes = append(whole.classes, l.classes...)
		for _, note := range l.notes {
			whole.notes = append(whole.notes, strings.Join(part.Folders, ", ")+": "+note)
		}
	}
	slices.SortFunc(whole.classes, CompareNames)
	whole.classes = slices.Compact(whole.classes)
	labelled := len(whole.classes) <= maxClasses && !slices.ContainsFunc(lists, func(l *listing) bool { return l.classes == nil })
	if !labelled {
		if len(whole.classes) > 0 {
			whole.notes = append(whole.notes, "the pictures have no labels: those of some parts have none, or there are more than 256 classes")
		}
		whole.classes = nil
	}
	for k, l := range lists {
		for _, one := range l.files {
			one.part = k
			if labelled {
				one.label = slices.Index(whole.classes, l.classes[one.label])
			} else {
				one.label = -1
			}
			whole.files = append(whole.files, one)
		}
	}
	return whole, nil
}

// listPart returns the pictures of a part. Their names are paths in dir.
func listPart(dir string, part Part) (*listing, error) {
	if part.Classes == nil {
		l, err := list(filepath.Join(dir, filepath.FromSlash(part.Folders[0])))
		if err != nil {
			return nil, err
		}
		for i := range l.files {
			l.files[i].name = part.Folders[0] + "/" + l.files[i].name
		}
		return l, nil
	}
	l := &listing{}
	for i, folder := range part.Folders {
		files, deeper, err := l.readDir(filepath.Join(dir, filepath.FromSlash(folder)), folder)
		if err != nil {
			return nil, err
		}
		for _, d := range deeper {
			l.passed.add("folders too deep", folder+"/"+d)
		}
		for k := range files {
			files[k].label = i
		}
		l.files = append(l.files, files...)
	}
	l.classes = part.Classes
	if len(l.files) == 0 {
		return nil, ErrNoImages
	}
	l.judge(nil)
	return l, nil
}
