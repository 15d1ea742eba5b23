"""What an environment is: pure functions, their spaces, and, as values, its picture and how a person plays it.

A picture is a `Scene`: shapes in the environment's own units, some still, some that move as bodies. `poses` says where
the bodies are in a given state; painters (`rl_helpers.show.picture` and the page's canvas) know nothing else.
"""

import abc
from typing import Any, ClassVar, NamedTuple, cast

import gymnasium as gym
import jax
import numpy as np

from rl_helpers.types import TimeStep

HIDDEN = (np.nan, np.nan, np.nan)  # the pose of a body that is not drawn now
ASPECT = 280 / 480  # height of a page's picture over its width


class Polygon(NamedTuple):
    """A filled area. `colour` is a name in the course's palette, like "ink"; `points` are its corners, (x, y) each."""

    colour: str
    points: tuple[tuple[float, float], ...]


class Line(NamedTuple):
    """A line of a given width through `points`, with round ends."""

    colour: str
    points: tuple[tuple[float, float], ...]
    width: float


class Circle(NamedTuple):
    """A filled circle around `centre`."""

    colour: str
    centre: tuple[float, float]
    radius: float


Shape = Polygon | Line | Circle


class Scene(NamedTuple):
    """What a picture is made of; y counts upwards, angles are in radians, counter-clockwise.

    Attributes:
      window: what the picture shows: (left, bottom, right, top).
      still: the shapes that stay, drawn first.
      bodies: the shapes of each body, around a point of its own, which `poses` puts at (x, y) and turns by an angle.
    """

    window: tuple[float, float, float, float]
    still: tuple[Shape, ...]
    bodies: tuple[tuple[Shape, ...], ...]


class Ending(NamedTuple):
    """How an episode ended: for those who watch ("the pole fell"), and for whoever played ("You fell.")."""

    seen: str
    played: str


class Button(NamedTuple):
    """One thing that a player can do.

    Attributes:
      label: what the button in the page says.
      keys: the keys that mean the same, as JavaScript names them: "a", "ArrowLeft".
      action: the action of the environment.
    """

    label: str
    keys: tuple[str, ...]
    action: Any


class Controls(NamedTuple):
    """What a player can do, and the action while no key is held; `idle=None`: the last action goes on."""

    buttons: tuple[Button, ...]
    idle: Any = None


REGISTERED: dict[str, type["Environment"]] = {}  # by gymnasium's id: `gymnasium.make("rl_helpers/CartPole-v1")`


