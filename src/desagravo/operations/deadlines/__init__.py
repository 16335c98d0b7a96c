"""`desagravo deadlines FILE.json`: time limits of cases in a file, without a database.

The format is that of the worked cases with which the clocks are tested: ``docs/rulebooks.md`` describes it.
"""
