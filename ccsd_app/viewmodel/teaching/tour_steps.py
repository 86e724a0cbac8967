"""The steps of the guided tour: what each points at, says and asks for, and what came of it.

sequences ▸ regions ▸ leave T1c out ▸ what it cost ▸ curve ▸ walk ▸ grid ▸ compare ▸ difference ▸
what next ▸ export
"""

from collections.abc import Callable
from dataclasses import dataclass

from ccsd_app.session.hidden import seen
from ccsd_app.session.look import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.teaching.tour_actions import (
    Show,
    a_pair,
    difference,
    leaving_out,
    most_helpful_added,
    one_alone,
    side_by_side,
)
from ccsd_app.viewmodel.teaching.tour_text import (
    about_gains,
    about_regions,
    what_it_cost,
    why_leave_out,
)
from ccsd_core.domain.modality import Modality

Done = Callable[[State, State], bool]
"""Whether what was asked for is done: the state at the step's beginning, and now."""


def _never(before: State, now: State) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Args:
        target: Object name of the widget it points at.
        title: What it is about.
        text: Two sentences.
        beside: Widgets that the words speak of, too: the card leaves them free if it can.
        ask: What the user may do; "" where there is only something to read.
        show: Does it for who would rather watch; None where the walk's player does.
        done: Whether that was done.
        stays: Whether it stays done, even where its end is its beginning again.
        did: What was done, in words.
        outcome: What is seen then, and what it means; in place of the text.
    """

    target: str
    title: str
    text: str
    beside: tuple[str, ...] = ()
    ask: str = ""
    show: Show | None = None
    done: Done = _never
    stays: bool = False
    did: str = ""
    outcome: str = ""


def steps(state: State) -> tuple[Step, ...]:
    """The steps for the open case, in its own numbers."""
    state = seen(state)
    left_out = sequence_to_leave_out(state)
    several = left_out is not None
    shown = "" if state.shown is None else state.shown.label
    return (
        Step(
            "modality_bar",
            "One patient, up to four sequences",
            "The network is given what is ticked here; keys 1 to 4 leave a sequence out, as if it "
            "had never been acquired. The tour begins with all of them, and puts back what you "
            "had when it ends.",
            beside=("region_table", "views"),
        ),
        Step(
            "region_table",
            "What the network found",
            about_regions(state),
            beside=("views", "legend"),
        ),
        _leave_out(left_out, state),
        Step("region_table", "What that changed", what_it_cost(state), beside=("views",)),
        Step(
            "curve_panel",
            "The robustness curve",
            f"Each point is one subset of the sequences: its {score_name(state)}, against how "
            "many there are. The line is the mean, the band reaches from the worst to the best.",
            beside=("views", "region_table"),
            ask="Click a point to go to its subset." if several else "",
            show=one_alone,
            done=_another_subset,
            did=f"{shown} is on screen.",
            outcome="Its points have a white rim. Where the line stays high towards the left, a "
            "few sequences do almost as well as all; where the band is wide, it matters which.",
        ),
        Step(
            "path_player",
            "A walk from all sequences down to one",
            "It leaves out one sequence after the other. The order can be chosen at its left, the "
            "arrows go step by step, and the curve shows the walk as a dotted line.",
            beside=("curve_panel", "views", "qt_tabwidget_tabbar"),
            ask="Press P." if several else "",
            done=_another_subset,
            stays=True,
            did=f"The walk is at {shown}.",
            outcome="Slices, 3-D view and REGIONS follow, the line below the steps says what each "
            "cost; P pauses. A long fall is a sequence that the remaining ones cannot replace.",
        ),
        Step(
            "subset_grid",
            "Every subset at a glance",
            "Each cell draws this very slice from one subset: a full dot is a sequence given, an "
            "empty one is left out. The tab Table has the numbers of all of them.",
            beside=("views", "region_table"),
            ask="Click a cell to go to its subset." if several else "",
            show=a_pair,
            done=_another_subset,
            did=f"{shown} is on screen.",
            outcome="The cell whose dots are all full has everything. One that looks like it, with "
            "nearly the same score, did not need what it lacks, in this patient.",
        ),
        Step(
            "compare",
            "Two subsets side by side",
            "A is what is on screen, B another subset, at first everything there is. Their slices "
            "move together.",
            beside=("compare_bar", "views"),
            ask="Press C.",
            show=side_by_side,
            done=lambda before, now: now.side_by_side,
            did="A is on the left, B on the right.",
            outcome=_compared(state),
        ),
        Step(
            "views",
            "Where they differ",
            "The difference is drawn of one region at a time; T takes another region. It can also "
            "be taken against the expert's labels, where there are any.",
            beside=("legend", "compare_bar"),
            ask="Press D.",
            show=difference,
            done=lambda before, now: now.show_overlay and now.layer is Layer.DIFFERENCE,
            did="The difference is drawn over the slices.",
            outcome=f"Plain colour is {state.region.name} that both find; stripes only A finds, "
            "dots only B, as the line below the slices says. Few stripes and dots: what A lacks "
            "was hardly needed.",
        ),
        Step(
            "what_next",
            "Which sequence would help most?",
            f"{about_gains(state)} The tab Criticality says how hard each is to replace.",
            beside=("region_table", "views"),
            ask="Click Add beside one." if _can_add(state) else "",
            show=most_helpful_added,
            done=lambda before, now: len(now.used) > len(before.used) and not now.waiting,
            did=f"{shown} is on screen.",
            outcome="REGIONS has the scores that came of it. What a sequence adds to one patient "
            "need not be what it adds on average.",
        ),
        Step(
            "export",
            "Take it with you",
            "Label maps, surfaces, pictures, moving pictures and all numbers; each says which "
            "input and which model it is from. The tour, the keys and Guess first stay under Help.",
            beside=("help",),
        ),
    )


def sequence_to_leave_out(state: State) -> Modality | None:
    """T1c, which costs most; another where the case has none; None where only one is there."""
    if len(state.available) < 2:
        return None
    return Modality.T1C if Modality.T1C in state.available else state.available[-1]


def _leave_out(left_out: Modality | None, state: State) -> Step:
    name = "a sequence" if left_out is None else left_out.label
    return Step(
        "modality_bar",
        f"Leave {name} out",
        why_leave_out(left_out),
        beside=("region_table", "views"),
        ask="" if left_out is None else f"Press {left_out + 1}.",
        show=leaving_out(left_out),
        done=lambda before, now: left_out is not None and _shows_without(now, left_out),
        did=f"{name} is left out.",
        outcome="Slices, 3-D view and REGIONS show what the network makes of the others. Nothing "
        f"else was changed: what differs is the worth of {name} to this network, in this patient.",
    )


def _compared(state: State) -> str:
    if state.shown is None or state.shown == state.compared_subset:
        return (
            "Both are the same now: leave a sequence out, and A is without it. Then the table "
            "above the slices has the volumes and scores of both."
        )
    return (
        f"A is {state.shown.label}, B is {state.compared_subset.label}. The table above the slices "
        "has volumes and scores of both; Δ is how much more A has than B."
    )


def _shows_without(state: State, modality: Modality) -> bool:
    return modality not in state.used and not state.waiting


def _another_subset(before: State, now: State) -> bool:
    return now.used != before.used and not now.waiting


def _can_add(state: State) -> bool:
    return state.case is not None and len(state.used) < len(state.case.available)
