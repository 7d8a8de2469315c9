"""How it is found: embedder, vectors, lexical channel, ranker, confidence, triggers, artefact."""
