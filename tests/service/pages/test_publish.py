"""The publishing page as it is served, without a script."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from index.shelf import Shelf
from service import building
from service.app import create_app
from service.builds import Builds
from service.settings import Settings
from tests.service.people import AGENT, APPROVER, EDITOR, by_header
from tests.service.shop import BETTER, ENTRIES, FRIDAY, WORSE, fill, release, report_of
from tests.service.threads import watched
from tests.toy import ToyEmbedder

MOMENT = r"\d\d-\d\d \d\d:\d\d 版"  # what a version is called, unless another was built within the minute
SLEEPS = (sys.executable, "-c", "import time; time.sleep(5)")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The service over a home of the test's own, seen by an approver unless told otherwise."""
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header), headers=APPROVER) as client:
        yield client


def page(client: TestClient, **more: str) -> str:
    """The page's text."""
    found = client.get("/publish", headers=more)
    assert found.status_code == 200
    return found.text


def form(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form that goes there."""
    match = re.search(rf'<form[^>]*action="{action}".*?</form>', text, re.DOTALL)
    assert match is not None, f"no form goes to {action}"
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', match[0]))


def test_without_a_change_it_says_so(client: TestClient, settings: Settings) -> None:
    """Nothing to build, nothing to publish."""
    text = page(client)
    assert "没有需要发布的内容" in text
    assert Shelf(settings.artefacts).current() in text and "和线上的" in text
    assert "/publish/build" not in text
    assert "/publish/release" not in text


def test_what_waits_is_shown_before_it_is_built(client: TestClient, settings: Settings) -> None:
    """The changed entry, what it lost and gained, and the button that builds."""
    fill(settings, BETTER)
    text = page(client)
    assert "等待发布的改动" in text
    assert "<del>退款多久到账</del><ins>退款什么时候到</ins>" in text
    assert "v1 → v2" in text
    assert form(text, "/publish/build") == {}


def test_the_story_is_told_and_published(client: TestClient, settings: Settings) -> None:
    """What changed, what got better, which real queries move, the curve; then the form publishes just that report."""
    live = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    report = report_of(settings, real=("钱到底还退不退", "快递停住了"))
    text = page(client)
    chapters = [text.index(f'id="{name}"') for name in ("changed", "quality", "real", "curve", "decide", "history")]
    assert chapters == sorted(chapters)
    assert "检查通过" in text
    assert "从前有人问过的" in text, "golden queries of entries that are gone are named"
    fields = form(text, "/publish/release")
    assert fields == {"build": report.build, "version": report.version, "live": live}
    done = client.post("/publish/release", data=fields, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/publish?done=release")
    assert Shelf(settings.artefacts).current() == report.version
    told = client.get("/publish?done=release").text
    assert "<h2>已发布</h2>" in told and re.search(rf"客服现在用的就是 ({MOMENT}|{report.version})", told)
    assert "没有需要发布的内容" not in told
    after = page(client)
    assert "没有需要发布的内容" in after and report.version in after
    assert "/publish/release" not in after


def test_a_regression_asks_for_a_reason(client: TestClient, settings: Settings) -> None:
    """There is no plain button; the reason is taken, and stands in the history."""
    fill(settings, WORSE)
    report_of(settings)
    text = page(client)
    assert "标准测试变差了" in text
    assert "应为 refund.time" in text
    assert "说明理由并发布" in text and "一键回滚" not in text
    fields = form(text, "/publish/release")
    refused = client.post("/publish/release", data=fields)
    assert refused.status_code == 409
    assert "没有做成" in refused.text
    client.post("/publish/release", data=fields | {"accept_worse": "活动期间先这样"})
    assert "活动期间先这样" in page(client)


def test_a_stale_report_cannot_be_published(client: TestClient, settings: Settings) -> None:
    """Another version became live since: it says so, and offers to build again."""
    first = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    report = report_of(settings)
    fill(settings, WORSE)
    Shelf(settings.artefacts).publish(report.version, FRIDAY, "王敏")
    second = report_of(settings)
    Shelf(settings.artefacts).roll_back(FRIDAY, "王敏", first)
    text = page(client)
    assert "这份报告已经过时" in text
    assert "/publish/release" not in text
    assert form(text, "/publish/build") == {}
    refused = client.post(
        "/publish/release",
        data={"build": second.build, "version": second.version, "live": report.version, "accept_worse": "x"},
    )
    assert (refused.status_code, "线上版本刚刚变了" in refused.text) == (409, True)
    assert Shelf(settings.artefacts).current() == first


def test_a_build_under_way_shows_its_steps(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are done, the one that runs with its count, those that wait; it refreshes itself, and can be ended."""
    monkeypatch.setattr(building, "COMMAND", SLEEPS)
    fill(settings, BETTER)
    assert client.post("/publish/build", follow_redirects=False).status_code == 303
    running = Builds(settings.home).running()
    assert running is not None
    Builds(settings.home).resume(running.id, -1).step("embed", 32, 99)
    text = page(client)
    assert 'http-equiv="refresh"' in text
    assert 'data-step="check" data-state="done"' in text
    assert 'data-step="embed" data-state="now"' in text
    assert 'max="100" value="32"' in text and "32 / 99" in text
    assert 'data-step="train" data-state="waiting"' in text
    assert form(text, "/publish/cancel") == {"build": running.id}
    assert client.post("/publish/build").status_code == 409
    assert client.post("/publish/cancel", data={"build": running.id}, follow_redirects=False).status_code == 303


def test_what_went_wrong_is_shown_with_its_reason(client: TestClient, settings: Settings) -> None:
    """A failed build, and one whose process died; both can be tried again."""
    fill(settings, BETTER)
    job = Builds(settings.home).begin("李雷")
    job.failed("lint found 1 errors:\n  <b>refund.time</b>")
    job.close()
    text = page(client)
    assert "这次生成没有成功" in text and "&lt;b&gt;refund.time&lt;/b&gt;" in text
    assert form(text, "/publish/build") == {}
    shutil.rmtree(job.folder)
    Builds(settings.home).begin("李雷").close()
    assert "这次生成中断了" in page(client)


def test_any_earlier_version_is_one_click_away(client: TestClient, settings: Settings) -> None:
    """Each has its form, with a question first; what was deleted has none."""
    first = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    second = release(settings)
    fields = form(page(client), "/publish/rollback")
    assert fields == {"version": first, "live": second}
    assert client.post("/publish/rollback", data=fields, follow_redirects=False).status_code == 303
    assert Shelf(settings.artefacts).current() == first
    shutil.rmtree(Shelf(settings.artefacts).path(second))
    text = page(client)
    assert "文件已清理" in text
    assert "/publish/rollback" not in text
    assert client.post("/publish/rollback", data={}).status_code == 422


def test_after_a_rollback_nothing_claims_to_be_live_that_is_not(client: TestClient, settings: Settings) -> None:
    """The report says that its version is live no more, and the changes that wait say where they come from."""
    first = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    second = release(settings)
    build = Builds(settings.home).records()[0].id
    assert "正在线上" in client.get(f"/publish?build={build}").text
    client.post("/publish/rollback", data={"version": first, "live": second})
    report = client.get(f"/publish?build={build}").text
    assert "正在线上" not in report and "现在不在线上" in report
    assert 'data-state="published">发布过<' in report
    text = page(client)
    assert "现在生成并发布，会把它原样带回线上" in text
    assert '<button class="button">生成并对比</button>' in text
    fill(settings, WORSE)
    assert "下面可能还有它的改动" in page(client)


def test_the_first_version_has_nothing_to_compare_with(settings: Settings) -> None:
    """It says so, and can be published."""
    shutil.rmtree(settings.artefacts)
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header), headers=APPROVER) as client:
        assert f"这是第一个版本，共 {len(ENTRIES)} 条" in page(client)
        report = report_of(settings)
        fields = form(page(client), "/publish/release")
        assert fields == {"build": report.build, "version": report.version, "live": ""}
        client.post("/publish/release", data=fields)
    assert Shelf(settings.artefacts).current() == report.version


