"""The small language model, the page that asks for preferences, and what notebook 12 says about its pictures."""

import jax
import jax.numpy as jnp
import matplotlib
import numpy as np
import pytest
from conftest import ROOT

matplotlib.use("agg")
import matplotlib.pyplot as plt

from autograder.course import is_grade, load_course
from rl_helpers import language_model
from rl_helpers.language_model import END, LENGTH, NUM_DIGITS, PAD, PROMPT_LENGTH, SORT
from rl_helpers.show.choose import Choices

PARAMS = language_model.init(jax.random.key(0))
PROMPTS = language_model.draw_prompts(jax.random.key(1), 40)
SEQUENCES = np.asarray(language_model.sample(jax.random.key(2), PARAMS, PROMPTS))


def test_it_is_as_small_as_we_say():
    assert sum(weights.size for weights in jax.tree.leaves(PARAMS)) == 57_312
    assert language_model.logits(PARAMS, SEQUENCES[0]).shape == (LENGTH, language_model.NUM_TOKENS)


def test_no_token_looks_at_later_ones():
    logits = jax.jit(language_model.logits)
    whole = logits(PARAMS, SEQUENCES[0])
    changed = SEQUENCES[0].copy()
    changed[9:] = (changed[9:] + 1) % 10
    np.testing.assert_allclose(logits(PARAMS, changed)[:9], whole[:9], atol=1e-5)
    assert not np.allclose(logits(PARAMS, changed)[9:], whole[9:], atol=1e-3)
    np.testing.assert_allclose(language_model.logits(PARAMS, SEQUENCES[0, :7]), whole[:7], atol=1e-5)


def test_what_is_written_follows_the_logits():
    """With logits a thousand times as large, each token drawn is the likeliest one or nearly."""
    sure = PARAMS | {"head": 1_000 * PARAMS["head"]}
    written = np.asarray(language_model.sample(jax.random.key(3), sure, PROMPTS))
    logits = np.asarray(jax.vmap(language_model.logits, (None, 0))(PARAMS, written))[:, PROMPT_LENGTH - 1 : -1]
    completions = written[:, PROMPT_LENGTH:]
    ended = np.cumsum(completions == END, axis=1) - (completions == END) > 0
    gap = logits.max(axis=2) - np.take_along_axis(logits, completions[..., None], axis=2)[..., 0]
    assert np.all(gap[~ended] < 0.02) and np.ptp(logits) > 0.5 and np.all(completions[ended] == PAD)


def test_tokens_are_drawn_with_their_probabilities():
    prompts = jnp.tile(PROMPTS[:1], (20_000, 1))
    first = np.asarray(language_model.sample(jax.random.key(4), PARAMS, prompts))[:, PROMPT_LENGTH]
    probs = np.asarray(jax.nn.softmax(language_model.logits(PARAMS, PROMPTS[0])[-1]))
    shares = np.bincount(first, minlength=language_model.NUM_TOKENS) / len(first)
    assert np.all(np.abs(shares - probs) < 6 * np.sqrt(probs * (1 - probs) / len(first)) + 1e-4)


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


# --- What the notebook says -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def names():
    """The variables of the solved notebook after its last cell; graded cells are left out."""
    names = {"__name__": "__main__"}
    for cell in load_course(ROOT).assignments["12_rewarding_a_language_model"].source.cells:
        if cell.cell_type == "code" and not is_grade(cell) and not cell.source.startswith("# @title"):
            exec(cell.source, names)
            plt.close("all")
    return names


@pytest.mark.slow
def test_imitation_knows_when_to_stop_before_it_knows_what_to_write(names):
    probs = {name: np.asarray(values) for name, values in names["probs"].items()}
    assert np.all(np.abs(probs["untrained"] - 1 / 13) < 0.02)
    assert min(probs["30 steps"][-1], probs["50 steps"][-1]) > 0.9 > 0.3 > probs["30 steps"][2]
    shares = {name: names["share_right"](model) for name, model in names["models"].items()}
    assert shares["untrained"] == 0.0
    assert 0.1 < shares["30 steps"] < 0.2 and 0.5 < shares["50 steps"] < 0.65


@pytest.mark.slow
def test_grpo_climbs_while_groups_run_out_of_signal(names):
    seen = names["seen"]
    assert names["share_right"](names["solver"]) > 0.88 > 0.7 > seen.right[:5].mean()
    assert seen.silent[-10:].mean() > 2 * seen.silent[:10].mean() and seen.silent[-10:].mean() > 0.6


@pytest.mark.slow
def test_the_two_averages_pull_as_we_say(names):
    lengths = np.asarray(names["lengths"])
    flat, falling = (np.asarray(pulls) for pulls in names["pulls"].values())
    assert lengths.min() == 1 and lengths.max() == 10
    np.testing.assert_allclose(flat, 1 / lengths.sum(), rtol=1e-4)
    np.testing.assert_allclose(falling, 1 / (64 * lengths), rtol=1e-4)


@pytest.mark.slow
def test_the_proxy_is_hacked(names):
    hacked = names["hacked"]
    assert hacked.reward[-5:].mean() > 2.3 * hacked.reward[:5].mean()
    assert hacked.right[:5].mean() > 0.08 and hacked.right[20:].mean() < 0.005
    assert hacked.length[-5:].mean() > 9.5


@pytest.mark.slow
def test_a_leash_limits_how_far_the_proxy_is_followed(names):
    end = {name: {f: getattr(run, f)[-5:].mean() for f in run._fields} for name, run in names["runs"].items()}
    free, middle, short = end.values()
    assert free["reward"] > middle["reward"] > short["reward"]
    assert free["divergence"] > middle["divergence"] > short["divergence"]
    before = names["hacked"].right[:5].mean()
    assert short["right"] > 0.5 * before and free["right"] < middle["right"] < short["right"] < before


@pytest.mark.slow
def test_the_reward_model_finds_what_the_stand_in_goes_by(names):
    _, pairs, digits, end = np.asarray(names["weights"])
    assert digits > end > 0 and abs(pairs) < 0.2 * digits
    assert names["clicks"].chosen == [] and 0.65 < names["agrees"] < 0.9


@pytest.mark.slow
def test_dpo_goes_where_the_choices_point(names):
    before, after = names["models"]["30 steps"], names["taught"]
    assert names["wrong_tokens"](after) < names["wrong_tokens"](before) - 0.15
    assert names["share_right"](after) > names["share_right"](before)
    of_chosen, of_rejected = names["changes"][:, -10:].mean(axis=1)
    assert of_rejected < -1.0 and abs(of_chosen) < 0.5
