"""One file a format: each reads into the model and writes from it, and names every problem by file and line."""
