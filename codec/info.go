package codec

import "github.com/gorgonae/gorgonae/images"

// Info has the numbers of a file.
type Info struct {
	Format, Arithmetic int // versions
	Size               images.Size
	Images, Chunks     int
	Chunk              int    // images in a full chunk
	Latents            int    // integers in a code
	External           bool   // the decoder is not in the file
	ModelNamed         bool   // nothing of the model is in the file
	Fingerprint        string // of an external decoder or model
	Bytes              Bytes

	squared uint64 // sum of the squared differences of all images' bytes
}

// Bytes says which part of a file takes how many bytes, with the parts' headers and checksums.
type Bytes struct {
	Decoder   int64 // the decoder network, or its fingerprint
	Quantizer int64
	Prior     int64
	Codes     int64 // of the images, without headers and checksums
	Names     int64
	Labels    int64
	Classes   int64
	Meta      int64
	Index     int64
	Frame     int64 // headers and checksums of the chunks, the file's header and end
	Other     int64 // sections that this program does not know
	Total     int64
}

// of returns the count of a type of sections.
func (b *Bytes) of(kind byte) *int64 {
	switch kind {
	case networkType, externalType, modelType:
		return &b.Decoder
	case quantType:
		return &b.Quantizer
	case priorType:
		return &b.Prior
	case namesType:
		return &b.Names
	case labelsType:
		return &b.Labels
	case classesType:
		return &b.Classes
	case metaType:
		return &b.Meta
	case indexType:
		return &b.Index
	case headType, chunkType, endType:
		return &b.Frame
	}
	return &b.Other
}

// split counts the codes of a chunk, whose section was counted as frame, by themselves.
func (b *Bytes) split(codes int) {
	b.Frame -= int64(codes)
	b.Codes += int64(codes)
}

// Model returns the bytes of the model: decoder, quantiser and prior.
func (b Bytes) Model() int64 { return b.Decoder + b.Quantizer + b.Prior }

// BitsPerImage returns the bits of an image's code, without model, names, labels and frame.
func (i Info) BitsPerImage() float64 { return i.perImage(i.Bytes.Codes) }

// FileBitsPerImage returns the bits of the whole file for each image.
func (i Info) FileBitsPerImage() float64 { return i.perImage(i.Bytes.Total) }

func (i Info) perImage(n int64) float64 { return 8 * float64(n) / float64(max(i.Images, 1)) }

// SquaredError returns the squared error of an image, summed over its numbers in [0, 1], averaged
// over the images. Only a Writer that measures knows it; else it is 0.
func (i Info) SquaredError() float64 { return perImage(i.squared, max(i.Images, 1)) }

func (b Bytes) sum() int64 {
	return b.Decoder + b.Quantizer + b.Prior + b.Codes + b.Names + b.Labels + b.Classes + b.Meta + b.Index + b.Frame + b.Other
}
