"""Episodes as animations: what a page gets, how large it is, the still picture, GIFs, and the words for the outcome."""

import base64
import html
import io
import json
import re

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from rl_helpers import record_episode
from rl_helpers.animate import animate, outcome, save_gif
from rl_helpers.loop import Episode

MAX_BYTES = 300_000  # in the saved notebook, of an environment that draws itself


def balance(obs):
    return int(obs[2] + 0.5 * obs[3] > 0)


@pytest.fixture(scope="module")
def balanced():
    return record_episode(gym.make("rl_helpers/CartPole-v1"), balance)


@pytest.fixture(scope="module")
def fallen():
    return record_episode(gym.make("rl_helpers/CartPole-v1"), lambda obs: 0)


def pictures(num=40):
    """An episode of an environment that nobody knows: a square that moves."""
    frames = [np.full((90, 160, 3), 250, np.uint8) for _ in range(num)]
    for step, frame in enumerate(frames):
        frame[30:50, 3 * step : 3 * step + 20] = (0, 114, 178)
    return Episode(np.zeros((num, 1)), np.zeros(num - 1, int), np.ones(num - 1), True, False, frames)


def film(animation) -> dict:
    return json.loads(html.unescape(re.search(r'data-film="([^"]*)"', animation.html).group(1)))


def numbers(text) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_500_steps_are_small_and_need_no_pictures(balanced):
    assert len(balanced.rewards) == 500 and balanced.frames == []
    animation = animate(balanced)
    size = len(json.dumps(animation.html)) + len(base64.b64encode(animation.png))
    assert size < 60_000, size


def test_the_page_gets_what_happened(balanced, fallen):
    one, two = film(animate(fallen, balanced, labels=["before", "after"]))["episodes"]
    assert (one["label"], one["steps"], two["steps"]) == ("before", len(fallen.rewards), 500)
    cart, pole, push = numbers(one["poses"]).reshape(-1, 3, 3).swapaxes(0, 1)
    assert np.allclose(cart[:, 0], fallen.obs[:, 0]) and np.allclose(pole[:, 2], -fallen.obs[:, 2])
    assert np.all(push[:-1, 0] < cart[:-1, 0]) and np.isnan(push[-1]).all()  # to the left, and nothing at the end
    assert numbers(two["rewards"]).sum() == 500
    assert len(one["scene"]["bodies"]) == 3 and one["scene"]["bodies"][1][0]["points"][1] == [0.0, 1.0]


def test_gymnasiums_own_environment_is_drawn_too(balanced):
    episode = record_episode(gym.make("CartPole-v1"), lambda obs: 1)
    assert film(animate(episode))["episodes"][0]["scene"] == film(animate(balanced))["episodes"][0]["scene"]


def test_unknown_environments_travel_as_small_pictures():
    sent = film(animate(pictures(150)))["episodes"][0]
    assert "poses" not in sent and len(sent["pictures"]) == 100
    images = [Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in sent["pictures"]]
    first, last = (np.asarray(image)[40].astype(int) for image in (images[0], images[-1]))
    assert first[10, 0] < 60 and last[10, 0] > 200  # the square has left its first place
    assert sum(map(len, sent["pictures"])) < MAX_BYTES


def test_nothing_comes_from_elsewhere_and_labels_are_text(balanced):
    animation = animate(balanced, labels=['<b onload="x">&'])
    assert "<b onload" not in animation.html
    assert film(animation)["episodes"][0]["label"] == '<b onload="x">&'
    assert not re.search(r"https?://|@import|url\(", animation.html)


def test_a_notebook_gets_a_still_with_words_and_then_the_player(balanced, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata=None: shown.append((data, metadata)))
    animation = animate(balanced)
    animation._ipython_display_()
    (still, metadata), (player, _) = shown
    assert "500" in still["text/plain"] and metadata["image/png"]["alt"] == still["text/plain"]
    image = Image.open(io.BytesIO(base64.b64decode(still["image/png"])))
    assert image.width > 2 * image.height and len(image.convert("RGB").getcolors(2**16)) > 20
    assert still["image/png"].endswith(film(animation)["still"]), "the player must find the still to hide it"
    assert player["text/html"] == animation.html


def test_outcomes_in_words(balanced, fallen):
    assert outcome(balanced) == "stopped by the clock after 500 steps, return 500"
    assert outcome(fallen) == f"the pole fell after {len(fallen.rewards)} steps, return {len(fallen.rewards)}"
    assert outcome(pictures(2)) == "over after 1 step, return 1"
    off_track = fallen._replace(obs=np.array([[0, 0, 0, 0], [2.5, 0, 0, 0]]), rewards=np.ones(1))
    assert outcome(off_track).startswith("the cart left the track after 1 step,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((), {}), "needs an episode"),
        (((pictures(),), {"labels": ["a", "b"]}), "labels must name each of 1"),
        ((([1, 2],), {}), "come from record_episode"),
        (((pictures()._replace(frames=[]),), {}), "render_mode"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        animate(*arguments[0], **arguments[1])


@pytest.mark.slow
def test_a_gif_keeps_its_pace(balanced, fallen, tmp_path):
    path = save_gif(tmp_path / "two.gif", fallen, balanced, labels=["before", "after"])
    gif = Image.open(path)
    seconds = 0.0
    for frame in range(gif.n_frames - 1):
        gif.seek(frame)
        seconds += gif.info["duration"] / 1000
    assert seconds == pytest.approx(500 / 50, rel=0.15)
    assert gif.n_frames <= 151 and path.stat().st_size < MAX_BYTES and gif.width > 600
    assert save_gif(tmp_path / "one.gif", pictures()).stat().st_size > 100
