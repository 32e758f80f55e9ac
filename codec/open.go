package codec

import (
	"encoding/binary"
	"io"

	"github.com/pkg/errors"
)

// readIndex reads the index that the file's last section points to.
func (f *File) readIndex() ([]entry, error) {
	start := f.head.scan.offset
	end, err := f.section(f.size-footerSize, f.size, endType)
	if err != nil {
		return nil, err
	}
	if len(end.content) != 8 {
		return nil, wrong("want 8 bytes in the last section, got %d", len(end.content))
	}
	at := binary.LittleEndian.Uint64(end.content)
	if at < uint64(start) || at >= uint64(end.offset) {
		return nil, wrong("want an index from byte %d to byte %d, got one at %d", start, end.offset, at)
	}
	index, err := f.section(int64(at), end.offset, indexType)
	if err != nil {
		return nil, err
	}
	entries, err := readIndex(index.content, f.head.head.chunk, index.offset)
	if err == nil && len(entries) > 0 && entries[0].offset < start {
		err = errors.Errorf("want chunks from byte %d on, got one at %d", start, entries[0].offset)
	}
	if err != nil {
		return nil, &FormatError{err}
	}
	return entries, nil
}

// section reads a section of a type that lies between two offsets.
func (f *File) section(from, to int64, kind byte) (*section, error) {
	if from < int64(headerSize) {
		return nil, &DamageError{-1, f.size, errors.Wrap(io.ErrUnexpectedEOF, "the file is cut off: want its last section, got the end")}
	}
	sec, err := newScanner(io.NewSectionReader(f.r, from, to-from), from).next()
	if err == nil && sec.kind != kind {
		err = &DamageError{-1, from, errors.Errorf("want section %q, got %q", kind, sec.kind)}
	}
	if err == io.EOF {
		err = &DamageError{-1, from, errors.Errorf("want section %q, got the end", kind)}
	}
	if err != nil {
		return nil, err
	}
	return sec, nil
}

// search finds the chunks of a file without its index.
func (f *File) search() ([]entry, error) {
	start := f.head.scan.offset
	s := newScanner(io.NewSectionReader(f.r, start, f.size-start), start)
	var all []entry
	from, next := start, 0 // where the sections of the next chunk begin, and its first image at least
	for {
		sec, err := s.next()
		var damage *DamageError
		switch {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			return all, nil
		case errors.As(err, &damage):
			if from = s.offset; sec == nil {
				from = -1
			}
			continue
		case err != nil:
			return nil, err
		}
		if from < 0 {
			from = sec.offset
		}
		switch sec.kind {
		case namesType, labelsType:
			continue
		case chunkType:
			first, count, _, err := readChunkHead(sec.content, f.head.head.chunk)
			if err == nil && first >= next {
				all = append(all, entry{first, count, from, s.offset - from})
				next = first + count
			}
		}
		from = s.offset
	}
}

// Info returns the numbers of the file. It reads the header of each section.
func (f *File) Info() (Info, error) {
	info := f.head.info
	info.Chunks = len(f.chunks)
	for _, e := range f.chunks {
		info.Images += e.count
		for at := e.offset; at < e.offset+e.size; {
			kind, length, size, err := f.header(at)
			if err != nil {
				return info, err
			}
			if size == 0 {
				break // damaged
			}
			*info.Bytes.of(kind) += int64(size + length + checkSize)
			if kind == chunkType {
				info.Bytes.split(length - len(appendChunkHead(nil, e.first, e.count, info.Chunk)))
			}
			at += int64(size + length + checkSize)
		}
	}
	if end, err := f.section(f.size-footerSize, f.size, endType); err == nil {
		info.Bytes.Frame += end.size
		if at := binary.LittleEndian.Uint64(end.content); at < uint64(f.size) {
			if index, err := f.section(int64(at), end.offset, indexType); err == nil {
				info.Bytes.Index = index.size
			}
		}
	}
	info.Bytes.Other += f.size - info.Bytes.sum()
	info.Bytes.Total = f.size
	return info, nil
}

// header reads the header of a section. Its size is 0 if it is damaged.
func (f *File) header(at int64) (kind byte, length, size int, err error) {
	b := make([]byte, maxHeader)
	n, err := f.r.ReadAt(b, at)
	if err != nil && err != io.EOF {
		return 0, 0, 0, err
	}
	kind, length, size = parseHeader(b[:n])
	return kind, length, size, nil
}
