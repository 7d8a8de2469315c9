"""The editors' desk: what its API and its page show of entries while they are written."""
