"""Recorded episodes as a small player in the page, and as a GIF to share. No ffmpeg, no display.

A page gets an episode's states and draws them itself (a few kilobytes), or small pictures of an environment that it
cannot draw. The saved notebook plays without a kernel; where scripts are not allowed (GitHub, a notebook that is not
trusted) a still picture takes the player's place.
"""

import base64
import hashlib
import html
import io
import itertools
import json
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rl_helpers.envs.base import ending
from rl_helpers.loop import Episode
from rl_helpers.show import picture, style

_MAX_PICTURES = 100  # of an episode that the page cannot draw
_STRIP = 5  # pictures of each episode in the still


class Animation:
    """What `animate` returns; a notebook shows it when it is the last value of a cell or passed to `display`.

    Attributes:
      html: the player, all of it: data, drawing and style.
      png: the still picture.
      alt: what happened, in words.
    """

    def __init__(self, html: str, png: bytes, alt: str):
        self.html, self.png, self.alt = html, png, alt

    def _ipython_display_(self):
        from IPython.display import display

        still = base64.b64encode(self.png).decode()
        # Two outputs: GitHub prefers HTML within one, and would show nothing of it.
        display({"image/png": still, "text/plain": self.alt}, raw=True, metadata={"image/png": {"alt": self.alt}})
        display({"text/html": self.html, "text/plain": ""}, raw=True)

    def __repr__(self) -> str:
        return self.alt


def animate(*episodes: Episode, labels: Sequence[str] = (), fps: float | None = None) -> Animation:
    """A player for recorded episodes, side by side: play, pause, scrub, speed.

    Record without pictures (`gymnasium.make("rl_helpers/CartPole-v1")`, no render_mode) where the page can draw the
    environment: all of ours that have a scene, and gymnasium's of the same id.

    Args:
      episodes: what `record_episode` returned, as `animate(before, after)`.
      labels: a name for each: `["before training", "after training"]`.
      fps: steps per second at speed 1; by default the environment's own pace.
    Raises:
      ValueError: no episode; more or fewer labels than episodes; an episode that nobody can draw.
    """
    labels = _checked(episodes, labels)
    fps = fps or episodes[0].fps
    outcomes = [outcome(episode) for episode in episodes]
    alt = "; ".join(f"{label}: {text}" if label else text for label, text in zip(labels, outcomes, strict=True))
    png = _still(episodes, labels)
    films = [_film(*parts) for parts in zip(episodes, labels, outcomes, strict=True)]
    film = {"episodes": films, "fps": fps, "still": base64.b64encode(png).decode()[-60:]}
    script = picture.script("animation")
    name = f"rl-animation-{hashlib.sha256(script.encode()).hexdigest()[:8]}"  # other versions have other names
    page = (
        f'<{name} data-film="{html.escape(json.dumps(film), quote=True)}"></{name}>\n'
        f"<script>(() => {{\nconst NAME = {json.dumps(name)};\n{script}}})();</script>"
    )
    return Animation(page, png, alt)


