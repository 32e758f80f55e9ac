package handwriting

// A node is a point that the pen passes: x to the right and y down, in hundredths of the digit's
// height. The third number is corner if the pen turns sharply there.
type node [3]int8

const corner = 1

// A skeleton is one way to write a digit: its strokes, in the order and direction of the pen. Share
// is how common it is among the ways to write this digit. A skeleton is upright and plain: the
// writer adds slant, bends and unsteadiness.
type skeleton struct {
	share   int
	strokes [][]node
}

// skeletons returns the ways to write each digit.
func skeletons() [10][]skeleton {
	return [10][]skeleton{zeros(), ones(), twos(), threes(), fours(), fives(), sixes(), sevens(), eights(), nines()}
}

func zeros() []skeleton {
	return []skeleton{
		{6, [][]node{ // closed
			{{36, 1}, {14, 14}, {3, 46}, {12, 84}, {36, 99}, {60, 84}, {70, 48}, {58, 12}, {35, 1}}}},
		{3, [][]node{ // the end crosses the beginning
			{{46, 12}, {24, 3}, {5, 30}, {7, 72}, {34, 99}, {62, 80}, {68, 34}, {48, 4}, {24, 12}}}},
		{2, [][]node{ // a gap at the top right
			{{50, 6}, {28, 2}, {6, 28}, {4, 66}, {24, 96}, {52, 90}, {68, 56}, {64, 22}, {50, 10}}}},
		{2, [][]node{ // the end curls inward
			{{32, 2}, {8, 24}, {5, 66}, {32, 98}, {60, 84}, {68, 44}, {52, 8}, {32, 6}, {26, 22}, {36, 26}}}},
		{2, [][]node{ // wide
			{{42, 5}, {14, 12}, {0, 50}, {16, 88}, {50, 96}, {84, 76}, {86, 36}, {64, 8}, {40, 3}}}},
		{2, [][]node{ // narrow
			{{26, 0}, {11, 20}, {4, 54}, {12, 88}, {26, 98}, {40, 80}, {45, 44}, {39, 10}, {26, 1}}}},
		{1, [][]node{ // pointed at the top
			{{28, 0, corner}, {10, 36}, {4, 74}, {28, 98}, {58, 88}, {66, 54}, {46, 16}, {28, 0}}}},
		{2, [][]node{ // begun at the left, clockwise
			{{8, 24}, {32, 1}, {62, 20}, {68, 58}, {46, 96}, {14, 88}, {3, 52}, {14, 16}, {34, 6}}}},
	}
}

func ones() []skeleton {
	return []skeleton{
		{16, [][]node{{{30, 0}, {30, 100}}}},
		{4, [][]node{{{32, 0}, {28, 52}, {31, 100}}}},
		{1, [][]node{ // a hook at the foot
			{{30, 0}, {28, 50}, {29, 90}, {42, 100}}}},
		{2, [][]node{ // a flag
			{{14, 20}, {32, 0, corner}, {32, 100}}}},
		{1, [][]node{ // a flag and a foot
			{{12, 18}, {34, 0, corner}, {34, 98}},
			{{8, 98}, {62, 97}}}},
	}
}

func twos() []skeleton {
	return []skeleton{
		{4, [][]node{ // a sharp corner at the foot
			{{6, 22}, {20, 4}, {44, 3}, {56, 24}, {44, 52}, {22, 76}, {2, 97, corner}, {36, 96}, {70, 95}}}},
		{4, [][]node{ // a loop at the foot
			{{8, 20}, {26, 2}, {50, 6}, {56, 30}, {42, 60}, {20, 88},
				{4, 96}, {4, 80}, {20, 76}, {40, 90}, {58, 98}, {72, 90}}}},
		{3, [][]node{ // a narrow loop, a tail that waves
			{{4, 16}, {26, 1}, {50, 12}, {48, 38}, {28, 68}, {6, 90}, {4, 84}, {22, 82}, {44, 96}, {72, 84}}}},
		{3, [][]node{ // nearly a Z
			{{6, 8}, {28, 2}, {52, 6}, {50, 26}, {28, 60}, {4, 96, corner}, {32, 92}, {68, 98}}}},
		{2, [][]node{ // the head curls in
			{{20, 30}, {10, 18}, {26, 1}, {50, 8}, {54, 34}, {34, 68}, {4, 95, corner}, {38, 92}, {66, 96}}}},
		{2, [][]node{ // a small head on a long neck
			{{10, 28}, {18, 6}, {36, 4}, {40, 26}, {30, 62}, {4, 97, corner}, {38, 94}, {76, 92}}}},
		{2, [][]node{ // a wide head and a wide loop
			{{2, 26}, {16, 4}, {46, 0}, {64, 20}, {50, 54}, {26, 86},
				{6, 97}, {-4, 84}, {14, 72}, {42, 86}, {76, 96}}}},
	}
}

