"""Words in series descriptions and file names, in several languages.

Converters (dcm2niix) name files after the description of the series, so the same words are used for
file names; what only files have (suffixes of published data sets, masks) is added in
`ccsd_core.storage.names.name_table`.

Descriptions are compared in lower case, without accents, and with punctuation replaced by spaces
(except + and *). The first row of `OTHER_SCANS` or `WEIGHTINGS` that matches counts. A row is a
regular expression of whole words: `ep2d` is found in `ep2d_diff`, but `mr` is not found in `mra`.

Sources. Names in the vendors' own protocols: Siemens MAGNETOM (tse, tir, spc, mprage,
tfl, ep2d, fl3d, aahead), GE Signa (fse, frfse, cube, bravo, fspgr, swan, fiesta, 3-plane, asset),
Philips Ingenia (tfe, ffe, vista, survey, ref scan, sense). Synonyms of vendors' sequences: Brix,
Kolem, Nitz et al., in Reiser, Semmler, Hricak, Magnetic Resonance Tomography, Springer 2008.
Classification of series by such words and TE, TR, TI: Gauriau et al., J Digit Imaging 33:747
(2020). Words of other languages are the usual ones in radiology: German, French, Spanish, Italian,
Portuguese, Dutch, Russian, Japanese (also in Latin letters), Chinese, Korean. Contrast agents: the
trade names of DICOM's Contrast/Bolus Agent field, PS3.3 C.7.6.4.
"""

import re
import unicodedata
from dataclasses import dataclass

from ccsd_core.dicom.recognition.kinds import Kind

_PLANE = r"(?:ax|axial|sag|cor|tra|trans|obl|3d|2d|s)?"
"""What may precede T1 without a space; Philips adds an s if SENSE was used."""
_T1_KIND = (
    r"(?:se|tse|fse|mprage|mpr|mp2rage|ffe|tfe|spgr|fspgr|gre|ir|space|spc|vibe|ax|tra|cor|sag)?"
)
"""What may follow T1 without a space."""
_OTHER_SCRIPT = re.compile(r"(?<=[a-z0-9])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[a-z0-9])")
"""The boundary between Latin letters and others, which are written without a space."""


@dataclass(frozen=True, slots=True)
class DescriptionWords:
    """Words of a series description that indicate the kind of series.

    Args:
        kind: The kind they indicate.
        pattern: The pattern that finds them.
    """

    kind: Kind
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, kind: Kind, *words: str) -> "DescriptionWords":
        """Any of the given words; each is a regular expression without groups."""
        return cls(kind, whole_words(*words))


