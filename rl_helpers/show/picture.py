"""A `Scene` as a picture: painted here with Pillow (no window, no display), and described to the page, which paints it
on a canvas (page/scenes.js)."""

import base64
import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rl_helpers.envs.base import Circle, Line, Polygon, Scene
from rl_helpers.show import style

WIDTH, HEIGHT = 480, 280  # the most that a picture takes, in pixels
_SUPERSAMPLING = 3  # Pillow's shapes have hard edges: draw large, then shrink
_PAGE = Path(__file__).parent / "page"


def paint(scene: Scene, poses) -> np.ndarray:
    """The scene with its bodies at `poses` [num_bodies, 3], as an image that fits WIDTH and HEIGHT: uint8 [h, w, 3]."""
    from PIL import Image, ImageDraw

    left, bottom, right, top = scene.window
    scale = _SUPERSAMPLING * min(WIDTH / (right - left), HEIGHT / (top - bottom))  # pixels per unit
    width, height = (round(side * scale / _SUPERSAMPLING) for side in (right - left, top - bottom))
    image = Image.new("RGB", (width * _SUPERSAMPLING, height * _SUPERSAMPLING), style.COLOURS["paper"])
    draw = ImageDraw.Draw(image)
    for shapes, (x, y, angle) in [(scene.still, (0.0, 0.0, 0.0)), *zip(scene.bodies, poses, strict=True)]:
        if math.isnan(x):
            continue
        cos, sin = math.cos(angle), math.sin(angle)

        def at(point, x=x, y=y, cos=cos, sin=sin):  # in the body's own units -> in pixels
            along, up = point
            return (x + along * cos - up * sin - left) * scale, (top - y - along * sin - up * cos) * scale

        for shape in shapes:
            _PAINTERS[type(shape)](draw, shape, at, scale)
    return np.asarray(image.reduce(_SUPERSAMPLING))


def _polygon(draw, shape: Polygon, at, scale):
    draw.polygon([at(point) for point in shape.points], style.COLOURS[shape.colour])


def _line(draw, shape: Line, at, scale):
    points = [at(point) for point in shape.points]
    draw.line(points, style.COLOURS[shape.colour], round(shape.width * scale))
    for point in points:  # round ends and joints
        draw.circle(point, shape.width * scale / 2, style.COLOURS[shape.colour])


def _circle(draw, shape: Circle, at, scale):
    draw.circle(at(shape.centre), shape.radius * scale, style.COLOURS[shape.colour])


_PAINTERS: dict[type, Callable] = {Polygon: _polygon, Line: _line, Circle: _circle}


def small(frame: np.ndarray, size: int, kind: str, quality: int) -> bytes:
    """An image [h, w, 3] as a file, at most `size` pixels wide and high.

    Args:
      kind: the format as Pillow calls it, "JPEG" or "WEBP".
      quality: of the compression, up to 100.
    """
    from PIL import Image

    image, data = Image.fromarray(frame), io.BytesIO()
    image.thumbnail((size, size))
    image.save(data, kind, quality=quality)
    return data.getvalue()


# --- For the page -----------------------------------------------------------------------------------------------------


def describe(scene: Scene) -> dict:
    """The scene as JSON."""
    return {
        "window": scene.window,
        "still": [_describe(shape) for shape in scene.still],
        "bodies": [[_describe(shape) for shape in body] for body in scene.bodies],
    }


def _describe(shape) -> dict:
    rounded = {name: np.round(part, 4).tolist() for name, part in shape._asdict().items() if name != "colour"}
    return {"shape": type(shape).__name__.lower(), "colour": shape.colour, **rounded}


def numbers(values) -> str:
    """Numbers of any shape as the page reads them: float32, in base64."""
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


def script(name: str) -> str:
    """A script of `page/` with all it uses: the painter, keys, the colours, and its style as the string STYLE."""
    sheet = _read("style.css") + (_read(f"{name}.css") if (_PAGE / f"{name}.css").exists() else "")
    for colour, value in style.COLOURS.items():
        sheet = sheet.replace(colour.upper(), value)
    constants = f"const STYLE = {json.dumps(sheet)}, COLOURS = {json.dumps(style.COLOURS)};"
    return "\n".join([constants, *(_read(f"{part}.js") for part in ("scenes", "keys", name))])


def _read(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")
