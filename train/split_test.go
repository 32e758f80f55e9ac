package train

import "testing"

func TestSplit(t *testing.T) {
	for _, c := range []struct{ examples, batch, batches, rows int }{
		{200, 128, 2, 100}, {60000, 128, 32, 128}, {129, 128, 2, 64}, {5, 8, 1, 5}, {1, 8, 1, 1},
		{3, 2, 1, 3}, {7, 1, 3, 2}, {10000, 5000, 1, 5000}, {10000, 1, 2048, 2},
	} {
		batches, rows := split(c.examples, c.batch)
		if batches != c.batches || rows != c.rows {
			t.Errorf("%d examples in batches of %d become %d batches of %d, want %d of %d", c.examples, c.batch, batches, rows, c.batches, c.rows)
		}
	}
}
