"""One base class, so that the service can turn whatever the index raises into one table of answers."""

from __future__ import annotations

import inspect

from index import errors
from index.errors import ArtefactError, NoArtefact, RetrievalError


def test_everything_the_index_raises_has_one_base() -> None:
    """No error class stands beside RetrievalError."""
    raised = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, Exception)]
    assert len(raised) >= 5
    assert all(issubclass(found, RetrievalError) for found in raised)


def test_an_artefact_never_published_is_an_artefact_that_cannot_be_used() -> None:
    """Who handles ArtefactError handles an empty home too."""
    assert issubclass(NoArtefact, ArtefactError)
