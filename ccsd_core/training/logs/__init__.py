"""Logs of a training run: metrics, text, TensorBoard, pictures."""
