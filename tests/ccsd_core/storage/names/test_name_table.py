"""Each word and ending of the table of names, and the names of published sets, one by one."""

import re

import pytest

from ccsd_core.domain.modality import SYNONYMS, Modality
from ccsd_core.storage.cases.layout import PUBLISHED
from ccsd_core.storage.names.name_table import ENDINGS, WORDS
from ccsd_core.storage.names.naming import role_by_words, words_of

F, T1, T1C, T2 = Modality

WORDS_TRIED = {
    "labels": "seg segm segmentation segmentations dseg gtv gtv1 ctv glistrboost label labels "
    "lbl gt groundtruth truth annotation roi contour delineation",
    "tumour": "tumor tumour tumors glioma lesion lesions met mets meningioma tumormask "
    "tumorseg masktumor",
    "mask": "mask masks",
    "brain": "brain brainmask hdbet bet head tissue parenchyma skull skullstrip csf wm",
    "another scan": "adc dwi dti fa md rd asl cbf cbv dce dsc perfusion perf swi t2star t2s bold "
    "localizer",
    "derived": "bias",
    "target": "reg registered coreg to 2 onto aligned resampled in space",
    "sequence": "t2f fl",
}

PUBLISHED_NAMES = {
    "BraTS 2012 to 2015": (
        ("VSD.Brain.XX.O.MR_Flair.54512", F),
        ("VSD.Brain.XX.O.MR_T1.54513", T1),
        ("VSD.Brain.XX.O.MR_T1c.54515", T1C),
        ("VSD.Brain.XX.O.MR_T2.54514", T2),
        ("VSD.Brain_3more.XX.O.OT.54517", "labels"),
    ),
    "FeTS": (
        ("FeTS2022_00000_flair", F),
        ("FeTS2022_00000_t1", T1),
        ("FeTS2022_00000_t1ce", T1C),
        ("FeTS2022_00000_t2", T2),
        ("FeTS2022_00000_seg", "labels"),
        ("P1_brain_t1ce", T1C),
        ("P1_brain_flair", F),
        ("P1_T1_to_SRI", T1),
    ),
    "TCGA-GBM and TCGA-LGG": (
        ("TCGA-02-0006_1996.08.23_flair", F),
        ("TCGA-02-0006_1996.08.23_t1", T1),
        ("TCGA-02-0006_1996.08.23_t1Gd", T1C),
        ("TCGA-02-0006_1996.08.23_t2", T2),
        ("TCGA-02-0006_1996.08.23_GlistrBoost", "labels"),
        ("TCGA-02-0006_1996.08.23_GlistrBoost_ManuallyCorrected", "labels"),
    ),
    "LUMIERE": (
        ("CT1", T1C),
        ("T1", T1),
        ("T2", T2),
        ("FLAIR", F),
        ("ct1_skull_strip", T1C),
        ("CT1_r2s_bet_reg", T1C),
        ("FLAIR_r2s_bet_reg", F),
        ("seg_mask", "labels"),
        ("segmentation", "labels"),
    ),
    "Erasmus Glioma Database": (
        ("T1", T1),
        ("T1GD", T1C),
        ("T2", T2),
        ("FLAIR", F),
        ("MASK", "labels"),
    ),
    "UCSF-PDGM": (
        ("UCSF-PDGM-0004_FLAIR", F),
        ("UCSF-PDGM-0004_T1", T1),
        ("UCSF-PDGM-0004_T1c", T1C),
        ("UCSF-PDGM-0004_T1c_bias", T1C),
        ("UCSF-PDGM-0004_T2", T2),
        ("UCSF-PDGM-0004_tumor_segmentation", "labels"),
        ("UCSF-PDGM-0004_brain_segmentation", None),
        ("UCSF-PDGM-0004_brain_parenchyma_segmentation", None),
        ("UCSF-PDGM-0004_SWI", None),
        ("UCSF-PDGM-0004_ADC", None),
        ("UCSF-PDGM-0004_DTI_eddy_FA", None),
    ),
    "UPENN-GBM": (
        ("UPENN-GBM-00001_11_FLAIR", F),
        ("UPENN-GBM-00001_11_T1", T1),
        ("UPENN-GBM-00001_11_T1GD", T1C),
        ("UPENN-GBM-00001_11_T2", T2),
        ("UPENN-GBM-00001_11_segm", "labels"),
        ("UPENN-GBM-00001_11_automated_approx_segm", "labels"),
    ),
    "MU-Glioma-Post": (
        ("PatientID_0003_Timepoint_1_brain_t2f", F),
        ("PatientID_0003_Timepoint_1_brain_t1n", T1),
        ("PatientID_0003_Timepoint_1_brain_t1c", T1C),
        ("PatientID_0003_Timepoint_1_brain_t2w", T2),
        ("PatientID_0003_Timepoint_1_tumorMask", "labels"),
    ),
    "UCSD-PTGBM": (
        ("UCSD-PTGBM-0002_01_FLAIR", F),
        ("UCSD-PTGBM-0002_01_T1pre", T1),
        ("UCSD-PTGBM-0002_01_T1post", T1C),
        ("UCSD-PTGBM-0002_01_T2", T2),
        ("UCSD-PTGBM-0002_01_BraTS_tumor_seg", "labels"),
    ),
    "RHUH-GBM": (
        ("RHUH-0001_0_flair", F),
        ("RHUH-0001_0_t1", T1),
        ("RHUH-0001_0_t1ce", T1C),
        ("RHUH-0001_0_t2", T2),
        ("RHUH-0001_0_segmentations", "labels"),
        ("RHUH-0001_0_adc", None),
    ),
    "BraTS-MET, -PED, -MEN, -MEN-RT, -SSA": (
        ("BraTS-MET-00001-000-t2f", F),
        ("BraTS-PED-00001-000-t1n", T1),
        ("BraTS-MEN-00004-000-t1c", T1C),
        ("BraTS-SSA-00002-000-t2w", T2),
        ("BraTS-MET-00001-000-seg", "labels"),
        ("BraTS-MEN-RT-0000-1_t1c", T1C),
        ("BraTS-MEN-RT-0000-1_gtv", "labels"),
    ),
    "BIDS": (
        ("sub-01_FLAIR", F),
        ("sub-01_ses-preop_T1w", T1),
        ("sub-01_ce-gadolinium_T1w", T1C),
        ("sub-01_T2w", T2),
        ("sub-01_space-T1w_FLAIR", F),
        ("sub-01_dseg", "labels"),
        ("sub-01_desc-tumor_mask", "labels"),
        ("sub-01_desc-brain_mask", None),
        ("sub-PAT01_tumor", "labels"),
    ),
}

