"""The `huashu` command: thin verbs over knowledge, index and service, one module a group of verbs."""

from service.cli.main import main

__all__ = ["main"]
