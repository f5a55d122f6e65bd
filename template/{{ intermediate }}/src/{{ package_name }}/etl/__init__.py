"""ETL: sources and one SQL statement become the table that models learn from."""
