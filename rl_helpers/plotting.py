"""The course's pictures: `plot_x(data, *, ax=None) -> Axes`. They draw what they are given and never train or show.

Pictures that you draw yourself look like them after `plt.style.use("rl_helpers.show.course")`.
"""

from rl_helpers.show.advantages import (
    plot_bias_and_spread,
    plot_clipped_loss,
    plot_divergence,
    plot_minibatches,
    plot_value_spread,
    plot_variants,
)
from rl_helpers.show.language import plot_properties, plot_pulls, plot_token_probs, plot_updates
from rl_helpers.show.maps import (
    ACTION_NAMES,
    POLE_LABELS,
    STATE_LABELS,
    plot_model_error,
    plot_policy,
    plot_transitions,
    plot_values,
    state_grid,
)
from rl_helpers.show.museum import plot_passes
from rl_helpers.show.plotting import (
    OBS_NAMES,
    moving_average,
    plot_episode_frames,
    plot_learning_curve,
    plot_rollout_error,
    plot_search_progress,
    plot_weights,
)
from rl_helpers.show.seeds import plot_histograms, plot_intervals, plot_profiles, plot_seeds, plot_shares

__all__ = [
    "ACTION_NAMES",
    "OBS_NAMES",
    "POLE_LABELS",
    "STATE_LABELS",
    "moving_average",
    "plot_bias_and_spread",
    "plot_clipped_loss",
    "plot_divergence",
    "plot_episode_frames",
    "plot_histograms",
    "plot_intervals",
    "plot_learning_curve",
    "plot_minibatches",
    "plot_model_error",
    "plot_passes",
    "plot_policy",
    "plot_profiles",
    "plot_properties",
    "plot_pulls",
    "plot_rollout_error",
    "plot_search_progress",
    "plot_seeds",
    "plot_shares",
    "plot_token_probs",
    "plot_transitions",
    "plot_updates",
    "plot_value_spread",
    "plot_values",
    "plot_variants",
    "plot_weights",
    "state_grid",
]
