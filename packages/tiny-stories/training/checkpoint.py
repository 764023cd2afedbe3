"""Writes a model as a Hugging Face checkpoint; files appear whole or not at all."""

import json
from pathlib import Path

import torch
from denoiser import DenoiserConfig
from judge import JudgeConfig
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


def judge_config() -> dict:
    return {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        **{name: value for name, value in vars(JudgeConfig).items() if not name.startswith("_")},
        "attention_probs_dropout_prob": 0.0,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "id2label": {"0": "LABEL_0"},
        "initializer_range": 0.02,
        "label2id": {"LABEL_0": 0},
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
    }


def write(directory: Path, weights: dict, configs: dict[str, dict], facts: dict) -> None:
    """The weights in bfloat16, the configurations by file name, and training.json with the step kept and its held-out numbers."""
    directory.mkdir(parents=True, exist_ok=True)
    for file, config in configs.items():
        write_json(directory / file, {**config, "torch_dtype": "bfloat16"} if file == "config.json" else config)
    temporary = directory / "model.safetensors.tmp"
    stored = {key: value.detach().to(torch.bfloat16).contiguous() for key, value in weights.items()}
    save_file(stored, temporary, metadata={"format": "pt"})
    temporary.chmod(0o644)
    temporary.replace(directory / "model.safetensors")
    (directory / "training.json").write_text(json.dumps(facts, indent=2) + "\n")


def store_denoiser(directory: Path, weights: dict, tokenizer: Tokenizer, facts: dict) -> None:
    configs = {"config.json": denoiser_config(tokenizer, DenoiserConfig), "generation_config.json": generation_config(tokenizer)}
    write(directory, weights, configs, facts)
    save_tokenizer(tokenizer, directory)


def store_reward(directory: Path, weights: dict, config, tokenizer: Tokenizer, facts: dict) -> None:
    write(directory, weights, {"config.json": reward_config(tokenizer, config)}, facts)
    save_tokenizer(tokenizer, directory)


def store_judge(directory: Path, weights: dict, pieces: Tokenizer, facts: dict) -> None:
    roles = {f"{role}_token": f"[{role.upper()}]" for role in ("cls", "sep", "pad", "mask", "unk")}
    bert = {"tokenizer_class": "BertTokenizer", **roles, "do_lower_case": False, "strip_accents": False, "model_max_length": 256}
    write(directory, weights, {"config.json": judge_config(), "tokenizer_config.json": bert}, facts)
    pieces.save(str(directory / "tokenizer.json"))
