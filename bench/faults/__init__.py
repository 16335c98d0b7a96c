"""Faults that take longer than a check may: run by hand, their results in docs/measured."""
