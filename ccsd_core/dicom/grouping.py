"""Sorting files into series: one contrast, one matrix, one direction each.

A Series Instance UID is not enough: scanners put both echoes of a dual echo, the three planes of
a localiser, or images before and after contrast agent under one. Copies of a file are dropped.
"""

from collections.abc import Iterable, Mapping, Sequence

from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.series import Series, labels_of
from ccsd_core.dicom.stack import stack_of

Key = tuple[object, ...]


def series_of(instances: Iterable[Instance]) -> tuple[Series, ...]:
    """The series of one study, in the scanner's order."""
    groups: dict[Key, dict[str, Instance]] = {}
    # A truncated file states less than its neighbours, and still belongs to them.
    for instance in sorted(instances, key=lambda instance: not instance.has_pixels):
        key = _key(instance) if instance.has_pixels else _home_of(instance, groups)
        group = groups.setdefault(key, {})
        # A file without an identifier always counts.
        group.setdefault(instance.instance_uid or instance.file.name, instance)
    ordered = sorted(
        (tuple(sorted(group.values(), key=_place)) for group in groups.values()),
        key=lambda group: (_number(group[0].series_number), _place(group[0])),
    )
    received: dict[str, int] = {}
    for group in ordered:
        uid = group[0].series_uid
        received[uid] = received.get(uid, 0) + sum(i.frames for i in group)
    labels = labels_of([group[0].series_number for group in ordered])
    return tuple(
        Series(
            label,
            group,
            stack_of([i.placement for i in group if i.has_pixels] or [group[0].placement]),
            announced=_announced(group),
            received=received[group[0].series_uid],
        )
        for label, group in zip(labels, ordered, strict=True)
    )


def _key(instance: Instance) -> Key:
    acquisition, placement = instance.acquisition, instance.placement
    direction = placement.rows_along or ()
    return (
        instance.series_uid,
        instance.kind,
        (placement.rows, placement.columns),
        tuple(round(value, 2) + 0.0 for value in direction),
        acquisition.image_type,
        None if acquisition.echo_ms is None else round(acquisition.echo_ms, 1),
        bool(acquisition.agent),
        instance.is_enhanced,
    )


def _home_of(instance: Instance, groups: Mapping[Key, Mapping[str, Instance]]) -> Key:
    """The largest group of the same series, or one of its own."""
    alike = [key for key in groups if key[0] == instance.series_uid and key[1] == instance.kind]
    return max(alike, key=lambda key: len(groups[key]), default=_key(instance))


def _place(instance: Instance) -> tuple[float, str]:
    return _number(instance.number), instance.file.name


def _number(value: int | None) -> float:
    return float("inf") if value is None else value


def _announced(group: Sequence[Instance]) -> int | None:
    """How many images the scanner states to have made; computed images only repeat their source."""
    stated = [
        i.images_in_acquisition
        for i in group
        if i.images_in_acquisition and not i.acquisition.is_derived
    ]
    return max(stated, default=None)
