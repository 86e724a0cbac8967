"""What a training tells while it runs: metrics, log, TensorBoard, pictures."""
