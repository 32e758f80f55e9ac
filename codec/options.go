package codec

// Options are the settings of a file. The zero value is useful.
type Options struct {
	Chunk   int               // images in a chunk; 0: 1024. A chunk costs some 44 bytes, a short one some 20
	Classes []string          // the name of each class, if the images have labels
	Meta    map[string]string // what else should stand in the file, such as what it was made from

	// NameModel makes a file that names its model by its Fingerprint, and holds nothing of it. So a
	// file of a single image is small. Its reader needs ReadOptions.Model, or Register.
	NameModel bool

	// Measure makes the writer decode each chunk, so that Info has the error of the images.
	Measure bool

	// Progress, if it is not nil, is called with the number of images that are done: after each chunk,
	// and more often where codes are refined.
	Progress func(images int)

	// Effort is how long the code of each image is refined, from 0 to MaxEffort: gradient steps through
	// decoder and prior, then a search over single integers, make bits + Model.Lambda · squared error
	// of each image less. Files are read as fast as without. Each unit above 0 takes about twice the
	// time of the one before, and gains less; 2 is a good choice.
	Effort int
}
