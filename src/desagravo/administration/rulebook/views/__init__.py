"""The pages of the rulebook: ``editions`` are read, ``forms`` change a piece, ``rows`` order lists, ``going`` takes an
edition from a copy to its publication."""
