"""The speed budgets, in the order of the table: what is measured, and its limit.

They are for two cores with the bundled model and a BraTS case. Absolute times depend on the
machine; ratios are measured in one process and say more about the software.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """The limit of one measured number.

    Args:
        key: Its name in the JSON.
        what: What is measured, as text for the table.
        limit: The largest value allowed, or the smallest with `at_least`; None if there is none.
        unit: `s`, `ms`, `MB`, `×`, `/s`.
        at_least: Whether more is better.
        goal: A stricter limit to work towards.
        in_json: Whether it is written to the JSON.
    """

    key: str
    what: str
    limit: float | None
    unit: str
    at_least: bool = False
    goal: float | None = None
    in_json: bool = True

    def met(self, value: float) -> bool | None:
        """Whether a value keeps within the budget; None if there is no limit."""
        if self.limit is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit


BUDGETS = (
    Budget("help_s", "ccsd-app --help", 0.5, "s"),
    Budget("window_s", "command → window visible", 2, "s"),
    Budget("first_slice_s", "case opened → first slices", 0.5, "s", in_json=False),
    Budget("scroll_fps", "scrolling three linked views", 60, "/s", at_least=True),
    Budget("open_to_first_result_s", "case opened → first result on screen", 10, "s", goal=2),
    Budget("toggle_cached_ms", "key → screen, subset already computed", 100, "ms", goal=33),
    Budget("toggle_uncached_ms", "key → screen, subset not computed yet", 1000, "ms", goal=100),
    Budget(
        "tour_median_ms",
        "key → screen, all subsets in turn",
        1000,
        "ms",
        in_json=False,
    ),
    Budget("tour_worst_ms", "key → screen, slowest subset", 1000, "ms", in_json=False),
    Budget("longest_gap_ms", "longest pause of the window meanwhile", None, "ms", in_json=False),
    Budget("degrade_s", "one sequence degraded → result on screen", 1.5, "s", in_json=False),
    Budget("cancel_s", "cancel → acknowledged", 0.3, "s", in_json=False),
    Budget("peak_rss_mb", "peak memory, window and inference process", 4000, "MB"),
    Budget("all15_s", "encoding and all subsets, on the grid of the case", None, "s"),
    Budget(
        "ratio_all15_vs_naive",
        "15 full forward passes : encoding and 15 decodings",
        3.5,
        "×",
        at_least=True,
    ),
    Budget("ratio_toggle_vs_forward", "full forward pass : one decoding", 5, "×", at_least=True),
    Budget(
        "ratio_toggle_vs_shaspec",
        "shaspec, full forward pass : one decoding",
        20,
        "×",
        at_least=True,
        goal=50,
    ),
    Budget("decode_vs_roof", "one decoding : its convolutions alone", 2, "×"),
    Budget(
        "train_step_ratio_vs_naive",
        "training step, one forward pass per subset : shared",
        2,
        "×",
        at_least=True,
    ),
)