def whole_words(*words: str) -> re.Pattern[str]:
    """A pattern for any of the given words, as a whole word."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z0-9*])")


def plain(text: str) -> str:
    """A description in the form in which it is compared.

    >>> plain("T1_SE tra nach KM"), plain("Ax T2* (GRE)"), plain("T1 +C injecté"), plain("T1造影")
    ('t1 se tra nach km', 'ax t2* gre', 't1 + c injecte', 't1 造影')
    """
    bare = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    spaced = _OTHER_SCRIPT.sub(" ", unicodedata.normalize("NFC", letters).replace("+", " + "))
    return " ".join(re.sub(r"[^\w+*]+|_", " ", spaced).split())


OTHER_SCANS: tuple[DescriptionWords, ...] = (
    DescriptionWords.of(
        Kind.LOCALISER,
        r"loc",
        r"locali[sz]er\w*",
        r"scout\w*",
        r"survey",
        r"aahead\w*",
        r"aascout\w*",
        r"3 ?(?:plane|pl|plan|planos|piani|planes)",
        r"pilot",
        r"scano(?:gram)?",
        r"topogram\w*",
        r"ubersicht\w*",
        r"uebersicht\w*",
        r"planung",
        r"localisateur",
        r"reperage",
        r"locali[zs]ador\w*",
        r"locali[zs]zatore",
        r"locali[sz]azione",
        r"lokali[sz](?:er|ator)\w*",
        r"ichigime",
        r"smartbrain\w*",
    ),
    DescriptionWords.of(
        Kind.CALIBRATION,
        r"cal",
        r"calibration",
        r"asset(?: cal)?",
        r"(?:sense|coil)? ?ref(?:erence)? ?scan",
        r"coil ?(?:survey|sens\w*)",
        r"field ?map\w*",
        r"b[01] ?map\w*",
        r"shim\w*",
        r"phoenix\w*",
        r"prescan",
    ),
    DescriptionWords.of(
        Kind.SUBTRACTION, r"sub", r"subs?tra[ck]?[ct]\w*", r"soustraction", r"sottrazione"
    ),
    DescriptionWords.of(
        Kind.PROJECTION, r"mip", r"minip", r"mnip", r"min ip", r"vrt?", r"volume rendering"
    ),
    DescriptionWords.of(
        Kind.PERFUSION,
        r"perf",
        r"perfusi?on\w*",
        r"perfusao",
        r"perfusie",
        r"kanryu",
        r"dsc",
        r"dce",
        r"dyn\w*",
        r"p?c?asl",
        r"r?cbf",
        r"r?cbv",
        r"mtt",
        r"ttp",
        r"tmax",
        r"pwi",
        r"k ?trans",
        r"pbp",
        r"gbp",
    ),
    DescriptionWords.of(
        Kind.DIFFUSION,
        r"diff",
        r"diffusi?on\w*",
        r"difusi?[oa]\w*",
        r"diffusie",
        r"kakusan",
        r"d[wt]i\w*",
        r"e?adc\w*",
        r"trace\w*",
        r"fa(?! ?[0-9])",
        r"colfa",
        r"tensor",
        r"b ?(?:0|500|800|1000|1500|2000|3000)s?",
        r"ivim",
        r"dki",
        r"noddi",
        r"tractograph\w*",
        r"resolve",
    ),
    DescriptionWords.of(
        Kind.SUSCEPTIBILITY,
        rf"{_PLANE}t2 ?\*\w*",
        rf"{_PLANE}t2 ?star\w*",
        r"swi\w*",
        r"swan",
        r"e?swip?",
        r"hemo\w*",
        r"haemo\w*",
        r"ven ?bold",
        r"qsm",
        r"suscept\w*",
    ),
    DescriptionWords.of(
        Kind.ANGIOGRAPHY,
        r"tof\w*",
        r"\w*mra",
        r"mrv",
        r"angio\w*",
        r"ven[oa]gra\w*",
        r"pca?(?: 3d| 2d)?",
        r"willis",
        r"carotid\w*",
        r"trance",
        r"kekkan",
    ),
    DescriptionWords.of(
        Kind.FUNCTIONAL, r"f ?mri", r"bold", r"rest(?:ing)?", r"rs ?fmri", r"task\w*", r"motor"
    ),
    DescriptionWords.of(
        Kind.SPECTROSCOPY, r"mrs", r"csi", r"svs", r"press", r"spectro\w*", r"spektro\w*"
    ),
    DescriptionWords.of(Kind.DOUBLE_INVERSION, r"dir", r"double inversion", r"doppel\w* inversion"),
    DescriptionWords.of(
        Kind.MAP,
        r"t[12] ?(?:map|mapping|karte)",
        r"mp2rage inv ?[12]",
        r"inv ?[12]",
        r"mt[cr]",
        r"magneti[sz]ation transfer",
        r"syn(?:thetic)? ?maps?",
    ),
    DescriptionWords.of(
        Kind.STEADY_STATE, r"ciss", r"fiesta\w*", r"b ?ffe", r"b ?tfe", r"true ?fisp"
    ),
    DescriptionWords.of(Kind.STIR, r"stir\w*"),
    DescriptionWords.of(
        Kind.DOCUMENT,
        r"report",
        r"befund",
        r"bericht",
        r"compte rendu",
        r"informe",
        r"referto",
        r"laudo",
        r"verslag",
        r"screen ?(?:shot|save|capture)s?",
        r"screensave\w*",
        r"evidence",
        r"presentation",
        r"key images?",
        r"dose\w*",
    ),
    DescriptionWords.of(
        Kind.OTHER_BODY_PART,
        r"(?:[chltbs]|total)? ?spine",
        r"[hbl]ws",
        r"wirbels\w*",
        r"cervical\w*",
        r"thoraci\w*",
        r"lumb\w*",
        r"lumbo\w*",
        r"rachis",
        r"column[an]\w*",
        r"colon+[ae] vert\w*",
        r"coluna",
        r"rachide",
        r"wervel\w*",
        r"keitsui",
        r"youtsui",
        r"yotsui",
        r"sekitsui",
        r"knee",
        r"knie",
        r"genou",
        r"abdom\w*",
        r"pelvi\w*",
        r"becken",
        r"prostat\w*",
        r"shoulder",
        r"schulter",
        r"thorax",
    ),
)
"""Kinds that are not used, checked before the weightings."""

_AGENT = (
    r"(?:km|kontr\w*|contr\w*|constr\w*|gado?\w*|gd\w*|mdc|civ|inj\w*|enh\w*|ce|zou?ei\w*|i ?v|"
    r"контраст\w*|造影|增强|增強|조영\w*|cc?|"
    r"dotarem|magnevist|prohance|multihance|omniscan|clariscan|vueway|elucirem)"
)
WITHOUT = whole_words(
    rf"(?:ohne|vor|sans|avant|sin|senza|prima|sem|antes|zonder|voor|no|non|not|without|w o|wo|pre|"
    rf"без|до|非|未)"
    rf"(?: ?(?:de|del|di|do|the|iv|mezzo di|liv|i v|d))* ?{_AGENT}",
    r"pre(?! ?(?:op|operative|surgery|treatment|rt))",
    r"precontrast\w*",
    r"pregad\w*",
    r"nativ\w*",
    r"unenh\w*",
    r"nonenh\w*",
    r"noncontr\w*",
    r"plain",
    r"blanco",
    r"basale",
    r"tanjun",
    r"zou?ei ?mae",
    r"\w*t1n",
    r"\w*t1pre",
    r"s c",
    r"(?:平扫|平掃|単純|造影前|增强前|增強前|без контраста|до контраста|조영전)",
)
WITH = whole_words(
    r"post(?! ?(?:op|operative|surgery|treatment|rt))",
    r"pos(?:t)?(?: ?(?:c|gd|contr\w*|gado?\w*|km|inj\w*))",
    r"postcontr\w*",
    r"postgad\w*",
    r"posgd",
    r"kontr\w*",
    r"cont?rast\w*",
    r"constr?ast\w*",
    r"contr",
    r"enh\w*",
    r"gado?[a-z]*",
    r"gd[a-z]*",
    r"km",
    r"mdc",
    r"civ",
    r"\+ ?(?:c|gd|gado?|km|k|mdc|iv|civ|ce|contrast\w*)",
    r"(?:c|iv|i v) ?\+",
    r"inj\w*",
    r"c ?e",
    r"c c",
    r"zou?ei\w*",
    rf"{_PLANE}t1w?{_T1_KIND}(?:cc?|ce|gd|gado?|km|post[a-z]*|kontrast|contrast|enh[a-z]*)",
    r"(?:ce|c|gd|gado?|km|post)t1\w*",
    r"контраст\w*|造影\w*|增强\w*|增強\w*|조영\w*",
    r"dotarem|magnevist|prohance|multihance|omniscan|clariscan|vueway|elucirem",
)

WEIGHTINGS: tuple[DescriptionWords, ...] = (
    # GE's "T1 FLAIR" is a T1 image by inversion recovery, not a FLAIR.
    DescriptionWords.of(Kind.T1, rf"{_PLANE}t1w? flair", rf"{_PLANE}t1flair", r"flair t1w?"),
    DescriptionWords.of(
        Kind.FLAIR,
        r"\w*flair\w*",
        r"dark ?fluid",
        r"da ?fl",
        # Siemens' turbo inversion recovery; TI distinguishes it from a STIR.
        r"tirm",
        r"t2 ?f",
        r"(?:space|spc|vista|cube) ?ir",
        r"spcir\w*",
        r"liquor ?supp\w*",
    ),
    DescriptionWords.of(
        Kind.PROTON_DENSITY,
        rf"{_PLANE}pd(?:w|wi|fs|fatsat|spair|tse|fse|t2\w*)?",
        r"dp",
        r"proton\w*",
        r"rho",
    ),
    DescriptionWords.of(
        Kind.T1,
        rf"{_PLANE}t ?1w?(?:i|t|weighted|gew|cc?|ce|gd|gado?|km|kontrast|post|postcontrast|postgad|"
        r"postgd|pre|precontrast|contrast|native|n|enh\w*)?",
        rf"{_PLANE}t1w?{_T1_KIND}(?:cc?|ce|gd|gado?|km|post)?",
        r"(?:ce|c|gd|gado?|km|post|pre|native)t1w?",
        r"\w*mp ?rage\w*",
        r"mp2rage\w*",
        r"bravo",
        r"e?f?spgr\w*",
        r"3d tfe",
        r"vibe\w*",
        r"lava\w*",
        r"thrive",
        r"mdeft",
        r"tfl\w*",
    ),
    DescriptionWords.of(
        Kind.T2,
        rf"{_PLANE}t ?2(?:w|wi|wt|weighted|gew|tse|fse|frfse|space|cube|vista|blade|propeller)?",
        r"frfse\w*",
    ),
)
"""Names of the weightings."""