FREE_NAMES = {
    T1C: "T1_MPRAGE_contrast;T1_AX_POST;SAG_T1_MPR_C+;ax_3d_t1_bravo_post;t1_vibe_tra_KM;"
    "T1_SPACE_post_contrast;t1_mprage_sag_p2_iso_Gd;T1_FSPGR_+C;T1w_brain_CE;t1_se_cor_post_gd;"
    "T1_AXIAL_GADOLINIUM;T1 SE with contrast;T1_MPR_ENHANCED;T1_POSTGAD;T1-3D-post;"
    "Ax_T1_FSPGR_+C_9;Ax_T1_FLAIR_+C_9;T1_CE;T1+C;T1 C;T1_Kontrastmittel;T1 nach KM;"
    "T1 avec gado;T1 injecté;T1 con contraste;T1 con mdc;T1 com contraste;T1 met contrast;T1造影;"
    "T1增强;T1 с контрастом;T1 조영증강;T1 zouei;ceT1w;t1tsegd;post_op_T1_gd;T1_post_RT_gd;"
    "T1_magnevist;Gd-T1;mprage_post;T1_Gad_to_T2;t1_ce_reg_to_flair;3D_T1_Bravo_Gadovist",
    T1: "T1;T1_FLAIR;FLAIR_T1;t1_tirm_tra_dark-fluid_5;T1_pre_contrast;T1 ohne KM;T1 vor KM;"
    "T1 sans injection;T1 senza mdc;T1 sin contraste;T1_native;T1_UNENHANCED;T1_non_contrast;"
    "t1_post_op;T1 post surgery;t1_se_tra_3;MPRAGE;T1cor;T1_造影前;T1_平扫;T1_in_T2_space;C_T1",
    F: "t2_tirm_tra_dark-fluid_5;T2_SPACE_dark_fluid;TIRM;Ax_T2_FLAIR_6;flair_reg_to_T1;"
    "FLAIR_in_T1_space;FLAIR_to_T1;FLAIR_post_contrast;axflair;flair2d",
    T2: "Ax_T2_FRFSE_4;t2_tse_tra_4;Ax_T2_PROPELLER_4;T2_post_gd;p_star_t2",
    "labels": "p_t1_label;BRATS_brain_tumor_mask;ground_truth;tumor_roi;Tumour",
    None: "P1_t1_mask;brain_mask;T1_T2;T1_pre_post;T1_native_GD;T2*;p_t2_star;t2_stir;T1_map;"
    "dwi_b1000;localizer;t2_tse_spine;scan;t10;t1x;patient12",
}


def meanings(words: str) -> set[object]:
    return {row.means for row in WORDS if re.fullmatch(row.pattern, words)}


@pytest.mark.parametrize("meaning", WORDS_TRIED, ids=str)
def test_each_word_says_one_thing(meaning):
    for word in WORDS_TRIED[meaning].split():
        assert meanings(word) == {meaning}, word


def test_every_row_of_the_table_is_tried_and_says_where_it_is_from():
    names = [word for words in WORDS_TRIED.values() for word in words.split()]
    names += [" ".join(words_of(name)) for rows in PUBLISHED_NAMES.values() for name, _ in rows]
    for row in WORDS:
        assert any(re.search(rf"(?<!\S)(?:{row.pattern})(?!\S)", name) for name in names), row
        assert row.source


@pytest.mark.parametrize("data_set", PUBLISHED_NAMES)
def test_the_names_of_published_sets_are_understood(data_set):
    for name, role in PUBLISHED_NAMES[data_set]:
        assert role_by_words(words_of(name)) == role, name


@pytest.mark.parametrize("role", FREE_NAMES, ids=str)
def test_contrast_words_count_in_any_place_and_a_doubt_is_nothing(role):
    for name in FREE_NAMES[role].split(";"):
        assert role_by_words(words_of(name)) == role, name


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.name)
def test_what_the_command_line_calls_a_sequence_names_a_file_of_it(modality):
    for name in SYNONYMS[modality]:
        assert role_by_words(words_of(f"patient_{name}")) is modality


def test_every_published_set_ends_the_names_of_all_roles_differently():
    for endings in ENDINGS:
        assert set(endings.roles.values()) == {*Modality, "labels"}
        assert endings.source
    assert len({ending for one in ENDINGS for ending in one.roles}) == 5 * len(ENDINGS)
    assert tuple(PUBLISHED.values()) == ENDINGS
