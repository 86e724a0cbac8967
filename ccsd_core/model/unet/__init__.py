"""Our U-Net encoder and decoder."""
