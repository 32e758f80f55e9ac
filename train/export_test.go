package train

// PartByPart computes the shards of a batch one after the other.
func (t *Trainer) PartByPart() { t.training.stock = true }

// InGroups returns how many graphs are for several shards.
func (t *Trainer) InGroups() (n int) {
	for s := range t.training.compiled {
		if s.groups > 1 {
			n++
		}
	}
	return n
}

// Parts returns how many parts a batch of so many rows is cut into.
func (t *Trainer) Parts(rows int) int { return t.deal(rows).cut.parts }