func threes() []skeleton {
	return []skeleton{
		{6, [][]node{ // two bows with a corner between
			{{8, 12}, {26, 1}, {50, 6}, {52, 26}, {26, 44, corner},
				{52, 54}, {60, 76}, {42, 96}, {16, 98}, {0, 88}}}},
		{3, [][]node{ // a small loop between
			{{6, 14}, {30, 0}, {54, 12}, {46, 36}, {26, 48}, {20, 44},
				{30, 42}, {56, 56}, {60, 80}, {36, 99}, {6, 92}}}},
		{2, [][]node{ // a flat top
			{{8, 3}, {30, 3}, {54, 1, corner}, {42, 20}, {28, 38, corner}, {52, 48}, {60, 74}, {40, 97}, {2, 92}}}},
		{3, [][]node{ // round, hardly a corner
			{{10, 10}, {34, 0}, {56, 14}, {48, 36}, {30, 46}, {54, 58}, {60, 80}, {38, 98}, {8, 96}}}},
		{2, [][]node{ // the bows end in curls
			{{14, 20}, {12, 6}, {36, 0}, {52, 16}, {40, 38}, {22, 44, corner},
				{50, 52}, {58, 78}, {34, 98}, {8, 90}, {10, 80}}}},
		{2, [][]node{ // a small head on a large bow
			{{18, 8}, {32, 0}, {44, 12}, {38, 30}, {24, 38, corner}, {54, 42}, {66, 68}, {46, 96}, {4, 95}}}},
		{2, [][]node{ // a large head, a tail that runs out to the left
			{{4, 14}, {32, 0}, {60, 18}, {54, 42}, {30, 54, corner}, {50, 62}, {52, 82}, {28, 97}, {-8, 96}}}},
	}
}

func fours() []skeleton {
	return []skeleton{
		{5, [][]node{ // open, straight
			{{14, 2}, {8, 28}, {3, 54, corner}, {34, 54}, {66, 51}},
			{{56, 4}, {50, 50}, {46, 100}}}},
		{4, [][]node{ // open, a rounded bowl
			{{8, 2}, {2, 34}, {10, 52}, {32, 56}, {56, 50}},
			{{62, 0}, {55, 40}, {46, 100}}}},
		{3, [][]node{ // closed, a long bar
			{{46, 0}, {26, 30}, {0, 62, corner}, {36, 62}, {72, 60}},
			{{48, 0}, {46, 50}, {44, 100}}}},
		{1, [][]node{ // one line: down, across, up and down again
			{{8, 2}, {4, 30}, {4, 54, corner}, {30, 50}, {58, 14, corner}, {50, 56}, {46, 100}}}},
		{2, [][]node{ // open, the second stroke short
			{{20, 0}, {10, 30}, {2, 58, corner}, {36, 58}, {70, 54}},
			{{44, 32}, {40, 64}, {34, 100}}}},
		{2, [][]node{ // leaning bowl that almost closes
			{{26, 2}, {12, 26}, {4, 48}, {24, 55}, {48, 42}, {60, 10, corner}, {48, 56}, {42, 100}}}},
	}
}

func fives() []skeleton {
	return []skeleton{
		{5, [][]node{ // the bar is a stroke of its own
			{{18, 4}, {13, 24}, {8, 44, corner}, {32, 36}, {54, 52}, {54, 80}, {30, 98}, {0, 92}},
			{{18, 4}, {40, 4}, {66, 1}}}},
		{5, [][]node{ // one line from the right
			{{64, 2}, {40, 4}, {18, 4, corner}, {12, 24}, {10, 42, corner},
				{32, 38}, {52, 54}, {52, 80}, {28, 98}, {0, 94}}}},
		{3, [][]node{ // nearly an S
			{{66, 4}, {42, 2}, {20, 8}, {16, 30}, {34, 46}, {52, 62}, {48, 86}, {24, 98}, {0, 90}}}},
		{2, [][]node{ // a large bow
			{{60, 2}, {38, 3}, {16, 4, corner}, {10, 34, corner},
				{36, 28}, {64, 48}, {60, 82}, {32, 99}, {2, 86}}}},
		{2, [][]node{ // a long bar, a small bow
			{{22, 10}, {18, 28}, {14, 48, corner}, {34, 46}, {48, 60}, {46, 82}, {26, 98}, {2, 96}},
			{{22, 10}, {46, 6}, {76, 0}}}},
	}
}

