"""Loading what answers: an embedder by name, a retriever from an artefact's folder. Importing this loads no engine."""

from __future__ import annotations

from pathlib import Path

from index.constants import DEFAULT_EMBEDDER
from index.contents import load
from index.embedder import Embedder
from index.retriever import Retriever
from index.tuning import SHIPPED


def load_embedder(name: str = DEFAULT_EMBEDDER, tuning: Path | None = SHIPPED) -> Embedder:
    """The embedder of that name.

    `huashu-default` takes the bundled engines with the corrections of `tuning` (None: as they come), and goes on
    with one where the other has no build for this platform; any other name is given to sentence-transformers as it
    stands (a hub name or a folder). Raises EmbedderError with the next step.
    """
    # torch and what stands on it take six seconds to import: nobody waits for them who embeds nothing.
    from index.engines import bundled, named

    return bundled(tuning) if name == DEFAULT_EMBEDDER else named(name)


def load_retriever(folder: Path, embedder: Embedder) -> Retriever:
    """The artefact in that folder, as it answers; ArtefactError where it is not whole, or of another embedder."""
    manifest, contents = load(folder, embedder.name)
    return Retriever(contents, embedder, manifest.version)
