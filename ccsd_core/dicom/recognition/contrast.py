"""Whether a T1 series was acquired with contrast agent, and the evidence for it.

words of its description  ▶  time of injection  ▶  the agent's field  ▶  not stated: without

The description comes first: the field is often filled in for a whole study at registration, and
missing from the images after the injection. Source: DICOM PS3.3 C.7.6.4 (Contrast/Bolus).
"""

from dataclasses import dataclass

from ccsd_core.dicom.recognition.vocabulary import WITH, WITHOUT, plain
from ccsd_core.dicom.series import Series


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for contrast agent.

    Args:
        given: Whether the series was acquired with it.
        reason: The evidence, as a clause.
        contradicted: Whether another header states the opposite.
    """

    given: bool
    reason: str
    contradicted: bool = False


def contrast_of(series: Series) -> Evidence:
    """Whether a series was acquired with contrast agent."""
    agent = series.acquisition.agent
    description = plain(f"{series.first.description} ; {series.first.protocol}")
    own = plain(series.first.description)
    for text in (own, description):
        if found := WITHOUT.search(text):
            reason = f"{found[0]!r} means without contrast agent"
            return Evidence(given=False, reason=reason, contradicted=bool(agent))
        if found := WITH.search(text):
            return Evidence(given=True, reason=f"{found[0]!r} means with contrast agent")
    if not agent:
        return Evidence(given=False, reason="no sign of a contrast agent")
    started, injected = series.started_s, series.first.injected_s
    if started is not None and injected is not None and started < injected:
        return Evidence(given=False, reason="it started before the contrast agent was injected")
    return Evidence(given=True, reason="the header names a contrast agent")
