r"""The CCSD network: encode every sequence once, decode any subset of them.

    x_m ──▶ E_sh (one for all sequences) ──▶ s_m ┐
    x_m ──▶ E_m  (one per sequence)      ──▶ p_m ┴▶ compositional layer ──▶ f_m ──▶ W_m f_m
                                                                                      │ encode
    ──────────────────────────────────────────────────────────────────────────────────┼───────
    S present:  m ∈ S: W_m f_m      m ∉ S: W_m block_m      ──▶ Σ_m ──▶ D ──▶ logits  │ decode

This applies to every level of the feature pyramid; a level without a compositional layer has
f_m = s_m. `ccsd_core.model.fill` defines block_m and where it is added.

Source: CCSD (arXiv:2511.14599), section 3.1 and 3.2. Stated there: shared and specific
encoders, the compositional layer, E_sh of a zeroed channel for a missing sequence, one shared
decoder, one encoding for all 15 subsets. Ours: the sizes, composition at every level of the
U-Net, the interior value of E_sh(0), added after each level's norm, three region channels.
There is no official code; this is a reconstruction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.device_mask import mask_on_device
from ccsd_core.model.backbone import Decoder, Encoder, Pyramid
from ccsd_core.model.choices import Head, MissingFill
from ccsd_core.model.encoded_batch import EncodedBatch, EncodedSequence, FeatureKind
from ccsd_core.model.fill import (
    Tokens,
    block_of_subset,
    depends_on_subset,
    missing_blocks,
)
from ccsd_core.model.layers.checkpointing import call_checkpointed
from ccsd_core.model.layers.inplace import add
from ccsd_core.model.output import TO_REGIONS

__all__ = ["CcsdNetwork", "EncodedBatch", "EncodedSequence", "FeatureKind", "Mixture"]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """The mixture of one level: the blocks of all sequences, summed.

    Args:
        map: Σ_m over used sequences and over fills before the norm: b c x y z.
            It may be part of the encoding itself, so do not modify it.
        offset: Σ_m over fills after the norm: b c; None for no offset.
    """

    map: Tensor
    offset: Tensor | None


class CcsdNetwork(nn.Module):
    """The network as two halves, `encode` and `decode`; calling it does both.

    Args:
        shared: Shared encoder E_sh.
        specific: Encoder E_m of each sequence, in channel order.
        composition: The compositional layer of each level that has one.
        decoder: Decoder D.
        deepest_channels: Feature channels of the deepest level.
        fill: Fill of a missing sequence.
        tokens: The learned vectors of the fill `token`.
        head: Kind of the decoder's output channels.
        checkpointing: Whether the inner activations of compositional layers are recomputed in the
            backward pass; encoders and decoder have their own setting.
    """

    def __init__(
        self,
        *,
        shared: Encoder,
        specific: Sequence[Encoder],
        composition: Mapping[int, nn.Module],
        decoder: Decoder,
        deepest_channels: int,
        fill: MissingFill = "constant",
        tokens: Tokens | None = None,
        head: Head = "regions",
        checkpointing: bool = False,
    ):
        super().__init__()
        self.shared = shared
        self.specific = nn.ModuleList(specific)  # pyright: ignore[reportArgumentType]
        self.composition = nn.ModuleDict({str(level): m for level, m in composition.items()})
        self.decoder = decoder
        self.domain_classifier = nn.Linear(deepest_channels, len(Modality))
        """For training only: classifies which sequence specific features came from."""
        self.fill: MissingFill = fill
        self.tokens = tokens
        self.head: Head = head
        self.checkpointing = checkpointing

    def encode_sequence(
        self,
        image: Float[Tensor, "b 1 x y z"],
        modality: Modality,
        *,
        kinds: Collection[FeatureKind] = ("fused",),
        shared: list[Tensor] | None = None,
    ) -> EncodedSequence:
        """Encode one sequence, independently of the others.

        Args:
            image: The sequence.
            modality: The sequence's modality.
            kinds: As in `encode`.
            shared: Features of the shared encoder, if already computed.
        """
        if shared is None:
            shared = self.shared(image).levels
        own: Pyramid = self.specific[modality](image)
        specific = list(own.levels)
        fused = list(shared)
        for level, s in enumerate(shared):
            if str(level) in self.composition:
                layer = self.composition[str(level)]
                fused[level] = call_checkpointed(
                    layer, s, specific[level], checkpointing=self.checkpointing
                )
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
        return EncodedSequence(**features, projected=projected, domain=own.domain)

    def collect(
        self,
        sequences: Sequence[EncodedSequence | None],
        present: Bool[Tensor, "b m"],
        *,
        image: Float[Tensor, "b 1 x y z"],
    ) -> EncodedBatch:
        """The encodings of a batch's sequences, with the fills of missing ones.

        Args:
            sequences: Features by channel; None if no sample has the sequence.
            present: Whether each sample has each sequence; on the CPU.
            image: Any of the images; only its shape, type and device are used.
        """
        found = next((s for s in sequences if s is not None), None)
        assert found is not None, "a batch without any sequence"
        maps = [_spatial(projected) for projected in found.projected["fused"]]
        missing = missing_blocks(
            self.fill, self.shared, self.decoder, tokens=self.tokens, image=image, maps=maps
        )
        return EncodedBatch(tuple(sequences), present, missing)

    def encode(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        *,
        kinds: Collection[FeatureKind] = ("fused",),
    ) -> EncodedBatch:
        """Encode a batch once, for every subset.

        Args:
            images: Normalised sequences in channel order. Channels that are not present are
                never read: they may hold NaN.
            present: Whether each sample has each sequence; on the CPU, since the host branches on
                it, and reading it from a GPU would synchronise.
            kinds: Kinds of features to be decoded, in addition to the fused ones.
        """
        present = present.cpu()
        if not bool(present.all()):
            absent = mask_on_device(~present, images).reshape(*present.shape, 1, 1, 1)
            images = images.masked_fill(absent, 0)  # not a product: 0 · NaN is NaN
        encoded = [m for m in Modality if bool(present[:, m].any())]
        shared = self._encode_shared_as_one_batch(images, encoded) if images.is_cuda else {}
        sequences = [
            self.encode_sequence(images[:, m : m + 1], m, kinds=kinds, shared=shared.get(m))
            if m in encoded
            else None
            for m in Modality
        ]
        return self.collect(sequences, present, image=images[:, :1])

    def _encode_shared_as_one_batch(
        self, images: Float[Tensor, "b m x y z"], encoded: Sequence[Modality]
    ) -> dict[Modality, list[Tensor]]:
        """E_sh of several sequences in one pass, for fewer and larger kernels on a GPU."""
        stacked = torch.cat([images[:, m : m + 1] for m in encoded])
        # split instead of slices: its backward pass is a single concatenation
        levels = [level.split(len(images)) for level in self.shared(stacked).levels]
        return {m: [level[i] for level in levels] for i, m in enumerate(encoded)}

    def mix(
        self,
        encoding: EncodedBatch,
        subset: Bool[Tensor, "b m"],
        *,
        level: int,
        kind: FeatureKind = "fused",
    ) -> Mixture:
        """Σ_m over one level: W_m f_m if `subset` contains m, otherwise the fill.

        Args:
            encoding: Features of the batch.
            subset: The sequences that each sample uses, out of those present; on the CPU.
            level: Number of the level, 0 the finest.
            kind: Kind of features that the blocks of used sequences are made from.
        """
        used = subset.cpu() & encoding.present
        fill_blocks = self._fill_blocks(encoding, used, level)
        maps: list[Tensor] = []
        fills: list[Tensor] = []
        for m, sequence in zip(Modality, encoding.sequences, strict=True):
            any_used, all_used = bool(used[:, m].any()), bool(used[:, m].all())
            if sequence is not None and all_used:
                maps.append(sequence.projected[kind][level])
                continue
            fill_block = fill_blocks[m]
            if sequence is not None and any_used:
                projected = sequence.projected[kind][level]
                keep = mask_on_device(used[:, m], projected).reshape(-1, 1, 1, 1, 1)
                other = projected.new_zeros(()) if fill_block is None else fill_block
                maps.append(torch.where(keep, projected, other.to(projected.dtype)))
            elif fill_block is not None:
                fills.append(fill_block)
        if not maps and not fills:
            fills.append(torch.zeros_like(encoding.any_projected(kind)[level]))
        return Mixture(_total(maps, fills), _offset(encoding.missing.after_norm[level], used))

    def decode(
        self, encoding: EncodedBatch, subset: Bool[Tensor, "b m"], *, kind: FeatureKind = "fused"
    ) -> Float[Tensor, "b 3 x y z"]:
        """Logits of WT, TC, ET as if only `subset` (of the sequences present) had been acquired."""
        mixtures = self._mixtures(encoding, subset, kind)
        logits = self.decoder([m.map for m in mixtures], [m.offset for m in mixtures])
        return TO_REGIONS[self.head](logits)

    def decode_subsets(
        self,
        encoding: EncodedBatch,
        subsets: Sequence[Bool[Tensor, "b m"]],
        *,
        kind: FeatureKind = "fused",
    ) -> Float[Tensor, "k b 3 x y z"]:
        """Logits of several subsets, as `decode` gives them; on a GPU from a single batch."""
        if not encoding.any_projected(kind)[0].is_cuda:
            return torch.stack([self.decode(encoding, s, kind=kind) for s in subsets])
        mixtures = [self._mixtures(encoding, subset, kind) for subset in subsets]
        levels = [concatenate_mixtures(level) for level in zip(*mixtures, strict=True)]
        logits = self.decoder([m.map for m in levels], [m.offset for m in levels])
        return TO_REGIONS[self.head](logits).unflatten(0, (len(subsets), -1))

    def _mixtures(self, encoding: EncodedBatch, subset: Tensor, kind: FeatureKind) -> list[Mixture]:
        """The mixture of every level."""
        levels = range(encoding.levels)
        return [self.mix(encoding, subset, level=level, kind=kind) for level in levels]

    def forward(
        self, images: Float[Tensor, "b m x y z"], present: Bool[Tensor, "b m"]
    ) -> Float[Tensor, "b 3 x y z"]:
        return self.decode(self.encode(images, present), present)

    def _fill_blocks(
        self, encoding: EncodedBatch, used: Bool[Tensor, "b m"], level: int
    ) -> list[Tensor | None]:
        """The fills added to one level's mixture for each missing sequence."""
        if not depends_on_subset(self.fill, level, levels=encoding.levels):
            return list(encoding.missing.in_mixture[level]) or [None for _ in Modality]
        if bool(used.all()):
            return [None for _ in Modality]
        shared = [None if s is None else s.shared[level] for s in encoding.sequences]
        block = block_of_subset(self.fill, shared, used)
        lacking = (~used).any(dim=0)
        return [
            self.decoder.project(block, level=level, modality=m) if bool(lacking[m]) else None
            for m in Modality
        ]


