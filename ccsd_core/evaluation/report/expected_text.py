"""The expected score as text and as JSON."""

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.word_list import first_few
from ccsd_core.evaluation.derived.expected_score import MissingRates, expected_score
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import Estimate
from ccsd_core.evaluation.statistics.result_rows import value_and_interval

_GIVEN = "given that at least one is present"


def expected_lines(evaluation: Evaluation, rates: MissingRates | None) -> list[str]:
    """Sentences for terminal and page; none if no rates are given."""
    if rates is None:
        return []
    found = expected_score(evaluation, rates)
    start = (
        f"Expected Dice if each sequence is missing independently ({rates.describe()}), {_GIVEN}: "
    )
    if found.unscored_subsets:
        names = ["+".join(m.label for m in subset) for subset in found.unscored_subsets]
        return [f"{start}n/a, as no case has scores for {first_few(names)}."]
    cells = [f"{k} {value_and_interval(cell.divided_by(0.01))}" for k, cell in found.row.items()]
    return [f"{start}{', '.join(cells)}."]


def expected_json(evaluation: Evaluation, rates: MissingRates | None) -> dict[str, object]:
    """`expected_score` in `summary.json`; empty if no rates are given."""
    if rates is None:
        return {}
    found = expected_score(evaluation, rates)
    return {
        "expected": {
            "missing_rates": {m.label: rates.of(m) for m in Modality},
            "given": "at least one sequence is present",
            "probabilities": {str(s): p for s, p in rates.probabilities().items()},
            "mean": {name: _value(cell) for name, cell in found.row.items()},
            "ci95": {name: _ends(cell) for name, cell in found.row.items()},
            "subsets_without_scores": [str(s) for s in found.unscored_subsets],
        }
    }


def _value(cell: Estimate) -> float | None:
    # JSON has no nan.
    return cell.value if cell.value == cell.value else None


def _ends(cell: Estimate) -> list[float] | None:
    return None if cell.low is None or cell.high is None else [cell.low, cell.high]
