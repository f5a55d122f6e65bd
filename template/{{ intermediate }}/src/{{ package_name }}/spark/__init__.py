"""Spark: the engine for SQL that one machine is too small for; unless told, it runs on this one."""
