"""Server-rendered pages. Every page works before its script runs; a page asks the API only through its public shape."""
