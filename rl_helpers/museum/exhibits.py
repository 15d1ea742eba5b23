"""The exhibits: what each bug is, and a public report by somebody who met it."""

from typing import NamedTuple

_GITHUB = "https://github.com/"


class Exhibit(NamedTuple):
    """One bug.

    Attributes:
      bug: its switch in `Bugs`, or the name of a loss in `rl_helpers.museum.losses`.
      agent: "DQN" or "PPO", the agent that has it, or "language model".
      story: what is wrong, in a sentence.
      report: where somebody reported it.
    """

    bug: str
    agent: str
    story: str
    report: str


EXHIBITS = (
    Exhibit(
        "clock_is_death", "DQN", "An episode that the clock cut off counts as dead: no future value.",
        _GITHUB + "DLR-RM/stable-baselines3/issues/284",
    ),
    Exhibit(
        "death_is_ignored", "DQN", "The target has a future value after the end of the task too.",
        _GITHUB + "navneet-nmk/pytorch-rl/issues/2",
    ),
    Exhibit(
        "maximum_from_zero", "DQN", "The maximum over actions starts at 0, as if no value could be negative.",
        _GITHUB + "yandexdataschool/Practical_RL/issues/296",
    ),
    Exhibit(
        "loss_broadcasts", "DQN", "Values [B] minus targets [B, 1] are [B, B]: all against all.",
        _GITHUB + "google-deepmind/acme/issues/277",
    ),
    Exhibit(
        "one_key", "DQN", "One random key decides whether to explore and which action to take.",
        _GITHUB + "google-deepmind/mujoco_playground/pull/349",
    ),
    Exhibit(
        "target_never_updated", "DQN", "The target network is loaded from itself and stays as it began.",
        _GITHUB + "thesouther/MARL/issues/8",
    ),
    Exhibit(
        "rate_too_high", "DQN", "A learning rate 300 times too high; the units of the hidden layer die.",
        "https://arxiv.org/abs/2302.12902",
    ),
    Exhibit(
        "buffer_reused", "PPO", "The environment reuses its array, and the memory keeps references to it.",
        _GITHUB + "chainer/chainerrl/issues/157",
    ),
    Exhibit(
        "next_episode_seen", "PPO", "After the clock, the next observation is the first one of the next episode.",
        _GITHUB + "openai/gym/issues/3177",
    ),
    Exhibit(
        "advantages_vanish", "PPO", "Advantages are standardised over an axis of length 1: all of them become 0.",
        _GITHUB + "tensorflow/agents/issues/651",
    ),
    Exhibit(
        "advantages_leak", "PPO", "The sum of surprises is not cut where an episode ends.",
        _GITHUB + "vietnh1009/Super-mario-bros-PPO-pytorch/issues/21",
    ),
    Exhibit(
        "ratio_is_one", "PPO", "The old log probability is computed with the new policy: nothing is ever clipped.",
        _GITHUB + "tensorforce/tensorforce/issues/312",
    ),
    Exhibit(
        "mask_after_mean", "language model", "The loss is averaged over the padding first, and masked afterwards.",
        _GITHUB + "huggingface/trl/pull/6654",
    ),
    Exhibit(
        "tokens_after_end", "language model", "Tokens after the end of a completion still count.",
        _GITHUB + "bingreeky/MemGen/pull/33",
    ),
)  # fmt: skip
