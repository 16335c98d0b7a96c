"""Settings: `base` is the product, `test` is for its tests; `sqlite` and `postgres` are the two databases."""
