package npy

import "strings"

// SplitMember divides FILE.npz:NAME, an array in an archive, into the path of the file and the name. A path
// without such a name is returned as it is.
func SplitMember(path string) (file, member string) {
	const mark = ".npz:"
	if i := strings.LastIndex(strings.ToLower(path), mark); i >= 0 {
		return path[:i+len(mark)-1], path[i+len(mark):]
	}
	return path, ""
}
