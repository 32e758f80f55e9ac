package mnist

// known is a data set with a name and four files like MNIST's.
type known struct {
	name    string // for Open
	title   string // for people
	mirrors []string
	classes []string // nil if the classes are the digits
	files   [4]source
}

// source is one of the four files of a set.
type source struct {
	name     string // the usual name, without .gz; all sets use MNIST's
	axes     int    // 3 for images, 1 for labels
	size     int64  // of the .gz that the mirrors offer, in bytes
	packed   string // SHA-256 of that .gz, in hex
	unpacked string // SHA-256 of its content, in hex; "" if no source is known that states it
}

// is reports whether an IDX file is this one.
func (s source) is(x *idx) bool { return x.packed == s.packed || x.sum == s.unpacked }

// sets returns the sets that can be downloaded.
func sets() []known { return []known{mnist(), fashion(), kuzushiji()} }

// Names returns the names that Open takes.
func Names() []string {
	var names []string
	for _, k := range sets() {
		names = append(names, k.name)
	}
	return names
}

// find returns the set with a name.
func find(name string) (known, bool) {
	for _, k := range sets() {
		if k.name == name {
			return k, true
		}
	}
	return known{}, false
}

// Title returns the name of a set as people write it: "Fashion-MNIST". It returns "" for a name
// that Open does not take.
func Title(name string) string {
	k, _ := find(name)
	return k.title
}

// files fills in the names and axes of four files: images and labels to train on, then images and
// labels to test with.
func files(f [4]source) [4]source {
	names := [4]string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}
	axes := [4]int{3, 1, 3, 1}
	for i := range f {
		f[i].name, f[i].axes = names[i], axes[i]
	}
	return f
}

func mnist() known {
	return known{
		name: "mnist", title: "MNIST",
		mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist",       // PyTorch's
			"https://storage.googleapis.com/cvdf-datasets/mnist",  // TensorFlow's
			"https://raw.githubusercontent.com/fgnt/mnist/master", // the University of Paderborn's
		},
		files: files([4]source{
			{size: 9912422, packed: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
				unpacked: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
			{size: 28881, packed: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
				unpacked: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
			{size: 1648877, packed: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
				unpacked: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
			{size: 4542, packed: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
				unpacked: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
		}),
	}
}

// fashion is Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): pictures of clothes. The sizes and SHA-256
// are from TensorFlow Datasets (url_checksums/fashion_mnist.txt).
func fashion() known {
	return known{
		name: "fashion-mnist", title: "Fashion-MNIST",
		mirrors: []string{
			"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion", // its authors'
			"https://storage.googleapis.com/tensorflow/tf-keras-datasets",                         // Keras's
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",                          // its authors', older
		},
		classes: []string{"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
		files: files([4]source{
			{size: 26421880, packed: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
			{size: 29515, packed: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
			{size: 4422102, packed: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
			{size: 5148, packed: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
		}),
	}
}

// kuzushiji is Kuzushiji-MNIST (Clanuwat et al. 2018): cursive Japanese characters. The sizes and
// SHA-256 are from TensorFlow Datasets (url_checksums/kmnist.txt).
func kuzushiji() known {
	return known{
		name: "kmnist", title: "KMNIST",
		mirrors: []string{ // its authors'; no other public copy of these files is known
			"https://codh.rois.ac.jp/kmnist/dataset/kmnist",
			"http://codh.rois.ac.jp/kmnist/dataset/kmnist",
		},
		classes: []string{"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"},
		files: files([4]source{
			{size: 18165135, packed: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
			{size: 29497, packed: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
			{size: 3041136, packed: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
			{size: 5120, packed: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"},
		}),
	}
}