def test_before_there_is_any_policy_it_says_what_is_missing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An empty home has nothing to build from."""
    home = Settings(home=tmp_path_factory.mktemp("empty"))
    with TestClient(create_app(home, ToyEmbedder(), lambda: FRIDAY, by_header), headers=APPROVER) as client:
        text = page(client)
    assert "现在还不能生成" in text and "请管理员先导入" in text


def test_no_file_of_the_home_is_looked_at_on_the_event_loop(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is slow to answer keeps nobody else waiting."""
    fill(settings, BETTER)
    report = report_of(settings)
    looks = [watched(monkeypatch, Builds, name) for name in ("_read", "report", "cancel")]
    looks += [watched(monkeypatch, Shelf, name) for name in ("history", "live", "versions")]
    page(client)
    assert client.post("/publish/cancel", data={"build": report.build}).status_code == 409
    assert all(looks) and not any(map(any, looks))


def test_an_editor_looks_and_may_not_act(client: TestClient, settings: Settings) -> None:
    """The story without its buttons; an agent does not see the page at all."""
    fill(settings, BETTER)
    report_of(settings)
    text = page(client, **EDITOR)
    assert "改了什么" in text and "<form" not in text
    assert client.get("/publish", headers=AGENT).status_code == 403
    for action in ("build", "cancel", "release", "rollback"):
        assert client.post(f"/publish/{action}", headers=EDITOR).status_code == 403


def test_it_is_told_in_english_too(client: TestClient, settings: Settings) -> None:
    """The same chapters in the visitor's language."""
    fill(settings, BETTER)
    report_of(settings)
    text = client.get("/publish?lang=en").text
    for words in (
        "What changed",
        "What got better, what got worse",
        "What was published",
        "right first time",
    ):
        assert words in text


def test_an_older_report_can_be_looked_at(client: TestClient, settings: Settings) -> None:
    """By the address that the list of builds links to; it is not what the page would publish."""
    fill(settings, BETTER)
    release(settings)
    first = Builds(settings.home).records()[0]
    report_of(settings)
    assert f"/publish?build={first.id}" in page(client)
    text = client.get(f"/publish?build={first.id}").text
    assert "已经发布，正在线上" in text and "退款什么时候到" in text
