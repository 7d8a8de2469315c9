"""Documents: read, cleaned, and searched for proposals."""
