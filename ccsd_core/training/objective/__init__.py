"""The loss that training minimises: its terms and their weights."""
