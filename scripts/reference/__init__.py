"""Golden cases from Hugging Face transformers; see reference_data/README.md for the format."""
