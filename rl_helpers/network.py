"""A small network as plain numbers: a greedy agent that can be sent to the room's board, and what it scores.

    {"layers": [{"w": [[…], …], "b": […]}, …], "activation": "relu"}

`w` is [inputs, outputs], as in haiku; the activation stands between the layers. What comes out is one number for each
action, of which the largest is chosen; or one number for two actions, the second of which is chosen above zero; or a
continuous action, which is clipped to what the environment allows.

`python -m rl_helpers.network` scores such networks, a line of JSON each: the room's server asks it, so that a score on
the board is what the network does and not what somebody claims.
"""

import contextlib
import functools
import itertools
import json
import os
import re
import sys
from collections.abc import Mapping

import gymnasium as gym
import jax
import jax.numpy as jnp
import numpy as np

from rl_helpers.envs.base import REGISTERED, Environment
from rl_helpers.rollouts import episode_return
from rl_helpers.types import Agent

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh, "swish": jax.nn.swish}
MAX_NUMBERS = 20_000  # weights and biases together
EPISODES = 32
_KEY = 2027  # the same episodes for everybody


def as_data(params, activation: str = "relu") -> dict:
    """A network as plain numbers.

    Args:
      params: haiku's parameters of layers one after another, like those of `hk.nets.MLP`; or the weights `[obs_dim]` of
        a linear policy, which chooses action 1 where their dot product with the observation is positive.
      activation: "relu", "tanh" or "swish".
    Raises:
      ValueError: `params` is something else, too large, or not finite.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    layers = [{"w": _rounded(w), "b": _rounded(b)} for w, b in _layers(params)]
    data = {"layers": layers, "activation": activation}
    _arrays(data)
    return data


def evaluate(env_id: str, data: Mapping) -> float:
    """The mean return of the greedy agent over `EPISODES` episodes, the same ones for everybody, in one program.

    Raises:
      ValueError: there is no such environment, the network does not fit it, or what comes of it is not a number.
    """
    kind = REGISTERED.get(env_id.removeprefix("rl_helpers/"))
    env = kind() if kind is not None else None
    if env is None or not isinstance(env.observation_space, gym.spaces.Box):
        raise ValueError(f"no environment {env_id!r} with observations that a network could take")
    params = _arrays(data)
    inputs, outputs = params[0][0].shape[0], params[-1][1].shape[0]
    (obs_dim,), wanted = env.observation_space.shape, _num_outputs(env)
    if inputs != obs_dim or outputs not in wanted:
        sizes = " or ".join(map(str, sorted(wanted)))
        raise ValueError(f"{env_id} needs {obs_dim} inputs and {sizes} outputs; the network has {inputs} and {outputs}")
    score = float(_play(env, str(data["activation"]), params))
    if not np.isfinite(score):
        raise ValueError("its actions are not finite numbers")
    return score


def main():
    """Reads `{"env": …, "network": …}` line by line and answers each with `{"score": …}` or `{"error": …}`."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # the room itself comes first
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            answer = {"score": evaluate(asked["env"], asked["network"])}
        except Exception as error:  # whatever it is, the next network is somebody else's
            answer = {"error": str(error)[:200]}
        print(json.dumps(answer), flush=True)


# --- From parameters to numbers ---------------------------------------------------------------------------------------


def _layers(params) -> list[tuple[np.ndarray, np.ndarray]]:
    """The weights and biases in the order in which they follow each other."""
    if not isinstance(params, Mapping):
        try:
            weights = np.asarray(params, float)
        except (TypeError, ValueError):
            weights = np.zeros(())
        if weights.ndim != 1:
            raise ValueError("params must be haiku's parameters of one network, or a vector of weights")
        return [(weights[:, None], np.zeros(1))]
    if not all(isinstance(layer, Mapping) and set(layer) == {"w", "b"} for layer in params.values()):
        raise ValueError("params must be layers one after another, each with a w and a b, as of hk.nets.MLP")
    names = sorted(
        params, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
    )
    for order in (names, list(params)):  # JAX sorts names, where 10 comes before 2; haiku keeps the order of making
        found = [(np.asarray(params[name]["w"], float), np.asarray(params[name]["b"], float)) for name in order]
        if all(w.shape[-1] == after.shape[0] for (w, _), (after, _) in itertools.pairwise(found)):
            return found
    raise ValueError("the layers do not fit one behind the other")


def _rounded(values: np.ndarray) -> list:
    return np.vectorize(lambda value: float(f"{value:.6g}"), otypes=[float])(values).tolist() if values.size else []


def _arrays(data: Mapping) -> list[tuple[jax.Array, jax.Array]]:
    """The layers as arrays, once they are known to be what they should be."""
    if data.get("activation") not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}")
    try:
        pairs = [(np.asarray(layer["w"], np.float32), np.asarray(layer["b"], np.float32)) for layer in data["layers"]]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("layers must be a list of numbers w [inputs, outputs] and b [outputs]") from None
    if not pairs or any(w.ndim != 2 or b.shape != w.shape[1:] or not w.size for w, b in pairs):
        raise ValueError("layers must be a list of numbers w [inputs, outputs] and b [outputs]")
    if any(w.shape[1] != after.shape[0] for (w, _), (after, _) in itertools.pairwise(pairs)):
        raise ValueError("the layers do not fit one behind the other")
    if sum(w.size + b.size for w, b in pairs) > MAX_NUMBERS:
        raise ValueError(f"a network on the board has at most {MAX_NUMBERS:,} numbers")
    if not all(np.isfinite(w).all() and np.isfinite(b).all() for w, b in pairs):
        raise ValueError("the network holds nan or infinity")
    return [(jnp.asarray(w), jnp.asarray(b)) for w, b in pairs]


# --- From numbers to a score ------------------------------------------------------------------------------------------


def _num_outputs(env: Environment) -> set[int]:
    space = env.action_space
    if isinstance(space, gym.spaces.Discrete):
        return {int(space.n)} | ({1} if space.n == 2 else set())
    return {space.shape[0]} if space.shape else set()


def _agent(env: Environment, activation: str, params) -> Agent:
    def select_action(key, params, actor_state, obs, evaluation=False):
        *hidden, (w, b) = params
        for weights, bias in hidden:
            obs = ACTIVATIONS[activation](obs @ weights + bias)
        out, space = obs @ w + b, env.action_space
        if not isinstance(space, gym.spaces.Discrete):
            return jnp.clip(out, space.low, space.high), actor_state
        action = jnp.argmax(out) if out.shape[0] > 1 else jnp.int32(out[0] > 0)
        return space.start + action, actor_state

    return Agent(select_action, params)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _play(env: Environment, activation: str, params):
    keys = jax.random.split(jax.random.key(_KEY), EPISODES)
    return jax.vmap(lambda key: episode_return(key, env, _agent(env, activation, params)))(keys).mean()


if __name__ == "__main__":
    main()
