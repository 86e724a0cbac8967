"""Tensors that say they are on a card and are computed on the CPU.

    op on CardTensors ─▶ ATen's CUDA branches, autocast's CUDA list ─▶ dispatch ─▶ the CPU's op
                                                                        │
                               devices mixed? raise · kernels, waits, copies, bytes: the ledger

Values are real, so that whatever depends on them takes its way.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.pretended_card.ledger import Ledger, place

LEDGER = Ledger(room=80 * 2**30)

NO_KERNEL = frozenset(
    (
        "empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "set_",
        "lift_fresh", "is_same_size", "_unsafe_view", "_reshape_alias",
    )
)  # fmt: skip
"""Operations that launch nothing, beside views."""

WAITS = frozenset(["nonzero", "masked_select", "_unique2", "equal", "_local_scalar_dense"])
"""Operations whose answer the host needs before it can go on."""

MAKES_CONTIGUOUS = frozenset(
    (
        "native_group_norm", "native_group_norm_backward", "upsample_nearest3d",
        "upsample_nearest3d_backward", "upsample_trilinear3d",
    )
)  # fmt: skip
"""Operations whose CUDA kernel knows no channels_last_3d; the CPU's keeps it."""

TAKES_BOTH = frozenset(["index", "index_put", "index_put_", "_index_put_impl_", "copy_"])
"""Operations that may read a CPU tensor of any size beside the card's."""


class _Share:
    """One tensor's share in a storage of the card, whose bytes count once."""

    _holders: ClassVar[Counter[int]] = Counter()

    def __init__(self, values: Tensor) -> None:
        # kept, so that no other storage takes its place in memory before it is given back
        self._storage = values.untyped_storage()
        key = self._storage._cdata
        if not self._holders[key]:
            LEDGER.hold(self._storage.nbytes())
        self._holders[key] += 1

    def __del__(self) -> None:
        key = self._storage._cdata
        if not self._holders[key]:
            return  # there was no room for it
        self._holders[key] -= 1
        if not self._holders[key]:
            del self._holders[key]
            LEDGER.live -= self._storage.nbytes()


class CardTensor(Tensor):
    """A tensor on a pretended card; `values` are on the CPU."""

    values: Tensor
    _share: _Share

    @staticmethod
    def __new__(cls, values: Tensor, device: torch.device) -> "CardTensor":
        share = _Share(values)
        made = Tensor._make_wrapper_subclass(
            cls,
            values.shape,
            strides=values.stride(),
            storage_offset=values.storage_offset(),
            dtype=values.dtype,
            device=device,
        )
        made.values, made._share = values, share
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return computed(func, args, kwargs or {})

    def __repr__(self, **_: object) -> str:
        return f"CardTensor({self.values!r})"

    def untyped_storage(self):
        return self.values.untyped_storage()

    def tolist(self):
        LEDGER.syncs[place()] += 1
        return _readable(self.values).tolist()

    def numpy(self, **_: object):
        raise TypeError("can't convert cuda:0 device type tensor to numpy: copy it to the CPU")

    def __array__(self, *_: object, **__: object):
        return self.numpy()

    def __reduce_ex__(self, protocol: object):
        raise RuntimeError("a tensor on the card is pickled")


class Factories(TorchDispatchMode):
    """Has operations without a tensor of the card, like `torch.zeros(device="cuda")`, made here."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return computed(func, args, kwargs or {})


def computed(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute an operation as the card would, and note what it costs."""
    name: str = func._schema.name.split("::")[1]
    leaves = list(_leaves((args, kwargs)))
    ours = [leaf for leaf in leaves if isinstance(leaf, CardTensor)]
    theirs = [leaf for leaf in leaves if type(leaf) is not CardTensor and isinstance(leaf, Tensor)]
    target = kwargs.get("device")
    target = None if target is None else torch.device(target)
    if not ours and (target is None or target.type != "cuda"):
        return func(*args, **kwargs)
    if name in WAITS or (name == "index" and _by_mask(ours)):
        LEDGER.syncs[place()] += 1
    if name == "_local_scalar_dense":
        return func(_readable(args[0].values))
    if name == "_to_copy" and ours and target is not None and target.type == "cpu":
        LEDGER.syncs[place()] += 1
        return func(_readable(args[0].values), *args[1:], **kwargs)
    if name == "_to_copy" and not ours:
        _note_upload(args[0])
    elif name == "copy_" and theirs and isinstance(args[0], CardTensor):
        _note_upload(args[1])
    elif name == "copy_" and theirs:
        if not kwargs.get("non_blocking") and not (len(args) > 2 and args[2]):
            LEDGER.syncs[place()] += 1
    else:
        _check_devices(name, ours, theirs)
        if not func.is_view and name not in NO_KERNEL and ours:
            LEDGER.kernels[name] += 1
    device = _device(ours, target)
    inner = torch.device("meta" if LEDGER.hollow else "cpu")
    kwargs = {k: inner if k == "device" else v for k, v in kwargs.items()}
    inner_args, inner_kwargs = _mapped(_values, (args, kwargs))
    answer = _hollow_norm(func, inner_args, inner_kwargs) or func(*inner_args, **inner_kwargs)
    if name in MAKES_CONTIGUOUS:
        answer = _mapped(lambda a: a.contiguous() if isinstance(a, Tensor) else a, answer)
    if name in ("convolution", "convolution_backward"):
        last = any(_is_channels_last(tensor.values) for tensor in ours)
        layout = torch.channels_last_3d if last else torch.contiguous_format
        answer = _mapped(lambda a: _laid_out(a, layout), answer)
    if written := _written(func, args, kwargs):
        return _given_back(answer, written)

    def wrapped(leaf: Any) -> Any:
        return CardTensor(leaf, device) if isinstance(leaf, Tensor) else leaf

    if name == "_to_copy" and not ours:
        answer = answer.clone() if answer is args[0] else answer
    return _mapped(wrapped, answer)


