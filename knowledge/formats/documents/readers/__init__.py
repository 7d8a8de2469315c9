"""One reader a format: bytes in, blocks with their places out; none of them judges or mends a text."""
