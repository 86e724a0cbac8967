"""What this machine can compute with: device, precision, processor."""
