"""A build's report as lines of text, for whoever works in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.comparison import Moved, Reply, Tally
from index.gate import Checked
from service.reports import Report

MOST = 10  # rows of each list where the report is not asked for itself


def lines(report: Report, most: int | None = MOST) -> Iterator[str]:
    """What changed, what got better and worse, and what the gate says, which comes last."""
    if report.unchanged:
        yield f"{report.version} is live already: nothing has changed"
        yield from _gate(report.gate)
        return
    if report.live is None:
        yield "nothing is live yet, so there is nothing to compare with"
    elif report.not_compared is not None:
        yield f"the live version could not be compared with: {report.not_compared}"
    else:
        yield from _changes(report, most)
    if report.comparison is not None:
        found = report.comparison
        yield f"golden queries with an entry: {_tally(found.judged)}"
        yield f"golden queries that nothing answers, not answered: {_tally(found.outside)}"
        yield from (f"  {tally.kind:<14} {_tally(tally)}" for tally in found.kinds)
        if found.missing:
            yield f"{len(found.missing)} golden queries name entries that are gone, and were not counted:"
            yield from _first([f"  {text} → {entry}" for text, entry in found.missing], most)
        yield f"{len(found.moved)} golden queries get another reply"
        yield from _first([_moved(moved) for moved in found.moved], most)
        yield f"{len(found.real_moved)} of {found.real} recent real queries get another reply"
        yield from _first([_moved(moved) for moved in found.real_moved], most)
    yield from _gate(report.gate)


def _changes(report: Report, most: int | None) -> Iterator[str]:
    counts = [
        f"{sum(change.kind == kind for change in report.changes)} {kind}" for kind in ("added", "changed", "removed")
    ]
    yield f"against {report.live}: entries {', '.join(counts)}"
    rows = [
        f"  {change.kind:<8} {change.entry_id} v{change.after or change.before}"
        + (f": {', '.join(field.field for field in change.fields)}" if change.fields else "")
        for change in report.changes
    ]
    yield from _first(rows, most)
    if report.policy_changes:
        yield f"policy: {', '.join(report.policy_changes)} changed"
    if report.program_changed:
        yield "Huashu itself was updated since, which may move answers"


def _first(rows: Sequence[str], most: int | None) -> Iterator[str]:
    yield from rows[:most]
    if most is not None and len(rows) > most:
        yield f"  … and {len(rows) - most} more: `huashu report` shows all"


def _tally(tally: Tally) -> str:
    if not tally.queries:
        return "none"
    before, after = (f"{count / tally.queries:.1%}" for count in (tally.before, tally.after))
    return f"{before} → {after} of {tally.queries} ({tally.better} better, {tally.worse} worse)"


def _moved(moved: Moved) -> str:
    mark = {"worse": "✗", "better": "✓"}.get(moved.verdict or "", "·")
    wanted = f" (wanted {moved.gold})" if moved.verdict == "worse" and moved.gold else ""
    return f"  {mark} {moved.text}: {_reply(moved.before)} → {_reply(moved.after)}{wanted}"


def _reply(reply: Reply) -> str:
    return f"{reply.decision} {reply.entry_id or '–'}"


def _gate(gate: Checked) -> Iterator[str]:
    shared = f", {gate.shared} of them shared" if gate.shared else ""
    if gate.lost:
        yield f"gate: refused; {len(gate.lost)} of {gate.variants} phrasings do not find their own entry:"
        yield from (f"  {lost.entry_id}: {lost.variant}" for lost in gate.lost[:MOST])
    elif gate.verdict == "worse":
        yield (f"gate: golden queries got worse; hit@1 fell by {gate.drop:.4f}, the policy allows {gate.tolerance:.4f}")
    else:
        yield f"gate: passed; all {gate.variants} phrasings find their own entry{shared}"
