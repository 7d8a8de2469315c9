"""What the index cannot continue from. One base class; the service turns each into one HTTP answer."""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of everything the index raises."""


class EmbedderError(RetrievalError):
    """The embedder a setting names cannot be used on this machine."""


class ArtefactError(RetrievalError):
    """An artefact is missing, damaged, or was made by something else; the message says what differs."""


class NoArtefact(ArtefactError):
    """No artefact has been published yet."""


class Superseded(ArtefactError):
    """Another version has become live than the one an act was decided on."""


class GateError(RetrievalError):
    """Nothing may be built of this knowledge; the message says why."""
