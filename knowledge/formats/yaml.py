"""The knowledge pack as a folder of YAML files: its lossless import and export form.

Owns which file holds what (`policy.yaml`, `forbidden_phrases.yaml`, `triggers.yaml`, `shop.yaml`, `products.yaml`,
`entries/**/*.yaml`) and how a model is read from and written to them. Reading names every problem of every file at
once. Writing loses comments, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.errors import PackError, Problem
from knowledge.formats import links
from knowledge.formats.folder import replaced
from knowledge.formats.nodes import Node, read
from knowledge.formats.rendering import render
from knowledge.formats.validation import details, explain, field_name
from knowledge.model import Entry, Facts, Pack, Policy

POLICY, PHRASES, TRIGGERS = "policy.yaml", "forbidden_phrases.yaml", "triggers.yaml"
SHOP, PRODUCTS, ENTRIES = "shop.yaml", "products.yaml", "entries"
# Where the entries' order is not that of one file a category, one file keeps it.
ALL_ENTRIES = "all.yaml"

Model = TypeVar("Model", bound=BaseModel)


def load_pack(folder: Path) -> Pack:
    """The pack in a folder; PackError names every problem of every file."""
    if not (folder / POLICY).is_file():
        raise PackError([Problem(str(folder / POLICY), 1, "is missing: name the folder of a pack, or add the file")])
    problems: list[Problem] = []
    policy = _policy_node(folder, problems)
    shop, products = (_optional(folder / name, {}, problems) for name in (SHOP, PRODUCTS))
    files = [_list_node(path, problems) for path in entry_files(folder)]
    misnamed = sorted(folder.rglob("*.yml"))
    problems.extend(Problem(str(path), 1, "would not be read: rename it to .yaml") for path in misnamed)
    nodes = [node for file in files if file is not None for node in file.elements()]

    ids = {entry_id for node in nodes if (entry_id := node.text("id")) is not None} if None not in files else None
    known = links.names(ids, policy, shop, products)
    entries = [_validated(Entry, node, problems) for node in nodes]
    model = _policy(policy, known, problems) if policy is not None else None
    facts = _facts(shop, products, problems)
    problems.extend(links.duplicate_ids(nodes))
    problems.extend(links.entry_links(nodes, known))
    if problems or model is None or facts is None:
        raise PackError(sorted(problems, key=lambda problem: (problem.file, problem.line)))
    return Pack(entries=tuple(entry for entry in entries if entry is not None), policy=model, facts=facts)


def load_entries(path: Path) -> tuple[Entry, ...]:
    """The entries of one file, without the checks that need a pack around them."""
    problems: list[Problem] = []
    file = _list_node(path, problems)
    nodes = list(file.elements()) if file is not None else []
    entries = [_validated(Entry, node, problems) for node in nodes]
    problems.extend(links.duplicate_ids(nodes))
    if problems:
        raise PackError(sorted(problems, key=lambda problem: problem.line))
    return tuple(entry for entry in entries if entry is not None)


def dump_entries(entries: Sequence[Entry]) -> str:
    """Entries as the text of one file, which `load_entries` gives back."""
    return render([_data(entry) for entry in entries])


def entry_files(folder: Path) -> list[Path]:
    """A pack's entry files in the order in which they are read: by name, without hidden ones."""
    root = folder / ENTRIES
    names = (path.relative_to(root).as_posix() for path in root.rglob("*.yaml"))
    return [root / name for name in sorted(names) if not any(part.startswith(".") for part in name.split("/"))]


def dump_pack(pack: Pack, folder: Path) -> None:
    """Write a pack so that `load_pack` gives it back. All files change or none.

    In a folder that holds a pack its files are replaced and all others kept; any other folder must be empty or absent.
    """
    target = folder.resolve()
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / POLICY).is_file())):
        message = f"is not empty and holds no pack: name an empty folder, or one with a {POLICY}"
        raise PackError([Problem(str(folder), 1, message)])
    ours = {target / name for name in (POLICY, PHRASES, TRIGGERS, SHOP, PRODUCTS)} | set(entry_files(target))
    with replaced(target, without=ours) as written:
        for name, text in _files(pack):
            path = written / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")


