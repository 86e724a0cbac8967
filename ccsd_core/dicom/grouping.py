"""Grouping files into series, each with one contrast, one matrix and one direction.

A Series Instance UID is not enough: scanners give the same one to both echoes of a dual echo, to
the three planes of a localiser, or to images before and after contrast agent. Copies of a file are
dropped.
"""

from collections.abc import Iterable, Mapping, Sequence

from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.series import Series, labels_of
from ccsd_core.dicom.stack import stack_of

Key = tuple[object, ...]


def series_of(instances: Iterable[Instance]) -> tuple[Series, ...]:
    """The series of one study, in the scanner's order."""
    groups: dict[Key, dict[str, Instance]] = {}
    # The header of a truncated file may be incomplete, but the file still belongs to its series.
    for instance in sorted(instances, key=lambda instance: not instance.has_pixels):
        key = _key(instance) if instance.has_pixels else _key_of_truncated(instance, groups)
        group = groups.setdefault(key, {})
        # A file without an identifier always counts.
        group.setdefault(instance.instance_uid or instance.file.name, instance)
    ordered = sorted(
        (tuple(sorted(group.values(), key=_sort_key)) for group in groups.values()),
        key=lambda group: (_number(group[0].series_number), _sort_key(group[0])),
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
            stated_images=_stated_images(group),
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


def _key_of_truncated(instance: Instance, groups: Mapping[Key, Mapping[str, Instance]]) -> Key:
    """The key of the largest group of the same series; a new key if there is none."""
    alike = [key for key in groups if key[0] == instance.series_uid and key[1] == instance.kind]
    return max(alike, key=lambda key: len(groups[key]), default=_key(instance))


def _sort_key(instance: Instance) -> tuple[float, str]:
    return _number(instance.number), instance.file.name


def _number(value: int | None) -> float:
    return float("inf") if value is None else value


def _stated_images(group: Sequence[Instance]) -> int | None:
    """Stated number of images in the acquisition; derived images repeat that of their source."""
    stated = [
        i.images_in_acquisition
        for i in group
        if i.images_in_acquisition and not i.acquisition.is_derived
    ]
    return max(stated, default=None)
