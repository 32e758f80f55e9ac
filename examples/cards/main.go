// Command cards draws a folder of cards: pictures in colour, each of another size, with digits of the
// built-in handwriting. It is something to try pictures of different sizes with:
//
//	go run ./examples/cards cards/
//	gorgonae train --data cards --model conv --patch 32x32 --lr 0.005 --epochs 300 --out runs/cards
//	gorgonae reconstruct runs/cards cards/ --out seen/
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("want a folder for the cards, got %d arguments", len(os.Args)-1)
	}
	if err := cards(context.Background(), os.Args[1], 40); err != nil {
		log.Fatal(err)
	}
}

// cards draws n cards. The same n gives the same cards.
func cards(ctx context.Context, dir string, n int) error {
	ink, _ := handwriting.Draw(20*n, 0)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		size := images.Size{Channels: 3, Height: 96 + r.IntN(160), Width: 96 + r.IntN(160)}
		card := paper(size, r)
		for k := range 20 {
			write(card, size, ink.Image(20*i+k), ink.Size(), r.IntN(size.Height-28), r.IntN(size.Width-28), colour(r, 0, 140))
		}
		path := filepath.Join(dir, fmt.Sprintf("card%d.png", i+1))
		if _, err := images.WriteFiles(ctx, []string{path}, size, card); err != nil {
			return err
		}
	}
	return nil
}

// paper returns a card in one colour that fades a little from the top to the bottom.
func paper(size images.Size, r *rand.Rand) []byte {
	at, fade := colour(r, 170, 255), r.IntN(60)
	card := make([]byte, 0, size.Numbers())
	for y := range size.Height {
		for range size.Width {
			for _, v := range at {
				card = append(card, byte(v-fade*y/size.Height))
			}
		}
	}
	return card
}

func colour(r *rand.Rand, lowest, highest int) (c [3]int) {
	for i := range c {
		c[i] = lowest + r.IntN(highest-lowest+1)
	}
	return c
}

// write lays the ink of a digit on a card, with its corner at a row and a column.
func write(card []byte, size images.Size, digit []byte, of images.Size, row, column int, ink [3]int) {
	for y := range of.Height {
		for x := range of.Width {
			cover := int(digit[y*of.Width+x])
			for c, v := range ink {
				at := &card[((row+y)*size.Width+column+x)*3+c]
				*at = byte((int(*at)*(255-cover) + v*cover) / 255)
			}
		}
	}
}