def _policy_node(folder: Path, problems: list[Problem]) -> Node | None:
    """The policy with its two lists put in; None where one of the files cannot be read."""
    policy = read(folder / POLICY, problems)
    parts = {"forbidden_phrases": folder / PHRASES, "triggers": folder / TRIGGERS}
    lists = {key: _list_node(path, problems) for key, path in parts.items() if path.exists()}
    if policy is None or any(node is None for node in lists.values()):
        return None
    pairs = dict(policy.items())
    for key in pairs.keys() & lists.keys():
        place = policy.get(key)
        problems.append(Problem(place.file, place.line, f"{key} are also in {parts[key]}: keep one", field=key))
    return Node(policy.file, policy.line, pairs | {key: node for key, node in lists.items() if node is not None})


def _optional(path: Path, default: dict[str, Node], problems: list[Problem]) -> Node | None:
    """The tree of a file that a pack may do without."""
    return read(path, problems) if path.exists() else Node(str(path), 1, default)


def _list_node(path: Path, problems: list[Problem]) -> Node | None:
    """The tree of a file that must hold a list; an empty file holds none."""
    node = read(path, problems)
    if node is None or isinstance(node.value, list):
        return node
    if node.value is not None:
        problems.append(Problem(node.file, node.line, 'expects a list: begin every element with "- "'))
        return None
    return Node(node.file, node.line, [])


def _validated(model: type[Model], node: Node, problems: list[Problem]) -> Model | None:
    """The model of a node, or None with a problem for every field that is wrong."""
    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        for detail in details(error):
            place = node.at(detail["loc"])
            name = field_name(detail["loc"]) or None
            problems.append(Problem(place.file, place.line, explain(detail), node.text("id"), name))
        return None


def _policy(node: Node, known: links.Names, problems: list[Problem]) -> Policy | None:
    """The policy; its broken references are reported where they stand rather than at its first line."""
    found = list(links.policy_links(node, known))
    own: list[Problem] = []
    policy = _validated(Policy, node, own)
    problems.extend(found)
    problems.extend(problem for problem in own if problem.field is not None or not found)
    return policy


def _facts(shop: Node | None, products: Node | None, problems: list[Problem]) -> Facts | None:
    """The facts of the two files together."""
    parts: dict[str, Node] = {}
    for key, node in (("facts", shop), ("products", products)):
        if node is None:
            return None
        parts.update(node.items())
        problems.extend(_strangers(node, key))
        if not isinstance(node.value, dict | None):
            problems.append(Problem(node.file, node.line, f'expects a mapping: begin the file with "{key}:"'))
    wanted = {key: node for key, node in parts.items() if key in Facts.model_fields}
    return _validated(Facts, Node(SHOP, 1, wanted), problems)


def _strangers(node: Node, key: str) -> Iterator[Problem]:
    """Top-level keys of a file that holds one only."""
    for name, child in node.items():
        if name != key:
            yield Problem(child.file, child.line, f"does not belong here: this file holds {key} only", field=name)


def _files(pack: Pack) -> Iterator[tuple[str, str]]:
    """The relative name and text of every file of a pack."""
    policy = _data(pack.policy)
    phrases, triggers = policy.pop("forbidden_phrases", None), policy.pop("triggers", None)
    facts = _data(pack.facts)
    yield POLICY, render(policy)
    for name, data in ((PHRASES, phrases), (TRIGGERS, triggers)):
        if data is not None:
            yield name, render(data)
    for name, key in ((SHOP, "facts"), (PRODUCTS, "products")):
        if key in facts:
            yield name, render({key: facts[key]})
    for name, entries in _by_category(pack.entries).items():
        yield f"{ENTRIES}/{name}", dump_entries(entries)


def _data(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(exclude_defaults=True)


def _by_category(entries: tuple[Entry, ...]) -> dict[str, list[Entry]]:
    """Entries by file: one a category, products one each, where reading those by name gives the same order back."""
    files: dict[str, list[Entry]] = {}
    for entry in entries:
        parts = entry.id.split(".")
        files.setdefault(".".join(parts[: 2 if parts[0] == "product" else 1]) + ".yaml", []).append(entry)
    read_back = [entry for name in sorted(files) for entry in files[name]]
    distinct = len({name.casefold() for name in files}) == len(files)
    return files if distinct and read_back == list(entries) else {ALL_ENTRIES: list(entries)}
