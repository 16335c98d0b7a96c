"""The checklist: a hundred points by which complaint handling is measured, scored against this very installation."""
