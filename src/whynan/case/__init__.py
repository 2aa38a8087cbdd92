"""The nouns of whynan, and the file that holds them."""
