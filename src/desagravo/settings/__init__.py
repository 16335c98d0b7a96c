"""Settings: `base` is the product, `test` is for its tests; `sqlite` and `postgres` say how each database is spoken to."""