def _leaves(nested: Any) -> Iterator[Any]:
    """What tuples, lists and dictionaries hold; torch's own way takes twice a step's time."""
    if isinstance(nested, dict):
        nested = nested.values()
    elif not isinstance(nested, (tuple, list)):
        yield nested
        return
    for inner in nested:
        yield from _leaves(inner)


def _mapped(function: Callable[[Any], Any], nested: Any) -> Any:
    """The same with each leaf replaced."""
    if isinstance(nested, dict):
        return {key: _mapped(function, inner) for key, inner in nested.items()}
    if isinstance(nested, (tuple, list)):
        return type(nested)([_mapped(function, inner) for inner in nested])
    return function(nested)


def _is_channels_last(values: Tensor) -> bool:
    """Whether ATen reads a layout as channels_last_3d; what could be either is not."""
    if values.ndim != 5:
        return False
    least = 0
    for axis in (1, 4, 3, 2, 0):
        stride, size = values.stride(axis), values.shape[axis]
        if stride < least or (axis == 0 and least == values.stride(1)):
            return False
        least = stride * size
    return True


def _laid_out(leaf: Any, layout: torch.memory_format) -> Any:
    """A map as cuDNN leaves it: in channels_last_3d if its input or its weights are."""
    if not isinstance(leaf, Tensor) or leaf.ndim != 5:
        return leaf
    return leaf.contiguous(memory_format=layout)


def _by_mask(ours: Iterable[Tensor]) -> bool:
    return any(tensor.dtype in (torch.bool, torch.uint8) for tensor in list(ours)[1:])


def _note_upload(host: Tensor) -> None:
    pinned = getattr(host, "pinned", False)
    LEDGER.uploads["pinned" if pinned else "pageable", place()] += 1


def _check_devices(name: str, ours: list[CardTensor], theirs: list[Tensor]) -> None:
    devices = {tensor.device for tensor in ours}
    strangers = [t for t in theirs if t.ndim and name not in TAKES_BOTH]
    if strangers or len(devices) > 1:
        found = ", ".join(sorted({*map(str, devices), *(str(t.device) for t in strangers)}))
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found {found} in {name}, {place()}"
        )


def _device(ours: list[CardTensor], target: torch.device | None) -> torch.device:
    if target is not None:
        return torch.device("cuda", target.index or 0)
    return ours[0].device


def _values(leaf: Any) -> Any:
    if isinstance(leaf, CardTensor):
        return leaf.values
    if LEDGER.hollow and isinstance(leaf, Tensor) and leaf.ndim:
        return torch.empty_like(leaf, device="meta")
    return leaf


def _readable(values: Tensor) -> Tensor:
    """Values that can be asked: those of a hollow tensor are 1."""
    return torch.ones(values.shape, dtype=values.dtype) if values.is_meta else values


def _hollow_norm(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What batch norm into given tensors returns; torch has no such operation without values."""
    if not LEDGER.hollow or func is not torch.ops.aten.native_batch_norm.out:
        return None
    return kwargs["out"], kwargs["save_mean"], kwargs["save_invstd"]


def _written(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments that an operation in place writes to and gives back; none of any other."""
    if any(returned.alias_info is None for returned in func._schema.returns):
        return []
    found = []
    for position, argument in enumerate(func._schema.arguments):
        if argument.alias_info is None or not argument.alias_info.is_write:
            continue
        if argument.name in kwargs:
            found.append(kwargs[argument.name])
        elif position < len(args):
            found.append(args[position])
    return found


def _given_back(answer: Any, written: list[Any]) -> Any:
    """What an operation in place returns: what it was given to write to."""
    if answer is None:
        return None
    if isinstance(answer, Tensor):
        return written[0]
    return type(answer)(written)
