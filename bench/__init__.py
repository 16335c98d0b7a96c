"""Figures: a data set made here, the product's own processes, and what a person's operations cost (docs/measured)."""
