"""Commands: one module each; its function `run` is the command, its docstring the help."""
