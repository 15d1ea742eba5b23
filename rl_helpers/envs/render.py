"""Pictures of environments, drawn with Pillow: no window, no display, no pygame."""

import math

import numpy as np

from rl_helpers import palette

WIDTH, HEIGHT = 480, 280
_SUPERSAMPLING = 3  # Pillow's shapes have hard edges: draw large, then shrink


def draw_cartpole(env, x: float, theta: float) -> np.ndarray:
    """The cart at `x` metres with its pole at `theta` radians, uint8 [HEIGHT, WIDTH, 3].

    The posts mark the ends of the track; the light fan marks the angles at which the pole has not yet fallen.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH * _SUPERSAMPLING, HEIGHT * _SUPERSAMPLING), palette.PAPER)
    draw = ImageDraw.Draw(image)
    scale = WIDTH * _SUPERSAMPLING / (2 * env.max_x + 0.9)  # pixels per metre

    def at(x_metres, y_metres):  # y counts upwards from the track
        return (WIDTH * _SUPERSAMPLING / 2 + x_metres * scale, HEIGHT * _SUPERSAMPLING * 0.82 - y_metres * scale)

    def box(left, bottom, right, top):
        return (*at(left, top), *at(right, bottom))

    axle, length = (x, 0.30), 2 * env.half_length
    fan = math.degrees(env.max_theta)
    draw.pieslice(box(x - length, axle[1] - length, x + length, axle[1] + length), -90 - fan, -90 + fan, palette.SHADE)
    draw.rectangle(box(-env.max_x, -0.015, env.max_x, 0.015), palette.GREY)
    for end in (-env.max_x, env.max_x):
        draw.rectangle(box(end - 0.025, -0.09, end + 0.025, 0.09), palette.GREY)
    for wheel in (x - 0.17, x + 0.17):
        draw.ellipse(box(wheel - 0.07, 0.0, wheel + 0.07, 0.14), palette.INK)
    draw.rounded_rectangle(box(x - 0.32, 0.08, x + 0.32, 0.34), 0.05 * scale, palette.INK)
    tip = (axle[0] + length * math.sin(theta), axle[1] + length * math.cos(theta))
    _thick_line(draw, at(*axle), at(*tip), 0.1 * scale, palette.ORANGE)
    draw.ellipse(box(x - 0.035, axle[1] - 0.035, x + 0.035, axle[1] + 0.035), palette.PAPER)
    return np.asarray(image.reduce(_SUPERSAMPLING))


def draw_mountain_car(env, position: float) -> np.ndarray:
    """The car at `position` on the track between its two hills, with the flag, uint8 [HEIGHT, WIDTH, 3]."""
    from PIL import Image, ImageDraw

    width, height = WIDTH * _SUPERSAMPLING, HEIGHT * _SUPERSAMPLING
    image = Image.new("RGB", (width, height), palette.PAPER)
    draw = ImageDraw.Draw(image)
    margin = 0.12
    scale = width / (env.max_position - env.min_position + 2 * margin)  # pixels per unit of position

    def ground(x):  # the track's height, in units of position; 0.45 is gymnasium's choice and keeps the slopes drawable
        return 0.45 * math.sin(3 * x)

    def at(x, y):
        return ((x - env.min_position + margin) * scale, 0.58 * height - y * scale)

    def beside(distance_along, distance_above):  # a point seen from the car, which stands on the slope
        along, up = distance_along, distance_above
        return at(position + along * cos - up * sin, ground(position) + along * sin + up * cos)

    ends = (env.min_position - margin, env.max_position + margin)
    track = [at(x, ground(x)) for x in np.linspace(*ends, 200)]
    draw.polygon([*track, (width, height), (0, height)], palette.SHADE)
    draw.line(track, palette.GREY, round(0.012 * scale), joint="curve")
    wall = at(env.min_position - 0.08, ground(env.min_position - 0.09))
    draw.rectangle((wall[0] - 0.02 * scale, wall[1] - 0.12 * scale, wall[0], wall[1]), palette.GREY)

    flag_x, flag_y = env.goal_position, ground(env.goal_position)
    draw.line([at(flag_x, flag_y), at(flag_x, flag_y + 0.24)], palette.INK, round(0.012 * scale))
    flag = [at(flag_x, flag_y + 0.24), at(flag_x, flag_y + 0.14), at(flag_x + 0.11, flag_y + 0.19)]
    draw.polygon(flag, palette.VERMILION)

    slope = math.atan(1.35 * math.cos(3 * position))
    cos, sin = math.cos(slope), math.sin(slope)
    draw.polygon(
        [beside(x, y) for x, y in ((-0.07, 0.025), (0.07, 0.025), (0.07, 0.075), (-0.07, 0.075))], palette.BLUE
    )
    draw.polygon([beside(x, y) for x, y in ((-0.04, 0.07), (0.035, 0.07), (0.02, 0.115), (-0.03, 0.115))], palette.BLUE)
    for wheel in (-0.042, 0.042):
        (cx, cy), radius = beside(wheel, 0.025), 0.025 * scale
        draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), palette.INK)
    return np.asarray(image.reduce(_SUPERSAMPLING))


def draw_pendulum(env, cos: float, sin: float) -> np.ndarray:
    """The rod at the angle of the vector (`cos`, `sin`), upright at (1, 0), uint8 [HEIGHT, HEIGHT, 3].

    The ring is the way of its tip; the mark on it is where the tip should be.
    """
    from PIL import Image, ImageDraw

    size = HEIGHT * _SUPERSAMPLING
    image = Image.new("RGB", (size, size), palette.PAPER)
    draw = ImageDraw.Draw(image)
    centre, scale = size / 2, 0.4 * size  # pixels per rod length

    def disc(x, y, radius, **colours):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), **colours)

    disc(centre, centre, scale, outline=palette.SHADE, width=round(0.03 * scale))
    disc(centre, centre - scale, 0.08 * scale, fill=palette.SKY)
    length = math.hypot(cos, sin)
    tip = (centre - 0.92 * scale * sin / length, centre - 0.92 * scale * cos / length)
    _thick_line(draw, (centre, centre), tip, 0.16 * scale, palette.ORANGE)
    disc(centre, centre, 0.05 * scale, fill=palette.INK)
    return np.asarray(image.reduce(_SUPERSAMPLING))


def _thick_line(draw, start, end, width: float, colour: str):
    """A line with round ends."""
    draw.line([start, end], colour, round(width))
    for cx, cy in (start, end):
        draw.ellipse((cx - width / 2, cy - width / 2, cx + width / 2, cy + width / 2), colour)
