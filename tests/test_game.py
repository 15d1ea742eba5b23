"""Human play without a page: controls, the rules of a game, the pace of its frames, and what a page is sent."""

import asyncio
import base64

import gymnasium as gym
import numpy as np
import pytest

from rl_helpers import records
from rl_helpers.show.game import Button, Controls, Game, Pacer, controls
from rl_helpers.show.play import Session, play

NO_OP = "rl_helpers/NoOpCartPole-v1"


class Counting(gym.Env):
    """Ends after `length` steps; remembers its actions. Its pictures are grey."""

    observation_space = gym.spaces.Box(0.0, 1.0, (1,))
    render_mode = "rgb_array"

    def __init__(self, num_actions=3, length=4):
        self.action_space, self.length = gym.spaces.Discrete(num_actions), length

    def reset(self, **options):
        self.actions = []
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.actions.append(action)
        return np.zeros(1, np.float32), 2.0, len(self.actions) == self.length, False, {}

    def render(self):
        return np.full((40, 60, 3), 128, np.uint8)


@pytest.fixture(autouse=True)
def no_records(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def by_key(env, key):
    return next(button.action for button in controls(env).buttons if key in button.keys)


def test_left_is_left_everywhere():
    for env_id in ("CartPole-v1", "rl_helpers/CartPole-v1", NO_OP):
        env = gym.make(env_id)
        assert by_key(env, "a") == by_key(env, "ArrowLeft") == 0
        assert by_key(env, "d") == by_key(env, "ArrowRight") == env.action_space.n - 1
        assert all(env.action_space.contains(button.action) for button in controls(env).buttons)


def test_only_an_environment_with_a_no_op_has_one():
    assert controls(gym.make("CartPole-v1")).idle is None
    assert controls(gym.make(NO_OP)).idle == 1


def test_keys_give_a_torque():
    unknown = Counting()
    unknown.action_space = gym.spaces.Box(-2.0, 2.0, (1,), np.float32)
    for env, left in ((unknown, -2.0), (gym.make("Pendulum-v1"), 2.0)):  # a positive torque turns to the left
        assert by_key(env, "a") == by_key(env, "ArrowLeft") == left == -by_key(env, "d")
        assert controls(env).idle == 0.0
        assert all(env.action_space.contains(button.action) for button in controls(env).buttons)


def test_other_environments_have_digits():
    assert [(b.keys, b.action) for b in controls(Counting(3)).buttons] == [(("1",), 0), (("2",), 1), (("3",), 2)]
    named = Counting(2)
    named.get_action_meanings = lambda: ["NOOP", "FIRE"]
    assert controls(named).idle == 0 and controls(named).buttons[1].label == "FIRE"


def test_keys_of_ones_own():
    assert controls(Counting(50), {"x": 7}, idle=3) == Controls((Button("7 (x)", ("x",), 7),), 3)
    with pytest.raises(ValueError, match="which key means which action"):
        controls(Counting(50))


def test_a_game_waits_is_played_and_ends():
    env = Counting(length=3)
    game = Game(env, controls(env))
    game.hold(None)
    game.step()
    assert game.status == "ready" and env.actions == []
    game.hold(2)
    assert game.status == "playing"
    for _ in range(3):
        game.step()
    assert (game.status, game.score, game.steps, game.terminated) == ("over", 6.0, 3, True)
    game.hold(1)
    game.step()
    assert game.steps == 3 and game.status == "over"
    game.restart()
    assert (game.status, game.score, game.steps, env.actions) == ("ready", 0.0, 0, [])


@pytest.mark.parametrize(("idle", "expected"), [(None, [2, 2, 0, 0]), (1, [2, 1, 0, 1])])
def test_without_a_key_nothing_is_done_or_the_last_action_goes_on(idle, expected):
    env = Counting()
    game = Game(env, Controls(controls(env).buttons, idle))
    for held in (2, None, 0, None):
        game.hold(held)
        game.step()
    assert env.actions == expected


def test_a_key_that_was_held_is_forgotten_at_the_end():
    env = Counting()
    game = Game(env, controls(env))
    game.hold(2)
    game.restart()
    game.hold(1)
    game.hold(None)
    game.step()
    assert env.actions == [1]  # let go before the first step: what goes on is of this game


def simulate(pacer, delay, steps, cost=0.0):
    """Sends `steps` frames; the page shows each `delay` seconds later. Returns when they were sent."""
    now, sent, shown = 0.0, [], []
    while len(sent) < steps:
        while shown and shown[0][0] <= now:
            pacer.shown(shown.pop(0)[1], now)
        wait = pacer.wait(now)
        if wait == 0.0:
            pacer.sent(len(sent), now)
            shown.append((now + delay, len(sent)))
            sent.append(now)
            now += cost
        else:
            now = shown[0][0] if wait is None else min([now + wait, *(time for time, _ in shown)])
    return np.diff(sent)


def test_the_pace_is_kept_while_the_page_keeps_up():
    for delay in (0.0, 0.05, 0.2):
        assert np.allclose(simulate(Pacer(0.02), delay, 100)[1:], 0.02)


def test_a_slow_page_slows_the_game_evenly():
    gaps = simulate(Pacer(0.02, patience=0.25), 2.0, 300)
    assert np.allclose(gaps[-200:], 0.16, rtol=0.2)  # 8 times the patience, an eighth of the speed
    assert np.allclose(simulate(Pacer(0.02), 0.0, 50, cost=0.07)[1:], 0.07)  # a slow environment


def test_nothing_is_sent_to_a_page_that_has_gone():
    pacer, sent = Pacer(0.02, patience=0.25), 0
    while pacer.wait(sent) is not None:
        pacer.sent(sent, sent)
        sent += 1
    assert 12 <= sent <= 14 and pacer.wait(1e6) is None
    pacer.shown(sent - 1, 1e6)
    assert pacer.wait(1e6) == 0.0


def run_session(env, held, fps=1000):
    """Plays one game to its end with one button held, with a page that shows everything at once."""
    frames, blobs = [], []

    async def main():
        session = Session(
            env, controls(env), fps, lambda content, buffers: (frames.append(content), blobs.append(buffers))
        )
        session.receive({"type": "hello"})
        session.receive({"type": "hold", "button": held})
        while session.game.status == "playing":
            session.receive({"type": "shown", "frame": frames[-1]["frame"]})
            await asyncio.sleep(0.001)
        return session

    return asyncio.run(main()), frames, blobs


def test_the_page_gets_every_step_and_the_score_is_kept():
    session, frames, blobs = run_session(gym.make(NO_OP), held=0)
    assert [frame["steps"] for frame in frames] == list(range(session.game.steps + 1))
    assert [frame["frame"] for frame in frames] == list(range(1, len(frames) + 1))
    assert frames[0]["status"] == "ready" and frames[-1]["status"] == "over"
    assert "You fell" in frames[-1]["message"]
    x, _, theta, _ = session.game.obs
    cart, pole, push = np.frombuffer(base64.b64decode(frames[-1]["poses"]), "<f4").reshape(3, 3)
    assert np.allclose(cart, [x, 0.0, 0.0]) and np.allclose(pole[[0, 2]], [x, -theta]) and push[0] < x
    assert not any(blobs)
    assert records.best_score(NO_OP) == records.best_score("NoOpCartPole-v1") == frames[-1]["best"] > 10


def test_what_the_page_cannot_draw_is_sent_as_a_picture():
    _, frames, blobs = run_session(Counting(), held=1)
    assert "poses" not in frames[0]
    assert all(len(sent) == 1 and sent[0].startswith(b"\xff\xd8") and len(sent[0]) < 2000 for sent in blobs)


def test_an_error_in_the_environment_reaches_the_player():
    class Broken(Counting):
        def step(self, action):
            if len(self.actions) == 2:
                raise RuntimeError("the cart is gone")
            return super().step(action)

    session, frames, _ = run_session(Broken(), held=1)
    assert frames[-1]["status"] == "over" and "the cart is gone" in frames[-1]["message"]
    assert records.best_score("Broken") is None
    session.receive({"type": "restart"})
    assert (frames[-1]["status"], frames[-1]["message"]) == ("ready", "")


def test_what_cannot_be_drawn_is_refused():
    env = Counting()
    env.render_mode = None
    with pytest.raises(ValueError, match="render_mode"):
        play(env)


def test_without_a_display_it_says_what_to_do(monkeypatch):
    pytest.importorskip("pygame")
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match="play in a notebook"):
        play(NO_OP)


def test_a_window_waits_for_the_first_key_and_keeps_the_score(monkeypatch, capsys):
    """Gymnasium's player, with keys from a script; pygame draws nowhere."""
    pygame = pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    presses = [[]] * 3 + [[pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT)]] + [[]] * 30
    presses.append([pygame.event.Event(pygame.QUIT)])
    monkeypatch.setattr(pygame.event, "get", lambda: presses.pop(0))
    play(NO_OP, fps=1000)
    assert "score" in capsys.readouterr().out
    assert 15 <= records.best_score(NO_OP) <= 20  # pushed to the left all the time
