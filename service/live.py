"""The live index: loaded whole from the published folder, watched, and swapped in one assignment.

A request takes the retriever once and keeps it to its end, so a reload loses none. An artefact that cannot be
used is refused with what differs, once a version, and the one before goes on serving.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from index.embedder import Embedder
from index.errors import ArtefactError, NoArtefact, RetrievalError
from index.loading import load_embedder, load_retriever
from index.retriever import Retriever
from index.shelf import Shelf
from service.settings import Settings

log = structlog.get_logger(__name__)


def published(settings: Settings, embedder: Embedder | None = None) -> Retriever:
    """What is published, loaded once and not watched, with that embedder or the settings' own.

    RetrievalError where nothing is published, which is seen before an embedder is loaded in vain, or it cannot be used.
    """
    shelf = Shelf(settings.artefacts)
    folder = shelf.path(shelf.current())
    return load_retriever(folder, embedder or load_embedder(settings.embedder, settings.tuning))


class Live:
    """Holds the retriever that answers now; safe to share between threads."""

    def __init__(
        self,
        shelf: Shelf,
        embedder: Embedder,
        poll_seconds: float,
        first: Retriever | None = None,
        loaded: Callable[[], None] = lambda: None,
    ) -> None:
        """`first` is a retriever that was loaded before: several processes forked since then share its memory.

        `loaded` is called whenever another index has been loaded and answers.
        """
        self._shelf = shelf
        self._embedder = embedder
        self._poll_seconds = poll_seconds
        self._retriever = first
        self._loaded = loaded
        self._refused: tuple[object, ...] | None = None
        self.problem: RetrievalError | None = None
        self.published_at: datetime | None = None
        self._stop = threading.Event()
        self._reloading = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="watch-artefacts", daemon=True)

    @property
    def retriever(self) -> Retriever:
        """The retriever to answer with; NoArtefact or what was wrong with the artefact where there is none."""
        found = self._retriever
        if found is None:
            problem = self.problem or NoArtefact("no artefact has been published; build one with `huashu build`")
            # A new one each time: an exception that is raised again keeps the traceback of every time before.
            raise type(problem)(*problem.args)
        return found

    @property
    def embedder(self) -> Embedder:
        """What every artefact that it can serve was built with."""
        return self._embedder

    @property
    def version(self) -> str | None:
        return self._retriever.version if self._retriever is not None else None

    def start(self) -> None:
        """Load what is published (or, where that is broken, what was before it) and watch from then on."""
        self.reload()
        if self._retriever is None and self.problem is not None and not isinstance(self.problem, NoArtefact):
            self._fall_back()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def reload(self) -> None:
        """Serve the published version, if it is another and whole."""
        with self._reloading:
            try:
                version = self._shelf.current()
                if version == self.version:
                    self._refused = self.problem = None
                    if self.published_at is None:  # it was loaded before the fork
                        self.published_at = self._shelf.published_at(version)
                elif self._stamp(version) != self._refused:
                    self._swap(version)
            except RetrievalError as error:
                self._note(error)

    def _swap(self, version: str) -> None:
        stamp = self._stamp(version)
        try:
            retriever = load_retriever(self._shelf.path(version), self._embedder)
            retriever.warm()  # the first query of a fresh index pays for its page faults here
        except RetrievalError:
            self._refused = stamp
            raise
        before, self._retriever, self._refused, self.problem = self.version, retriever, None, None
        self.published_at = self._shelf.published_at(version)
        log.info(
            "index loaded",
            version=version,
            before=before,
            entries=len(retriever.contents.entries),
            variants=len(retriever.contents.variants),
        )
        self._loaded()

    def _stamp(self, version: str) -> tuple[object, ...]:
        """What tells an artefact that was refused from the same one mended: a rebuild gives it new files."""
        folder = self._shelf.path(version)
        files = sorted(folder.glob("*")) if folder.is_dir() else []
        return (version, *((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files))

    def _fall_back(self) -> None:
        with self._reloading:
            earlier = self._shelf.previous()
            if earlier is None:
                return
            try:
                problem, refused = self.problem, self._refused
                self._swap(earlier)
                self.problem, self._refused = problem, refused
            except ArtefactError as error:
                log.error("the earlier artefact cannot be used either", version=earlier, problem=str(error))

    def _note(self, error: RetrievalError) -> None:
        if str(error) != str(self.problem):
            log.error("the published artefact is not used", problem=str(error), serving=self.version)
        self.problem = error

    def _watch(self) -> None:
        while not self._stop.wait(self._poll_seconds):
            try:
                self.reload()
            except Exception:
                # Whatever a half-copied folder may raise, the watcher must live to see the next publish.
                log.exception("looking for a new artefact failed", serving=self.version)
