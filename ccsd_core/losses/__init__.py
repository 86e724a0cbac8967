"""What a prediction is compared with the truth by."""
