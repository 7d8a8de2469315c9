"""`huashu ask`: one query to the live index."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from knowledge.errors import KnowledgeError
from service.cli.terminal import app, out
from service.settings import Settings


@app.command()
def ask(
    query: Annotated[str, typer.Argument(help="What the customer said.")],
    channel: Annotated[str, typer.Option(help="chat, phone or email.")] = "chat",
    json_: Annotated[bool, typer.Option("--json", help="The API's own answer.")] = False,
) -> None:
    """Ask the live index one query: the running service if there is one, else the index on disk."""
    body = {"query": query, "channel": channel}
    settings = Settings.from_environment()
    answer = _ask_service(settings, body) or _ask_index(settings, body)
    if json_:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    words = {"answer": "可直接回复", "clarify": "请选择", "abstain": "暂无话术"}
    out.print(f"[bold]{words[answer['decision']]}[/bold] ({answer['decision']})", highlight=False)
    if answer["read_as"]:
        out.print(f"按「{answer['read_as']}」理解", markup=False, highlight=False)
    for number, item in enumerate(answer["suggestions"], start=1):
        out.print(
            f"\n{number}. {item['title']}  {item['confidence']:.0%}  {item['entry_id']} v{item['version']}  "
            f"命中「{item['match']['variant']}」",
            markup=False,
            highlight=False,
        )
        out.print(f"   {item['reply']['text']}", markup=False, highlight=False)
    hint = answer["escalation"]
    if hint["level"] != "none":
        word = "需升级" if hint["level"] == "required" else "建议升级"
        reasons = "、".join(reason["detail"] for reason in hint["reasons"])
        out.print(
            f"\n▲ {word} → {hint['target_label']}，{hint['due_at']} 前（{reasons}）",
            markup=False,
            highlight=False,
        )
        if hint["holding_reply"]:
            out.print(f"   先说：{hint['holding_reply']['text']}", markup=False, highlight=False)


def _ask_service(settings: Settings, body: dict[str, Any]) -> Any:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{settings.url}/v1/suggestions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        # Never by a proxy, which could neither reach this machine nor should read what a customer said.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 422:
            raise KnowledgeError(json.load(error)["detail"]) from error
        return None
    except (OSError, ValueError):
        return None


def _ask_index(settings: Settings, body: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from service.api.requests import SuggestionRequest
    from service.desk import Desk
    from service.fields import field_problems, sentence
    from service.live import published

    try:
        wanted = SuggestionRequest.model_validate(body)
    except ValidationError as error:
        raise KnowledgeError(sentence(field_problems(error))) from error
    retriever = published(settings)
    return Desk(lambda: retriever).suggest(wanted).model_dump(mode="json")
