"""The hardware to compute with: device, precision, processor."""