func sixes() []skeleton {
	return []skeleton{
		{5, [][]node{ // a curved stem
			{{48, 0}, {24, 20}, {6, 52}, {6, 84}, {28, 99}, {54, 88}, {58, 66}, {40, 54}, {18, 64}, {8, 82}}}},
		{4, [][]node{ // a straight stem, a small bowl
			{{40, 0}, {22, 34}, {8, 70}, {12, 94}, {34, 98}, {50, 82}, {44, 62}, {26, 62}, {10, 80}}}},
		{3, [][]node{ // a long curl over a wide bowl
			{{60, 8}, {40, 2}, {14, 24}, {4, 60}, {14, 92}, {42, 99}, {64, 80}, {54, 58}, {28, 56}, {8, 72}}}},
		{2, [][]node{ // an upright stem, nearly a b
			{{20, 0}, {12, 34}, {8, 72}, {20, 97}, {46, 96}, {58, 76}, {46, 56}, {24, 60}, {10, 78}}}},
		{2, [][]node{ // the bowl stays open inside
			{{50, 2}, {22, 28}, {6, 64}, {14, 92}, {40, 98}, {60, 82}, {54, 62}, {36, 58}, {24, 72}}}},
	}
}

func sevens() []skeleton {
	return []skeleton{
		{7, [][]node{ // a corner, a straight stem
			{{2, 6}, {30, 4}, {62, 3, corner}, {46, 34}, {34, 66}, {26, 100}}}},
		{3, [][]node{ // the bar begins with a serif
			{{4, 24}, {6, 6, corner}, {34, 4}, {62, 2, corner}, {46, 36}, {34, 68}, {28, 100}}}},
		{3, [][]node{ // round, no corner
			{{2, 10}, {28, 2}, {54, 4}, {58, 20}, {46, 50}, {34, 100}}}},
		{2, [][]node{ // the stem bows outward
			{{4, 8}, {34, 8}, {60, 4, corner}, {62, 26}, {56, 62}, {46, 100}}}},
		{2, [][]node{ // barred
			{{2, 6}, {30, 4}, {60, 2, corner}, {44, 34}, {32, 68}, {24, 100}},
			{{14, 52}, {36, 50}, {62, 47}}}},
		{1, [][]node{ // the bar waves
			{{2, 14}, {18, 3}, {40, 10}, {62, 2, corner}, {44, 36}, {30, 68}, {22, 100}}}},
	}
}

func eights() []skeleton {
	return []skeleton{
		{5, [][]node{ // an S, then back up
			{{52, 10}, {30, 1}, {10, 14}, {16, 34}, {38, 52}, {52, 72}, {44, 94},
				{22, 99}, {6, 84}, {14, 64}, {40, 42}, {56, 22}, {50, 8}}}},
		{3, [][]node{ // open at the top, the end runs out to the right
			{{50, 16}, {32, 4}, {12, 16}, {18, 36}, {36, 52}, {46, 74},
				{36, 96}, {16, 98}, {6, 82}, {20, 60}, {44, 36}, {68, 6}}}},
		{3, [][]node{ // begun at the left, other way round
			{{12, 12}, {32, 1}, {52, 14}, {46, 34}, {20, 56}, {6, 80},
				{26, 99}, {52, 88}, {52, 70}, {30, 48}, {12, 28}, {12, 10}}}},
		{2, [][]node{ // two rings
			{{34, 46}, {14, 36}, {12, 14}, {34, 1}, {54, 14}, {52, 36}, {34, 46}},
			{{32, 48}, {8, 62}, {8, 88}, {34, 99}, {58, 86}, {58, 62}, {34, 48}}}},
		{2, [][]node{ // narrow, the crossing high
			{{46, 6}, {28, 4}, {16, 20}, {28, 40}, {42, 66}, {36, 94},
				{16, 96}, {12, 72}, {30, 40}, {46, 20}, {44, 4}}}},
	}
}

func nines() []skeleton {
	return []skeleton{
		{5, [][]node{ // a straight stem
			{{52, 12}, {34, 2}, {12, 14}, {4, 36}, {18, 50}, {40, 40}, {54, 10, corner}, {50, 54}, {44, 100}}}},
		{3, [][]node{ // a stem that leans, the ring closed above it
			{{50, 8}, {24, 4}, {4, 24}, {10, 44}, {34, 42}, {52, 18}, {52, 6}, {46, 40}, {34, 70}, {22, 100}}}},
		{3, [][]node{ // a curved tail
			{{52, 14}, {32, 1}, {8, 14}, {6, 38}, {28, 48}, {50, 30},
				{54, 12, corner}, {54, 60}, {44, 92}, {20, 99}, {4, 88}}}},
		{2, [][]node{ // one line that rolls over into the stem
			{{44, 36}, {20, 46}, {6, 28}, {20, 4}, {46, 4}, {52, 30}, {46, 66}, {40, 100}}}},
		{2, [][]node{ // a wide ring, a short stem to the right
			{{56, 18}, {34, 1}, {8, 12}, {4, 40}, {28, 52}, {52, 38}, {58, 14, corner}, {60, 56}, {66, 98}}}},
	}
}
