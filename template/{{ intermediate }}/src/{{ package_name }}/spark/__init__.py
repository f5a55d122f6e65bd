"""Spark: the engine for tables that one machine is too small for; here it runs on this one."""
