"""From what was found to why somebody else must or may be told: every reason to escalate, whatever ranks first.

It only makes the claims; `knowledge.escalation` weighs them against the policy.
"""

from __future__ import annotations

from dataclasses import replace

from index.retriever import Finding, Retriever
from knowledge.escalation import Claim, from_entry, from_trigger, low_confidence, repeated
from knowledge.model import Entry, Language

# Probability from which an entry that must escalate is claimed. Where the customer is asked, the next message tells;
# where nothing is said, an escalation that is missed costs as much as three false alarms.
ASKED = 0.5
UNANSWERED = 0.25
CONSIDERED = 5  # candidates looked at for an escalation, however few are shown


def claims_of(finding: Finding, retriever: Retriever, language: Language) -> list[Claim]:
    """Every reason to escalate, whatever ranks first."""
    if finding.decision == "answer":
        return claims_if(finding.candidates[0].entry.entry, finding, language)
    claims = [*_heard(finding, language), *_likely_required(finding)]
    if finding.decision == "clarify":
        # Which entry it is stays open, so its escalation is offered at most until the customer has chosen.
        claims.append(_at_most_offer(from_entry(finding.candidates[0].entry.entry)))
    else:
        confidence = finding.candidates[0].confidence if finding.candidates else 0.0
        doubt = low_confidence(confidence, retriever.contents.confidence.thresholds.answer)
        lines = retriever.contents.policy.lines
        claims.append(replace(doubt, holding_reply=lines.holding, holding_reply_en=lines.holding_en))
    return [*claims, *_again(finding)]


def claims_if(entry: Entry, finding: Finding, language: Language) -> list[Claim]:
    """Every reason to escalate where that entry is what is meant."""
    return [*_heard(finding, language), from_entry(entry), *_again(finding)]


def _heard(finding: Finding, language: Language) -> list[Claim]:
    return [from_trigger(alarm.trigger, alarm.text, alarm.phrase, language) for alarm in finding.alarms]


def _again(finding: Finding) -> list[Claim]:
    return [repeated(finding.repeats)] if finding.repeats > 1 else []


def _likely_required(finding: Finding) -> list[Claim]:
    """The claim of the best entry that must escalate, where it is likely enough that one of them is meant.

    That is how likely anything is meant, times the part that such entries have in the confidence of all considered.
    An entry to which a look-alike comes clearly nearer (笑死我了 to 想死) is not counted, unless an alarm was heard.
    """
    considered = finding.candidates[:CONSIDERED]
    doubted = frozenset() if finding.alarms else finding.look_alikes
    required = [
        candidate
        for candidate in considered
        if candidate.entry.entry.escalation.level == "required" and candidate.entry.entry.id not in doubted
    ]
    total = sum(candidate.confidence for candidate in considered)
    part = sum(candidate.confidence for candidate in required) / total if total > 0 else 0.0
    if finding.inside * part < (ASKED if finding.decision == "clarify" else UNANSWERED):
        return []
    return [from_entry(required[0].entry.entry)]


def _at_most_offer(claim: Claim) -> Claim:
    return replace(claim, level="offer") if claim.level == "required" else claim