def save_gif(
    path, *episodes: Episode, labels: Sequence[str] = (), fps: float | None = None, max_frames: int = 150
) -> Path:
    """Writes the episodes, side by side, as an animated GIF that loops; returns its path.

    Args:
      path: where to write it, such as "balance.gif".
      episodes, labels, fps: as for `animate`.
      max_frames: a longer episode is shown in larger steps, at the same pace.
    """
    from PIL import Image

    labels = _checked(episodes, labels)
    fps = fps or episodes[0].fps
    last = max(len(episode.rewards) for episode in episodes)
    stride = max(1, math.ceil(last / max_frames), math.ceil(fps / 25))
    frames = []
    for step in [*range(0, last, stride), last]:
        tiles = [_tile(episode, min(step, len(episode.rewards)), 320) for episode in episodes]
        frames.append(_grid([tiles], labels=[labels] if any(labels) else None))
    colours = _few_colours() if all(episode.pure for episode in episodes) else frames[0].quantize(128)
    frames = [frame.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
    durations = [round(1000 * stride / fps / 10) * 10] * (len(frames) - 1) + [1500]  # GIF counts in 1/100 s
    path = Path(path)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
    return path


def outcome(episode: Episode) -> str:
    """How an episode ended, in words: "the pole fell after 43 steps, return 43"."""
    steps = len(episode.rewards)
    pure, over = episode.pure, episode.terminated
    how = ending(over) if pure is None else pure.ending(episode.obs[-1], over)
    return f"{how.seen} after {steps} step{'s' if steps != 1 else ''}, return {episode.rewards.sum():.4g}"


def _checked(episodes: Sequence[Episode], labels: Sequence[str]) -> list[str]:
    if not episodes:
        raise ValueError("animate needs an episode: record_episode(env, policy) makes one")
    if labels and len(labels) != len(episodes):
        raise ValueError(f"labels must name each of {len(episodes)} episodes, got {len(labels)}")
    for episode in episodes:
        if not isinstance(episode, Episode):
            raise ValueError(f"episodes come from record_episode, got {type(episode).__name__}")
        if episode.pure is None and not episode.frames:
            raise ValueError('this environment must draw itself: make it with render_mode="rgb_array", then record')
    return list(labels) or [""] * len(episodes)


def _film(episode: Episode, label: str, ended: str) -> dict:
    """An episode as JSON for animation.js."""
    rewards = episode.rewards
    film = {"label": label, "outcome": ended, "steps": len(rewards), "rewards": picture.numbers(rewards)}
    if (pure := episode.pure) is not None:
        actions = [*episode.actions, None]
        poses = [pure.poses(*pair) for pair in zip(np.asarray(episode.obs), actions, strict=True)]
        film |= {"scene": picture.describe(pure.scene), "poses": picture.numbers(poses)}
    else:
        chosen = np.linspace(0, len(episode.frames) - 1, min(_MAX_PICTURES, len(episode.frames))).round().astype(int)
        small = (picture.small(episode.frames[step], 320, "WEBP", 40) for step in chosen)
        film["pictures"] = [base64.b64encode(data).decode() for data in small]
    return film


def _few_colours():
    """An image whose palette holds the course's colours and the mixtures at their edges."""
    from PIL import Image

    plain = [tuple(bytes.fromhex(colour[1:])) for colour in style.COLOURS.values()]
    mixed = [
        tuple(round(x + (y - x) * share) for x, y in zip(one, other, strict=True))
        for one, other in itertools.combinations(plain, 2)
        for share in (0.2, 0.4, 0.6, 0.8)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette([number for colour in [*plain, *mixed][:256] for number in colour])
    return image


def _tile(episode: Episode, step: int, width: int):
    """One step of an episode as a Pillow image of `width` pixels, as wide for its height as the page draws it."""
    from PIL import Image, ImageOps

    action = episode.actions[step] if step < len(episode.actions) else None
    frame = episode.frames[step] if episode.pure is None else episode.pure.render(episode.obs[step], action)
    return ImageOps.pad(Image.fromarray(frame), (width, width * picture.HEIGHT // picture.WIDTH), color=style.PAPER)


def _still(episodes: Sequence[Episode], labels: Sequence[str]) -> bytes:
    """A film strip for each episode, with its label and outcome above it, as PNG."""
    rows, captions = [], []
    for episode, label in zip(episodes, labels, strict=True):
        steps = np.unique(np.linspace(0, len(episode.rewards), _STRIP).round().astype(int))
        rows.append([_tile(episode, step, 180) for step in steps])
        captions.append(f"{label}: {outcome(episode)}" if label else outcome(episode))
    still, data = _grid(rows, captions=captions), io.BytesIO()
    still.save(data, "PNG", optimize=True)
    return data.getvalue()


def _grid(rows, *, captions: Sequence[str] | None = None, labels=None):
    """Rows of Pillow images on paper: a caption above each row, or a label above each image."""
    from PIL import Image, ImageDraw, ImageFont

    gap, text = 6, 22 if captions or labels else 0
    width = max(sum(tile.width + gap for tile in row) for row in rows) + gap
    height = sum(max(tile.height for tile in row) + gap + text for row in rows) + gap
    image = Image.new("RGB", (width, height), style.PAPER)
    draw, font, top = ImageDraw.Draw(image), ImageFont.load_default(14), gap
    for number, row in enumerate(rows):
        if captions:
            draw.text((gap + 4, top), textwrap.shorten(captions[number], 110), style.INK, font)
        left = gap
        for column, tile in enumerate(row):
            if labels:
                draw.text((left + 4, top), labels[number][column], style.INK, font)
            image.paste(tile, (left, top + text))
            left += tile.width + gap
        top += text + max(tile.height for tile in row) + gap
    return image
