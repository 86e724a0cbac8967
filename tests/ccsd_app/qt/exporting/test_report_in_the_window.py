"""The report from the Export menu of the real window, read back by another library."""

import pytest
from pypdf import PdfReader

from ccsd_app.qt.exporting import exporter
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.segmentation import DISCLAIMER

PAIR = ModalitySubset.parse("FLAIR+T2")
HEIGHT_PT = {"a4": 842, "letter": 792}


@pytest.mark.parametrize("paper", HEIGHT_PT)
def test_the_report_holds_what_is_on_screen_and_the_models_card_in_short(desk, paper, monkeypatch):
    monkeypatch.setattr(exporter, "short_card", lambda model: f"In short: {model} is small.")
    at = desk()
    at.show(PAIR)

    at.choose(f"report_{paper}")

    (name,) = at.files()
    pages = PdfReader(at.folder / name).pages
    assert round(pages[0].mediabox.height) == pytest.approx(HEIGHT_PT[paper], abs=1)
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert all(text.count(DISCLAIMER) >= 2 for text in texts)
    card = f"In short: {at.window.engine.model} is small."
    for part in ("Input: FLAIR, T2 · T1, T1c withheld", "Number of sequences", "What next", card):
        assert part in " ".join(texts), part
