"""Writes a model as a Hugging Face checkpoint; files appear whole or not at all."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizer import save_tokenizer, write_json
from tokenizers import Tokenizer


def ids(tokenizer: Tokenizer) -> dict[str, int]:
    return {name: tokenizer.token_to_id(f"<|{name}|>") for name in ("im_start", "im_end", "endoftext", "mask")}


def denoiser_config(tokenizer: Tokenizer, config) -> dict:
    special = ids(tokenizer)
    return {
        "architectures": ["DreamModel"],
        "model_type": "Dream",
        "attention_dropout": 0.0,
        "bos_token_id": special["endoftext"],
        "eos_token_id": special["endoftext"],
        "hidden_act": "silu",
        "hidden_size": config.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": config.intermediate_size,
        "mask_token_id": special["mask"],
        "max_position_embeddings": config.max_position_embeddings,
        "num_attention_heads": config.num_attention_heads,
        "num_hidden_layers": config.num_hidden_layers,
        "num_key_value_heads": config.num_key_value_heads,
        "pad_token_id": special["endoftext"],
        "rms_norm_eps": config.rms_norm_eps,
        "rope_scaling": None,
        "rope_theta": config.rope_theta,
        "tie_word_embeddings": True,
        "use_cache": False,
        "vocab_size": config.vocab_size,
    }


def generation_config(tokenizer: Tokenizer) -> dict:
    special = ids(tokenizer)
    return {
        "bos_token_id": special["endoftext"],
        "eos_token_id": [special["im_end"], special["endoftext"]],
        "mask_token_id": special["mask"],
        "pad_token_id": special["endoftext"],
        "max_new_tokens": 64,
        "steps": 64,
        "temperature": 0.7,
        "top_p": 0.95,
    }


def reward_config(tokenizer: Tokenizer, config) -> dict:
    special = ids(tokenizer)
    return {
        "architectures": ["Qwen3ForSequenceClassification"],
        "model_type": "qwen3",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": special["endoftext"],
        "eos_token_id": special["im_end"],
        "head_dim": config.head_dim,
        "hidden_act": "silu",
        "hidden_size": config.hidden_size,
        "id2label": {"0": "LABEL_0"},
        "initializer_range": 0.02,
        "intermediate_size": config.intermediate_size,
        "label2id": {"LABEL_0": 0},
        "max_position_embeddings": config.max_position_embeddings,
        "max_window_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads,
        "num_hidden_layers": config.num_hidden_layers,
        "num_key_value_heads": config.num_key_value_heads,
        "pad_token_id": special["endoftext"],
        "rms_norm_eps": config.rms_norm_eps,
        "rope_scaling": None,
        "rope_theta": config.rope_theta,
        "sliding_window": None,
        "tie_word_embeddings": False,
        "use_cache": False,
        "use_sliding_window": False,
        "vocab_size": config.vocab_size,
    }


def export(directory: Path, weights: dict, configs: dict[str, dict], tokenizer: Tokenizer, kind: torch.dtype) -> None:
    """Writes the weights in `kind`, the configurations by file name, and the tokenizer."""
    directory.mkdir(parents=True, exist_ok=True)
    name = "bfloat16" if kind == torch.bfloat16 else "float32"
    for file, config in configs.items():
        write_json(directory / file, {**config, "torch_dtype": name} if file == "config.json" else config)
    save_tokenizer(tokenizer, directory)
    temporary = directory / "model.safetensors.tmp"
    save_file(
        {key: value.detach().to(kind).contiguous() for key, value in weights.items()}, temporary, metadata={"format": "pt"}
    )
    temporary.chmod(0o644)
    temporary.replace(directory / "model.safetensors")
