package codec

// limits bound what a file can ask for. A reader checks each size before it allocates. So it needs
// memory for a chunk, for the layers of a batch, and for the model, whose size is bounded by that
// of its section: each byte of the section stands for at most perByte weights.
type limits struct {
	numbers int // numbers in an image
	chunk   int // images in a chunk
	bytes   int // of the pixels and the codes of a chunk of more than one image
	latents int // numbers in a code
	pixels  int // work for all images of a chunk with a network of pixels, if there are several; see pixelWork
	layers  int // numbers that all layers of the decoder make of one image
	batch   int // numbers that they make of a batch; those of a network of pixels for all images of a chunk, if there are several
	calls   int // layers of the decoder
	perByte int // weights for each byte of the decoder's section
	section int // bytes in a section
	text    int // bytes in a text: an architecture, metadata, the names of a chunk
}

// limit is a variable so that tests can lower the limits.
var limit = limits{
	numbers: 1 << 24,
	chunk:   1 << 16,
	bytes:   1 << 27,
	latents: 1 << 20,
	pixels:  1 << 25,
	layers:  1 << 26,
	batch:   1 << 24,
	calls:   1 << 10,
	perByte: 64,
	section: 1 << 30,
	text:    1 << 24,
}

const (
	defaultChunk = 1024
	maxName      = 255 // bytes in an image's name
)
