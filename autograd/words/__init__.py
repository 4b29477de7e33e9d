"""A graph in words: names, formulas, trees, lessons, and the reasons for a gradient."""
