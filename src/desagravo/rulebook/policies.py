"""Reads and checks the rulebook of a jurisdiction. Pure, without Django."""
