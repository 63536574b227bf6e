"""One repeat, all repeats, and who executes them."""
