"""The HTTP face and the `huashu` command."""
