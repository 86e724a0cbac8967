"""The steps of the guided tour: target, text, action, and the text once it is done.

sequences ▸ preparation of raw cases ▸ regions ▸ withhold T1c ▸ drops ▸ curve ▸ removal ▸ grid ▸
compare ▸ difference ▸ what next ▸ degrade ▸ export
"""

from collections.abc import Callable
from dataclasses import dataclass

from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.preparation import Stage
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.teaching.tour_actions import (
    Action,
    difference,
    most_helpful_added,
    no_contrast_agent,
    on_original_slices,
    side_by_side,
    single_sequence,
    two_sequences,
    withhold,
)
from ccsd_app.viewmodel.teaching.tour_text import (
    about_gains,
    about_preparation,
    about_regions,
    drops_text,
    why_withhold,
)
from ccsd_core.domain.modality import Modality

Done = Callable[[State, State], bool]
"""Whether the action is done, given the state at the start of the step and the current one."""


def _never(before: State, now: State) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour.

    Args:
        target: Object name of the widget it points at.
        title: Its title.
        text: Two sentences.
        keep_visible: Other widgets that the text mentions, which the popup should not cover.
        instruction: What the user may do; "" if there is no action.
        action: Performs the action on request; None if the path player does.
        done: Tells whether the action is done.
        stays: Whether it stays done even if the state returns to that at the start.
        done_text: Text that says what was done.
        outcome: What is then on screen and what it means; replaces the text.
    """

    target: str
    title: str
    text: str
    keep_visible: tuple[str, ...] = ()
    instruction: str = ""
    action: Action | None = None
    done: Done = _never
    stays: bool = False
    done_text: str = ""
    outcome: str = ""


def steps(state: State) -> tuple[Step, ...]:
    """The steps for the open case, with its own numbers in their texts."""
    state = without_hidden(state)
    withheld = sequence_to_withhold(state)
    several = withheld is not None
    shown = "" if state.shown is None else state.shown.label
    return (
        Step(
            "modality_toggles",
            "One patient, up to four sequences",
            "The model gets the sequences ticked here. Keys 1 to 4 withhold a sequence, as if it "
            "had not been acquired. The tour starts with all sequences and restores your settings "
            "at the end.",
            keep_visible=("region_table", "views"),
        ),
        *_preparing(state),
        Step(
            "region_table",
            "What the model predicts",
            about_regions(state),
            keep_visible=("views", "legend"),
        ),
        _withholding(withheld, state),
        Step("region_table", "What has changed", drops_text(state), keep_visible=("views",)),
        Step(
            "curve_panel",
            "The robustness curve",
            f"Each point is one subset of the sequences: {score_name(state)} against the number of "
            "sequences. The line is the mean; the band spans the worst to the best subset.",
            keep_visible=("views", "region_table"),
            instruction="Click a point to show its subset." if several else "",
            action=single_sequence,
            done=_another_subset,
            done_text=f"{shown} is shown.",
            outcome="The current subset is outlined in white. Where the line stays high on the "
            "left, few sequences do almost as well as all; where the band is wide, results depend "
            "on which sequences.",
        ),
        Step(
            "path_player",
            "Stepwise removal",
            "Removes one sequence after the other, from all to a single one. Choose the removal "
            "order on the left; the arrows go step by step; the curve shows the steps as a dotted "
            "line.",
            keep_visible=("curve_panel", "views", "qt_tabwidget_tabbar"),
            instruction="Press P." if several else "",
            done=_another_subset,
            stays=True,
            done_text=f"The current step is {shown}.",
            outcome="Slices, 3-D view and region table follow; the line below the steps states the "
            "score of each; P pauses. After a large drop, the remaining sequences cannot replace "
            "the one removed.",
        ),
        Step(
            "subset_grid",
            "All subsets at a glance",
            "Each cell shows the current slice with the prediction from one subset. Filled dots "
            "are sequences used, empty dots are not. The tab Table lists the numbers.",
            keep_visible=("views", "region_table"),
            instruction="Click a cell to show its subset." if several else "",
            action=two_sequences,
            done=_another_subset,
            done_text=f"{shown} is shown.",
            outcome="The cell with all dots filled stands for all sequences. If another cell "
            "looks like it and has nearly the same score, its withheld sequences added little in "
            "this patient.",
        ),
        Step(
            "compare",
            "Two subsets side by side",
            "A is the current subset; B is the one to compare with, at first all sequences. Their "
            "slices are linked.",
            keep_visible=("compare_bar", "views"),
            instruction="Press C.",
            action=side_by_side,
            done=lambda before, now: now.side_by_side,
            done_text="A is on the left, B on the right.",
            outcome=_compared(state),
        ),
        Step(
            "views",
            "Where they differ",
            "The difference is shown for one region at a time; T changes the region. The reference "
            "can also be the expert labels, if the case has them.",
            keep_visible=("legend", "compare_bar"),
            instruction="Press D.",
            action=difference,
            done=lambda before, now: now.show_overlay and now.layer is Layer.DIFFERENCE,
            done_text="The overlay shows the difference.",
            outcome=f"Plain colour: {state.region.name} in both. Stripes: only in A. Dots: only in "
            "B (see the legend below the slices). Few stripes and dots: the sequences withheld "
            "from A added little.",
        ),
        Step(
            "what_next",
            "Which sequence would help most?",
            f"{about_gains(state)} The tab Criticality shows how hard each is to replace.",
            keep_visible=("region_table", "views"),
            instruction="Click Add next to a sequence." if _can_add(state) else "",
            action=most_helpful_added,
            done=lambda before, now: len(now.used) > len(before.used) and not now.waiting,
            done_text=f"{shown} is shown.",
            outcome="The region table has the new scores. The gain in one patient can differ from "
            "the average gain.",
        ),
        Step(
            "degrade",
            "Degrade a sequence",
            "A bad image can be worse than none. This simulates noise, motion, blur or less "
            "contrast agent; slices and exports are marked, and a curve shows from which "
            "severity on withholding the sequence is better.",
            keep_visible=("views", "region_table"),
            instruction="Click the button, then move a slider.",
            action=no_contrast_agent,
            done=lambda before, now: bool(now.applied) and not now.waiting,
            done_text=f"{state.applied.text} is simulated." if state.applied else "",
            outcome="The slices show what the model was given, and the numbers belong to these "
            "images. Reset brings the images and results back; so does the end of the tour.",
        ),
        Step(
            "export",
            "Export",
            "Saves label maps, surfaces, pictures, films and all numbers, each with its input and "
            "model. The tour, the keys, Guess first and the quiz are in the Help menu.",
            keep_visible=("help",),
        ),
    )


def _preparing(state: State) -> tuple[Step, ...]:
    """The step about the preparation; none for a case that needs none."""
    if state.stage is Stage.NONE:
        return ()
    return (
        Step(
            "preparation_banner",
            "From the scanner to the model",
            about_preparation(state),
            keep_visible=("views",),
            instruction="" if state.preparation is None else "Click Original.",
            action=on_original_slices,
            done=lambda before, now: now.on_scanned,
            done_text="The results are shown on the slices as scanned.",
            outcome="The label map was moved back onto the original slices, where exports are "
            "written, too. Details shows each step with its numbers and pictures, and adjusts it.",
        ),
    )


def sequence_to_withhold(state: State) -> Modality | None:
    """T1c, whose drop is largest; another if it is missing; None if there is only one sequence."""
    if len(state.available) < 2:
        return None
    return Modality.T1C if Modality.T1C in state.available else state.available[-1]


def _withholding(withheld: Modality | None, state: State) -> Step:
    name = "a sequence" if withheld is None else withheld.label
    return Step(
        "modality_toggles",
        f"Withhold {name}",
        why_withhold(withheld),
        keep_visible=("region_table", "views"),
        instruction="" if withheld is None else f"Press {withheld + 1}.",
        action=withhold(withheld),
        done=lambda before, now: withheld is not None and _shows_without(now, withheld),
        done_text=f"{name} is withheld.",
        outcome="Slices, 3-D view and region table show the prediction from the other sequences. "
        f"Nothing else has changed: the difference is what {name} adds for this model and patient.",
    )


def _compared(state: State) -> str:
    if state.shown is None or state.shown == state.compared_subset:
        return (
            "Both sides have the same sequences now: withhold one to change A. The table above the "
            "slices then lists volumes and scores of both."
        )
    return (
        f"A is {state.shown.label}, B is {state.compared_subset.label}. The table above the slices "
        "lists volumes and scores of both and the difference A − B."
    )


def _shows_without(state: State, modality: Modality) -> bool:
    return modality not in state.used and not state.waiting


def _another_subset(before: State, now: State) -> bool:
    return now.used != before.used and not now.waiting


def _can_add(state: State) -> bool:
    return state.case is not None and len(state.used) < len(state.case.available)
