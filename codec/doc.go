// Package codec keeps images in compressed files, .gae, and reads them again. Any trained
// autoencoder is a codec: Fit adds what is missing.
//
//	model, err := codec.Fit(ctx, ae, training, codec.FitOptions{})
//	w, err := codec.NewWriter(file, model, codec.Options{})
//	err = w.WriteAll(ctx, digits, nil)
//	err = w.Close(ctx)
//
//	f, err := codec.Open(file, size, codec.ReadOptions{})
//	pixels, err := f.Image(ctx, 7) // (height, width, channels)
//
// The encoder makes a code of an image: some numbers. A Quantizer rounds each of them to an
// integer. A Prior, a distribution over these integers, turns them into bits by package rans. The
// decoder network makes the image from the rounded numbers.
//
// A lossless autoencoder stores images exactly: its codes are the bytes of the images, and its prior
// is a network that gives the distribution of each byte from those before it. Model.Lossless tells.
//
// A file holds all that its reader needs: the decoder network with its weights rounded to a few
// bits, the quantiser, the prior and chunks of images. Each chunk can be decoded by itself.
// docs/format.md specifies the format.
//
// Package f32 defines the arithmetic bit for bit, so a file is decoded to the same bytes on every
// machine, and the same images give the same file.
//
// Encode writes a single image, and Decode reads it. With Options.NameModel the file names its model
// and has some hundred bytes. This package registers itself with package image, so image.Decode reads
// files that hold their model, and others if their model was registered by Register.
//
// A Reader reads a file from its beginning, as a pipe does. A File finds any image by the index at
// the file's end. Both notice damage, lose only the damaged chunk, and read a file without its end
// up to the last whole chunk. They need memory for a chunk, however long the file is.
package codec