class Environment(abc.ABC):
    """An environment in pure JAX, as a frozen dataclass of its constants.

    `reset` and `step` work under `jit`, `vmap` and `scan`. `step` never resets by itself: what it reports after the end
    of an episode has no meaning, and the loops reset. A subclass with a `gym_id` is registered with gymnasium.

    Attributes:
      max_steps: the clock truncates an episode here.
    """

    max_steps: int
    gym_id: ClassVar[str]  # "CartPole-v1": also gymnasium's own id where it has the same environment

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        if "gym_id" in vars(cls):
            REGISTERED[cls.gym_id] = cls
            if (name := f"rl_helpers/{cls.gym_id}") not in gym.registry:
                gym.register(name, "rl_helpers.envs.gymnasium_bridge:make", kwargs={"gym_id": cls.gym_id})

    @property
    @abc.abstractmethod
    def observation_space(self) -> gym.Space:
        """Every observation, the episode's last included, lies in it."""

    @property
    @abc.abstractmethod
    def action_space(self) -> gym.Space: ...

    @abc.abstractmethod
    def reset(self, key: jax.Array) -> tuple[Any, jax.Array]:
        """Starts an episode: `(state, obs)`."""

    @abc.abstractmethod
    def step(self, key: jax.Array, state: Any, action: jax.Array) -> tuple[Any, TimeStep]:
        """One step: `(state, TimeStep)`. Termination and truncation are reported apart, and both may be true."""

    @property
    def num_actions(self) -> int:
        """How many actions there are, where they are numbered."""
        return int(cast(gym.spaces.Discrete, self.action_space).n)

    @property
    def obs_low(self) -> np.ndarray:
        """Lower bounds of the observation, float32 [obs_dim]."""
        return cast(gym.spaces.Box, self.observation_space).low

    @property
    def obs_high(self) -> np.ndarray:
        """Upper bounds of the observation, float32 [obs_dim]."""
        return cast(gym.spaces.Box, self.observation_space).high

    # What follows is for people. An environment without a scene cannot be drawn, and works all the same.

    @property
    def scene(self) -> Scene | None:
        """What its picture is made of."""
        return None

    def poses(self, obs, action=None) -> Any:
        """Where the scene's bodies are, (x, y, angle) each, [num_bodies, 3]; a body at `HIDDEN` is not drawn.

        Args:
          obs: an observation.
          action: the action taken in it; None: there is none to show.
        """
        raise NotImplementedError(f"{type(self).__name__} has a scene, so it must say where its bodies are: poses")

    def ending(self, obs, terminated: bool) -> Ending:
        """How an episode ended whose last observation is `obs`, in words."""
        return ending(terminated)

    @property
    def controls(self) -> Controls | None:
        """How a person plays it; None: a digit for each action."""
        return None

    @property
    def fps(self) -> int:
        """How many steps make a second for a person who watches or plays."""
        return 30

    def render(self, obs, action=None) -> np.ndarray:
        """Draws an observation, and the action taken in it, as an image: uint8 [height, width, 3]."""
        from rl_helpers.show.picture import paint  # Pillow is loaded when something is drawn

        if (scene := self.scene) is None:
            raise ValueError(f"{type(self).__name__} has no scene, so nobody can draw it")
        return paint(scene, self.poses(obs, action))


def ending(terminated: bool) -> Ending:
    """How an episode of an environment that we know nothing about ended."""
    return Ending("over", "Game over.") if terminated else Ending("stopped by the clock", "Time is up.")


def left_right(left: Any, right: Any, idle: Any = None) -> Controls:
    """Controls with two directions: a and d, or the arrows."""
    buttons = Button("◀ left", ("a", "ArrowLeft"), left), Button("right ▶", ("d", "ArrowRight"), right)
    return Controls(buttons, idle)


def rectangle(colour: str, left: float, bottom: float, right: float, top: float, rounded: float = 0.0) -> Shape:
    """An upright rectangle, its corners rounded with a radius."""
    corners = ((right, top), (left, top), (left, bottom), (right, bottom))
    if not rounded:
        return Polygon(colour, corners)
    x, y = (left + right) / 2, (bottom + top) / 2
    points: list[tuple[float, float]] = []
    for quarter, (corner_x, corner_y) in enumerate(corners):
        centre = (corner_x - np.sign(corner_x - x) * rounded, corner_y - np.sign(corner_y - y) * rounded)
        points += sector(colour, centre, rounded, quarter * np.pi / 2, (quarter + 1) * np.pi / 2, 4).points[1:]
    return Polygon(colour, tuple(points))


def sector(colour: str, centre, radius: float, start: float, stop: float, num: int = 12) -> Polygon:
    """A slice of a circle, from one angle to another."""
    rim = [(centre[0] + radius * np.cos(a), centre[1] + radius * np.sin(a)) for a in np.linspace(start, stop, num)]
    return Polygon(colour, (tuple(centre), *rim))


def arrow(colour: str, length: float) -> tuple[Shape, ...]:
    """An arrow from (0, 0) to the right."""
    neck, half = 0.67 * length, 0.2 * length
    shaft = Line(colour, ((0.0, 0.0), (neck, 0.0)), 0.1 * length)
    return shaft, Polygon(colour, ((length, 0.0), (neck, half), (neck, -half)))
