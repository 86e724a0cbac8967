r"""The CCSD network: encode every sequence once, decode any subset of them.

    x_m ──▶ E_sh (one for all sequences) ──▶ s_m ┐
    x_m ──▶ E_m  (one per sequence)      ──▶ p_m ┴▶ compositional layer ──▶ f_m ──▶ W_m f_m
                                                                                      │ encode
    ──────────────────────────────────────────────────────────────────────────────────┼───────
    S present:  m ∈ S: W_m f_m      m ∉ S: W_m E_sh(0)      ──▶ Σ_m ──▶ D ──▶ logits  │ decode

It happens at every level of the feature pyramid; a level without a compositional layer has
f_m = s_m.

Source: CCSD (arXiv:2511.14599), section 3.1 and 3.2. Stated there: shared and specific
encoders, the compositional layer, E_sh of a zeroed channel for a missing sequence, one shared
decoder, one encoding for all 15 subsets. Ours: the sizes, composition at every level of the
U-Net, E_sh(0) by its interior value, three region channels. There is no official code; this is
a reconstruction.
"""

from collections.abc import Collection, Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.domain.modality import Modality
from ccsd_core.model.backbone import Decoder, Encoder
from ccsd_core.model.checkpointing import run
from ccsd_core.model.choices import Head, MissingFill
from ccsd_core.model.encoding import Encoding, FeatureKind, SequenceEncoding
from ccsd_core.model.fill import OF_SUBSET, block_of_subset, fixed_blocks
from ccsd_core.model.inplace import plus
from ccsd_core.model.output import TO_REGIONS

__all__ = ["CcsdNetwork", "Encoding", "FeatureKind", "SequenceEncoding"]


