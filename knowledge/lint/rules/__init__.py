"""One rule a file: `RULE` is its name, `check` its findings over a context, its docstring its manual page."""
