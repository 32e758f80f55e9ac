package codec

import (
	"encoding/binary"

	"github.com/pkg/errors"
)

// entry is the place of a chunk in a file.
type entry struct {
	first, count int   // its images
	offset       int64 // of the first section that belongs to the chunk
	size         int64 // of all sections that belong to it: names, labels, codes
}

// maxImages bounds the number of images in a file, so that nothing overflows.
const maxImages = 1 << 48

// appendIndex appends the index: the offset of the first chunk, the number of chunks, and for each
// its size and how many more images it has than the chunk before; the first is compared with a full
// one. Chunks lie one behind the other.
func appendIndex(dst []byte, entries []entry, full int) []byte {
	offset := int64(0)
	if len(entries) > 0 {
		offset = entries[0].offset
	}
	dst = binary.AppendUvarint(dst, uint64(offset))
	dst = binary.AppendUvarint(dst, uint64(len(entries)))
	before := full
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.size))
		dst = binary.AppendVarint(dst, int64(e.count-before))
		before = e.count
	}
	return dst
}

// readIndex reads the index of a file in which the sections before the index end at end.
func readIndex(content []byte, full int, end int64) ([]entry, error) {
	c := cursor{data: content}
	offset := int64(c.uint("the offset of the first chunk", 0, int(end)))
	entries := make([]entry, c.uint("the number of chunks", 0, len(content)/2))
	first, count := 0, full
	for i := range entries {
		size := int64(c.uint("the size of a chunk", 0, int(end-offset)))
		count += c.int("the change of a number of images", -limit.chunk, limit.chunk)
		if c.err != nil {
			return nil, c.err
		}
		if count < 1 || count > full || first > maxImages {
			return nil, errors.Errorf("want 1 to %d images in a chunk, got %d", full, count)
		}
		entries[i] = entry{first, count, offset, size}
		first += count
		offset += size
	}
	return entries, c.end()
}

// appendChunkHead appends what precedes the codes in a chunk: the number of its first image, and
// how many images it lacks to be full.
func appendChunkHead(dst []byte, first, count, full int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(dst, uint64(first)), uint64(full-count))
}

// readChunkHead reads the beginning of a chunk, and returns the codes that follow.
func readChunkHead(content []byte, full int) (first, count int, codes []byte, err error) {
	c := cursor{data: content}
	first = c.uint("the number of an image", 0, maxImages)
	count = full - c.uint("missing images", 0, full-1)
	return first, count, c.data, c.err
}
