"""The words of series descriptions, as they are written in eight languages."""

import pytest

from ccsd_core.dicom.recognition.guess import recognise

BY_LANGUAGE = {
    "English": {
        "AX T2 FLAIR": "FLAIR",
        "T1 AXIAL PRE": "T1",
        "Ax T1 without contrast": "T1",
        "SAG T1 SE W/O": "T1",
        "AX T1 POST GD": "T1c",
        "T1 MPRAGE post contrast": "T1c",
        "AXT1+C": "T1c",
        "Ax T1 post-op": "T1",
        "T2W_TSE": "T2",
        "3-Plane Loc": "localiser",
        "DWI b1000": "diffusion",
        "Ax T2* GRE": "susceptibility (SWI, T2*)",
        "3D TOF": "angiogram",
        "ADC (10^-6 mm2/s)": "diffusion",
        "Subtraction T1": "subtraction",
        "T1 MIP": "projection (MIP)",
        "rCBV": "perfusion",
        "Screen Save": "report or picture",
        "L-Spine T2": "another body part",
    },
    "German": {
        "t2_tirm_tra_dark-fluid": "FLAIR",
        "T1 nativ tra": "T1",
        "T1 ohne KM": "T1",
        "t1_se_tra vor KM": "T1",
        "T1 tra nach KM": "T1c",
        "t1_mprage_sag_KM": "T1c",
        "T1 mit Kontrastmittel": "T1c",
        "T2 tse tra": "T2",
        "Übersicht": "localiser",
        "Planung": "localiser",
        "T2 LWS sag": "another body part",
        "Diffusion tra": "diffusion",
    },
    "French": {
        "AX T2 FLAIR": "FLAIR",
        "T1 SANS INJECTION": "T1",
        "T1 avant gado": "T1",
        "T1 3D INJECTÉ": "T1c",
        "AX T1 après injection": "T1c",
        "T1 EG GADO": "T1c",
        "AX T2 FSE": "T2",
        "REPÉRAGE": "localiser",
        "RACHIS LOMBAIRE T2": "another body part",
        "DP FSE": "proton density",
    },
    "Spanish": {
        "FLAIR AXIAL": "FLAIR",
        "T1 SIN CONTRASTE": "T1",
        "T1 AXIAL S/C": "T1",
        "T1 CON CONTRASTE": "T1c",
        "AX T1 CIV": "T1c",
        "T1 AX C/C": "T1c",
        "T1 gadolinio": "T1c",
        "T2 AXIAL": "T2",
        "Localizador": "localiser",
        "DIFUSIÓN": "diffusion",
        "COLUMNA CERVICAL": "another body part",
    },
    "Italian": {
        "FLAIR ASSIALE": "FLAIR",
        "T1 basale": "T1",
        "T1 SENZA MDC": "T1",
        "T1 con mdc": "T1c",
        "SE T1 dopo mdc": "T1c",
        "T2 TSE assiale": "T2",
        "LOCALIZZATORE": "localiser",
        "diffusione": "diffusion",
        "Rachide cervicale": "another body part",
    },
    "Portuguese": {
        "FLAIR AXIAL": "FLAIR",
        "T1 SEM CONTRASTE": "T1",
        "T1 COM CONTRASTE": "T1c",
        "AX T1 pós gadolínio": "T1c",
        "T2 AXIAL": "T2",
        "DIFUSÃO": "diffusion",
        "perfusão": "perfusion",
        "COLUNA LOMBAR": "another body part",
    },
    "Dutch": {
        "FLAIR TRA": "FLAIR",
        "T1 blanco": "T1",
        "T1 zonder contrast": "T1",
        "T1 na contrast": "T1c",
        "T1 met gadolinium": "T1c",
        "T2 TSE TRA": "T2",
        "diffusie": "diffusion",
        "perfusie": "perfusion",
        "lokalisator": "localiser",
        "wervelkolom T2": "another body part",
    },
    "Japanese": {
        "FLAIR Ax": "FLAIR",
        "T1WI tanjun": "T1",
        "T1 zouei mae": "T1",
        "T1WI zouei": "T1c",
        "CE T1WI": "T1c",
        "T2WI": "T2",
        "ichigime": "localiser",
        "Keitsui T2": "another body part",
    },
}


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_a_sequence_is_recognised_from_its_description_in_every_language(series, language):
    wanted = BY_LANGUAGE[language]

    assert {text: recognise(series(text)).label for text in wanted} == wanted


def test_words_inside_other_words_tell_nothing(series):
    for text in ("localised T2 tumour", "T2 subject 3", "T2 calm", "T2 protocol A"):
        assert recognise(series(text)).label == "T2", text
    for text in ("TX1", "AT12", "BT20", "at2mos"):
        assert recognise(series(text)).label == "unknown", text
