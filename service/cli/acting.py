"""Who acts at a terminal, and whether they may: the roles that hold over HTTP hold for a named person here too.

A verb runs with the rights of whoever may open the database, so this is no lock: it keeps the log honest and people
from mistakes. A name that somebody signs in with acts as that person and needs their role; a name that nobody has, such
as that of a machine's user or of a timer, is written down as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError, NotFound
from service.cli.terminal import err, me

if TYPE_CHECKING:
    from knowledge.store import Store
    from service.identity.people import Permission
    from service.settings import Settings


class NotPermitted(KnowledgeError):
    """Somebody is named whose roles do not allow the act, or who is let in no more."""


def acting(store: Store, by: str, permission: Permission) -> str:
    """The name to write down: of `by`, or of the machine's user where that is empty. NotPermitted names the roles."""
    from service.identity.directory import person_of_record

    name = by or me()
    try:
        known = store.people.find(name)
    except NotFound:
        return name
    if known.disabled:
        raise NotPermitted(f"{known.name} is disabled: name with --by who does this, or `huashu user enable` them")
    if permission not in person_of_record(known).permissions:
        held = ", ".join(known.roles) or "none"
        raise NotPermitted(
            f"this needs {permission}, and {known.name} has the roles {held}: name with --by who does this, "
            "or let an administrator give roles with `huashu user roles`"
        )
    return known.name


def acting_anyhow(settings: Settings, by: str, permission: Permission) -> str:
    """The same for what must work while the database is away: it is said that roles were not looked at."""
    from knowledge.store.database import exists
    from service.remembered import Remembered, opened

    if not exists(settings.database_url) and not Remembered(settings).in_use:
        return by or me()
    try:
        with opened(settings) as store:
            return acting(store, by, permission)
    except NotPermitted:
        raise
    except KnowledgeError as error:
        err.print(f"roles were not looked at: {error}", style="yellow", markup=False)
        return by or me()
