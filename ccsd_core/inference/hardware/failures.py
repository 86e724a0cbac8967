"""Recognising errors of torch that mean out of memory, or a GPU that can no longer be used.

Neither always has its own exception type. torch's allocators raise `OutOfMemoryError`; the
libraries below torch raise plain `RuntimeError`s with other texts: cuDNN finds no engine with a
workspace that fits, cuBLAS and cuDNN cannot create their handle. This module does not import torch.
"""

OUT_OF_MEMORY = (
    "out of memory",  # torch on CUDA and on Apple's GPUs, the CUDA driver
    "can't allocate memory",  # torch on a CPU, Linux
    "not enough memory",  # torch on a CPU, Windows
    "could not create a primitive",  # oneDNN on a CPU: no room for what a convolution needs
    "unable to find an engine",  # cuDNN: none with a workspace that fits
    "unable to find a valid cudnn algorithm",
    "status_alloc_failed",  # CUDNN_… and CUBLAS_…
    "allocation_failed",  # CUDNN_STATUS_INTERNAL_ERROR_DEVICE_… and …_HOST_ALLOCATION_FAILED
    "status_not_initialized",  # CUDNN_… and CUBLAS_…: no room for a handle
    "failed to allocate",
)
"""Texts that mean out of memory, in lower case."""

TORCH_TYPE = "OutOfMemoryError"
"""Type of the errors of torch's allocators, whatever their text."""

DEVICE_LOST = (
    "cuda error:",
    "cuda driver error:",
    "cudnn_status_execution_failed",
    "cudnn_status_mapping_error",
    "cublas_status_execution_failed",
)
"""Texts of errors after which a process can no longer use its GPU, for example after a failed
kernel or a suspended machine: every later call fails with the same error."""

PERSISTENT = ("no kernel image", "no cuda-capable device", "cuda driver version is insufficient")
"""Texts of CUDA errors that would occur in a new process as well."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means out of memory: numpy's, or torch's on a GPU or a CPU."""
    if isinstance(error, MemoryError) or type(error).__name__ == TORCH_TYPE:
        return True
    return isinstance(error, RuntimeError) and _contains_any(error, OUT_OF_MEMORY)


def is_device_lost(error: BaseException) -> bool:
    """Whether this process can no longer compute on its GPU, while a new process may."""
    if not isinstance(error, RuntimeError) or is_out_of_memory(error):
        return False
    return _contains_any(error, DEVICE_LOST) and not _contains_any(error, PERSISTENT)


def _contains_any(error: BaseException, texts: tuple[str, ...]) -> bool:
    message = str(error).lower()
    return any(text in message for text in texts)
