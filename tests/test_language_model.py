"""The small language model, and the page that asks for preferences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rl_helpers import language_model
from rl_helpers.language_model import END, LENGTH, NUM_DIGITS, PAD, PROMPT_LENGTH, SORT
from rl_helpers.show.choose import Choices

PARAMS = language_model.init(jax.random.key(0))
PROMPTS = language_model.draw_prompts(jax.random.key(1), 40)
SEQUENCES = np.asarray(language_model.sample(jax.random.key(2), PARAMS, PROMPTS))


@pytest.mark.slow
def test_it_is_as_small_as_we_say():
    assert sum(weights.size for weights in jax.tree.leaves(PARAMS)) == 57_312
    assert language_model.logits(PARAMS, SEQUENCES[0]).shape == (LENGTH, language_model.NUM_TOKENS)


@pytest.mark.slow
def test_no_token_looks_at_later_ones():
    logits = jax.jit(language_model.logits)
    whole = logits(PARAMS, SEQUENCES[0])
    changed = SEQUENCES[0].copy()
    changed[9:] = (changed[9:] + 1) % 10
    np.testing.assert_allclose(logits(PARAMS, changed)[:9], whole[:9], atol=1e-5)
    assert not np.allclose(logits(PARAMS, changed)[9:], whole[9:], atol=1e-3)
    np.testing.assert_allclose(language_model.logits(PARAMS, SEQUENCES[0, :7]), whole[:7], atol=1e-5)


@pytest.mark.slow
def test_what_is_written_follows_the_logits():
    """With logits a thousand times as large, each token drawn is the likeliest one or nearly."""
    sure = PARAMS | {"head": 1_000 * PARAMS["head"]}
    written = np.asarray(language_model.sample(jax.random.key(3), sure, PROMPTS))
    logits = np.asarray(jax.vmap(language_model.logits, (None, 0))(PARAMS, written))[:, PROMPT_LENGTH - 1 : -1]
    completions = written[:, PROMPT_LENGTH:]
    ended = np.cumsum(completions == END, axis=1) - (completions == END) > 0
    gap = logits.max(axis=2) - np.take_along_axis(logits, completions[..., None], axis=2)[..., 0]
    assert np.all(gap[~ended] < 0.02) and np.ptp(logits) > 0.5 and np.all(completions[ended] == PAD)


@pytest.mark.slow
def test_tokens_are_drawn_with_their_probabilities():
    params = PARAMS | {"head": 10 * PARAMS["head"]}  # an untrained model says nearly the same of all tokens
    prompts = jnp.tile(PROMPTS[:1], (1_000, 1))
    first = np.asarray(language_model.sample(jax.random.key(4), params, prompts))[:, PROMPT_LENGTH]
    probs = np.asarray(jax.nn.softmax(language_model.logits(params, PROMPTS[0])[-1]))
    shares = np.bincount(first, minlength=language_model.NUM_TOKENS) / len(first)
    assert probs.max() > 3 / language_model.NUM_TOKENS
    assert np.all(np.abs(shares - probs) < 6 * np.sqrt(probs * (1 - probs) / len(first)) + 1e-3)


def test_prompts_come_first_and_nothing_but_padding_after_the_end():
    np.testing.assert_array_equal(SEQUENCES[:, :PROMPT_LENGTH], PROMPTS)
    assert np.all(PROMPTS[:, -1] == SORT) and np.all((PROMPTS[:, :-1] >= 0) & (PROMPTS[:, :-1] < 10))
    completions = SEQUENCES[:, PROMPT_LENGTH:]
    after = np.cumsum(completions == END, axis=1) - (completions == END) > 0
    assert after.any() and np.all(completions[after] == PAD)
    same = language_model.sample(jax.random.key(2), PARAMS, PROMPTS)
    np.testing.assert_array_equal(same, SEQUENCES)


def test_right_answers_are_right():
    (sequence,) = np.asarray(language_model.answered(jnp.array([[7, 2, 9, 2, 5, SORT]])))
    assert language_model.text(sequence) == "7 2 9 2 5 > 2 2 5 7 9 ."
    assert len(sequence) == LENGTH and np.all(sequence[PROMPT_LENGTH + NUM_DIGITS + 1 :] == PAD)


# --- The page that asks -----------------------------------------------------------------------------------------------


def test_choices_are_kept_in_order_and_can_be_taken_back():
    choices = Choices([("q", "a", "b"), ("r", "c", "d")])
    assert choices.receive({"type": "hello"}) == {"number": 0, "total": 2, "pair": ("q", "a", "b")}
    assert choices.receive({"type": "choose", "number": 0, "choice": 1})["pair"] == ("r", "c", "d")
    assert choices.chosen == [1]
    assert choices.receive({"type": "back", "number": 1})["number"] == 0 and choices.chosen == []
    for number, choice in enumerate((0, 1)):
        last = choices.receive({"type": "choose", "number": number, "choice": choice})
    assert last == {"number": 2, "total": 2, "pair": None} and choices.chosen == [0, 1]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "choose", "number": 1, "choice": 0},  # a click on a pair that is no longer shown
        {"type": "choose", "number": 0, "choice": 2},
        {"type": "choose", "number": 0},
        {"type": "back", "number": 0},
        {},
    ],
)
def test_what_makes_no_sense_chooses_nothing(message):
    choices = Choices([("q", "a", "b"), ("r", "c", "d")])
    choices.receive(message)
    assert choices.chosen == []


def test_the_page_is_a_widget_with_its_script():
    pytest.importorskip("anywidget")
    page = Choices([("q", "a", "b")]).page()
    assert "rl-chooser" in str(page._esm) and "STYLE" in str(page._esm)


def test_without_anywidget_it_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert Choices([("q", "a", "b")]).page() is None
    assert "pip install anywidget" in capsys.readouterr().out
