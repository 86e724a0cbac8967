"""What an error of torch says about the machine: that memory gave out, or that a card is lost.

Neither has a type of its own everywhere. torch's allocators raise `OutOfMemoryError`, the libraries
under it plain `RuntimeError`s in words of their own: cuDNN finds no engine whose working memory
fits, cuBLAS and cuDNN cannot create their handle. This module is free of torch.
"""

OUT_OF_MEMORY = (
    "out of memory",  # torch on CUDA and on Apple's GPUs, the CUDA driver
    "can't allocate memory",  # torch on a CPU, Linux
    "not enough memory",  # torch on a CPU, Windows
    "unable to find an engine",  # cuDNN: none whose working memory fits
    "unable to find a valid cudnn algorithm",
    "status_alloc_failed",  # CUDNN_… and CUBLAS_…
    "allocation_failed",  # CUDNN_STATUS_INTERNAL_ERROR_DEVICE_… and …_HOST_ALLOCATION_FAILED
    "status_not_initialized",  # CUDNN_… and CUBLAS_…: no room for a handle
    "failed to allocate",
)
"""Words that mean it, in lower case."""

TORCHS = "OutOfMemoryError"
"""Type of the errors of torch's allocators, whatever they say."""

LOST = (
    "cuda error:",
    "cuda driver error:",
    "cudnn_status_execution_failed",
    "cudnn_status_mapping_error",
    "cublas_status_execution_failed",
)
"""Words of an error after which a process cannot use its card any more: a kernel that failed, a
machine that slept. Every later call gives the same error."""

STAYS = ("no kernel image", "no cuda-capable device", "cuda driver version is insufficient")
"""Words of CUDA errors that another process would meet as well."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory gave out: numpy's, torch's on a card or on a CPU."""
    if isinstance(error, MemoryError) or type(error).__name__ == TORCHS:
        return True
    return isinstance(error, RuntimeError) and _says(error, OUT_OF_MEMORY)


def is_device_lost(error: BaseException) -> bool:
    """Whether this process can compute nothing more on its card; another one may."""
    if not isinstance(error, RuntimeError) or is_out_of_memory(error):
        return False
    return _says(error, LOST) and not _says(error, STAYS)


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    text = str(error).lower()
    return any(said in text for said in words)
