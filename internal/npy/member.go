package npy

import "strings"

// SplitMember divides FILE.npz:NAME, an array in an archive, into the path of the file and the name. The
// archive may be named as an array, FILE.npy. A path without such a name is returned as it is.
func SplitMember(path string) (file, member string) {
	lower := strings.ToLower(path)
	if i := max(strings.LastIndex(lower, ".npz:"), strings.LastIndex(lower, ".npy:")); i >= 0 {
		const mark = len(".npz:")
		return path[:i+mark-1], path[i+mark:]
	}
	return path, ""
}
