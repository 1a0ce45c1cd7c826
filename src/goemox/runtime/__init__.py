"""Texts to logits without torch: cleaning, tokens, ONNX."""