class CcsdNetwork(nn.Module):
    """The network as two halves, `encode` and `decode`; calling it does both.

    Args:
        shared: E_sh.
        specific: E_m, in channel order.
        composition: The compositional layer of each level that has one.
        decoder: D.
        deepest_channels: Feature channels of the deepest level.
        fill: What stands in for a missing sequence.
        head: What the decoder's output channels are.
        checkpointing: Whether the inner activations of compositional layers are computed again
            backwards; encoders and decoder know for themselves.
    """

    def __init__(
        self,
        *,
        shared: Encoder,
        specific: Sequence[Encoder],
        composition: Mapping[int, nn.Module],
        decoder: Decoder,
        deepest_channels: int,
        fill: MissingFill = "zero_shared",
        head: Head = "regions",
        checkpointing: bool = False,
    ):
        super().__init__()
        self.shared = shared
        self.specific = nn.ModuleList(specific)  # pyright: ignore[reportArgumentType]
        self.composition = nn.ModuleDict({str(level): m for level, m in composition.items()})
        self.decoder = decoder
        self.domain_classifier = nn.Linear(deepest_channels, len(Modality))
        """Training only: names the sequence that specific features came from."""
        self.fill: MissingFill = fill
        self.head: Head = head
        self.checkpointing = checkpointing

    def encode_sequence(
        self,
        image: Float[Tensor, "b 1 x y z"],
        modality: Modality,
        *,
        kinds: Collection[FeatureKind] = ("fused",),
    ) -> SequenceEncoding:
        """Encode one sequence, whatever else the patient has; `kinds` as in `encode`."""
        shared = self.shared(image)
        specific = self.specific[modality](image)
        fused = list(shared)
        for level, s in enumerate(shared):
            if str(level) in self.composition:
                layer = self.composition[str(level)]
                fused[level] = run(layer, s, specific[level], checkpointing=self.checkpointing)
            else:
                specific[level] = s
        features: dict[FeatureKind, list[Tensor]] = {
            "shared": shared,
            "specific": specific,
            "fused": fused,
        }
        projected: dict[FeatureKind, list[Tensor]] = {}
        for kind in ("fused", *kinds):
            if kind not in projected:
                projected[kind] = [
                    self.decoder.project(f, level=level, modality=modality)
                    for level, f in enumerate(features[kind])
                ]
        return SequenceEncoding(**features, projected=projected)

    def collect(
        self,
        sequences: Sequence[SequenceEncoding | None],
        present: Bool[Tensor, "b m"],
        *,
        image: Float[Tensor, "b 1 x y z"],
    ) -> Encoding:
        """The encodings of a batch's sequences, with what stands in for the missing ones.

        Args:
            sequences: In channel order; None where no sample has it.
            present: Which sample has which sequence.
            image: Any of the images: its size, type and device count, not its values.
        """
        found = next((s for s in sequences if s is not None), None)
        assert found is not None, "a batch in which nobody has any sequence"
        maps = [_spatial(projected) for projected in found.projected["fused"]]
        missing = fixed_blocks(self.fill, self.shared, self.decoder, image=image, maps=maps)
        return Encoding(tuple(sequences), present, missing)

    def encode(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        *,
        kinds: Collection[FeatureKind] = ("fused",),
    ) -> Encoding:
        """Encode a batch once, for every subset.

        Args:
            images: Normalised sequences in channel order. Channels that are not present are
                never read: they may hold NaN.
            present: Which sample has which sequence.
            kinds: Which features can be decoded; the fused ones always can.
        """
        absent = ~present.reshape(*present.shape, 1, 1, 1)
        images = images.masked_fill(absent, 0)  # not a product: 0 · NaN is NaN
        sequences = [
            self.encode_sequence(images[:, m : m + 1], m, kinds=kinds)
            if bool(present[:, m].any())
            else None
            for m in Modality
        ]
        return self.collect(sequences, present, image=images[:, :1])

    def mix(
        self,
        encoding: Encoding,
        subset: Bool[Tensor, "b m"],
        *,
        level: int,
        kind: FeatureKind = "fused",
        constants: bool = True,
    ) -> Tensor:
        """Σ_m over one level: W_m f_m where `subset` holds m, else W_m of what stands in.

        Args:
            encoding: Of the batch.
            subset: Which sequences to use, within what is present.
            level: 0 is the finest.
            kind: Of what the blocks of used sequences are made.
            constants: Whether stand-ins that are one number per channel count. Without them
                the sum is right up to a constant per sample and channel.

        Returns:
            b c x y z, or what broadcasts to it where no sample uses any sequence. It may be
            part of the encoding itself: read it, do not write to it.
        """
        used = subset & encoding.present
        filled = self._filled(encoding, used, level)
        maps: list[Tensor] = []
        fills: list[Tensor] = []
        for m, sequence in zip(Modality, encoding.sequences, strict=True):
            anybody, everybody = bool(used[:, m].any()), bool(used[:, m].all())
            if sequence is not None and everybody:
                maps.append(sequence.projected[kind][level])
                continue
            stand_in = self._stand_in(encoding, filled, level, m)
            if sequence is not None and anybody:
                projected = sequence.projected[kind][level]
                keep = used[:, m].reshape(-1, 1, 1, 1, 1)
                counts = constants or not _one_a_channel(stand_in)
                other = stand_in.to(projected.dtype) if counts else projected.new_zeros(())
                maps.append(torch.where(keep, projected, other))
            else:
                fills.append(stand_in)
        if not constants and maps:
            fills = [fill for fill in fills if not _one_a_channel(fill)]
        return _total(maps, fills)

    def decode(
        self, encoding: Encoding, subset: Bool[Tensor, "b m"], *, kind: FeatureKind = "fused"
    ) -> Float[Tensor, "b 3 x y z"]:
        """Logits of WT, TC, ET as if only `subset` (within what is present) had been acquired.

        Constants per channel are left out where the decoder normalises the mixture first: the
        norm takes them away again, whatever they are, and their gradient is 0.
        """
        mixed = [
            self.mix(
                encoding,
                subset,
                level=level,
                kind=kind,
                constants=not self.decoder.normalises(level),
            )
            for level in range(encoding.levels)
        ]
        return TO_REGIONS[self.head](self.decoder(mixed))

    def forward(
        self, images: Float[Tensor, "b m x y z"], present: Bool[Tensor, "b m"]
    ) -> Float[Tensor, "b 3 x y z"]:
        return self.decode(self.encode(images, present), present)

    def _filled(self, encoding: Encoding, used: Bool[Tensor, "b m"], level: int) -> Tensor | None:
        """What stands in at one level, unprojected, where it depends on the subset."""
        if self.fill not in OF_SUBSET or bool(used.all()):
            return None
        shared = [None if s is None else s.shared[level] for s in encoding.sequences]
        return block_of_subset(self.fill, shared, used)

    def _stand_in(
        self, encoding: Encoding, filled: Tensor | None, level: int, modality: Modality
    ) -> Tensor:
        if filled is None:
            return encoding.missing[level][modality]
        return self.decoder.project(filled, level=level, modality=modality)


def _total(maps: list[Tensor], fills: list[Tensor]) -> Tensor:
    """The sum of all: the small ones among themselves first, in the type of the maps last."""
    fill = sum(fills[1:], start=fills[0]) if fills else None
    if not maps:
        assert fill is not None
        return fill
    total = maps[0]
    if len(maps) > 1:
        total = maps[0] + maps[1]  # a map of its own, that may be added to
    for one in maps[2:]:
        total = plus(total, one)
    return total if fill is None else total + fill.to(total.dtype)


def _one_a_channel(stand_in: Tensor) -> bool:
    return stand_in.shape[2:].numel() == 1


def _spatial(features: Tensor) -> tuple[int, int, int]:
    x, y, z = features.shape[2:]
    return x, y, z
