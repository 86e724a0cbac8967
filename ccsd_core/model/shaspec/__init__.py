"""ShaSpec's encoder and decoder (the backbone that the paper uses)."""
