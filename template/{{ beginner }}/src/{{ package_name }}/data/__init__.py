"""Data: which columns a table has, what its cells mean, which rows teach and which judge."""
