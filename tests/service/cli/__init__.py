"""The `huashu` command."""
