"""Every figure of a run, drawn by matplotlib's Agg alone; the style file says how all of them look."""
