"""Public holidays and closed days of a place. Pure, without Django."""