def concatenate_mixtures(mixtures: Sequence[Mixture]) -> Mixture:
    """Mixtures of one level, concatenated along the batch in the order given."""
    batch = len(mixtures[0].map)
    offsets = [m.offset for m in mixtures]
    some = next((offset for offset in offsets if offset is not None), None)
    if some is None:
        return Mixture(torch.cat([m.map for m in mixtures]), None)
    none = some.new_zeros(batch, some.shape[1])
    filled = [none if offset is None else offset for offset in offsets]
    return Mixture(torch.cat([m.map for m in mixtures]), torch.cat(filled))


def _total(maps: list[Tensor], fills: list[Tensor]) -> Tensor:
    """The sum of all maps and fills, in the dtype of the maps."""
    fill = sum(fills[1:], start=fills[0]) if fills else None
    if not maps:
        assert fill is not None
        return fill
    total = maps[0]
    if len(maps) > 1:
        total = maps[0] + maps[1]  # a new map, which may be modified in place
    for one in maps[2:]:
        total = add(total, one)
    return total if fill is None else total + fill.to(total.dtype)


def _offset(
    after_norm: Float[Tensor, "m c"] | None, used: Bool[Tensor, "b m"]
) -> Float[Tensor, "b c"] | None:
    """The fills after the norm for the sequences that each sample does not use."""
    if after_norm is None or bool(used.all()):
        return None
    if bool((used == used[0]).all()):
        lacking = [after_norm[m] for m in Modality if not bool(used[0, m])]
        return sum(lacking[1:], start=lacking[0]).expand(len(used), -1)
    # not a matrix product, which autocast would round to bf16
    return (mask_on_device(~used, after_norm)[:, :, None] * after_norm).sum(dim=1)


def _spatial(features: Tensor) -> tuple[int, int, int]:
    x, y, z = features.shape[2:]
    return x, y, z
