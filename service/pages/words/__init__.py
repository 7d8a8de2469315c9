"""The pages' words in Chinese and English, one module a page; `frame` has those that every page shares."""

from service.pages.words.frame import FRAME, UiLanguage
from service.pages.words.knowledge import WORDS
from service.pages.words.slots import WORDS as SLOTS

__all__ = ["FRAME", "SLOTS", "WORDS", "UiLanguage"]
