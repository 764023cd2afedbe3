"""The checkpoints as transformers models in float32, with their tokenizers."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import (
    AutoModelForSequenceClassification,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)


class Text:
    """A checkpoint's tokenizer, its special tokens and its chat template."""

    def __init__(self, directory: str):
        self.tokenizer = PreTrainedTokenizerFast.from_pretrained(directory)
        config = json.loads((Path(directory) / "config.json").read_text())
        generation = Path(directory) / "generation_config.json"
        ends = json.loads(generation.read_text())["eos_token_id"] if generation.exists() else []
        # The tokenizer's first: it closes a turn.
        self.end_ids = list(dict.fromkeys([self.tokenizer.eos_token_id, *ends, config.get("eos_token_id")]))
        self.end_ids = [id for id in self.end_ids if id is not None]
        self.mask_id = self.tokenizer.mask_token_id
        self.pad_id = self.tokenizer.pad_token_id
        self.rows = config["vocab_size"]

    def prompt(self, prompt: str) -> list[int]:
        """The prompt in the template, up to where the response begins."""
        return self._render([{"role": "user", "content": prompt}], True)

    def around(self, prompt: str) -> tuple[list[int], list[int]]:
        """What the template puts before and after a response."""
        marker = "response"
        turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": marker}]
        before, _, after = self.tokenizer.apply_chat_template(turns, tokenize=False).rpartition(marker)
        return self.encode(before), self.encode(after)

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    def decode(self, ids: list[int]) -> str:
        """Cut at the first token that ends a response, special tokens dropped."""
        end = next((i for i, token in enumerate(ids) if token in self.end_ids), len(ids))
        return self.tokenizer.decode(ids[:end], skip_special_tokens=True)

    def _render(self, turns: list[dict], generate: bool) -> list[int]:
        return self.encode(self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=generate))


class Reward:
    """A Qwen3 sequence classifier; only embeddings are ever differentiated."""

    def __init__(self, directory: str):
        self.text = Text(directory)
        self.model = AutoModelForSequenceClassification.from_pretrained(directory, dtype=torch.float32).eval()
        self.model.requires_grad_(False)
        self.table = self.model.get_input_embeddings().weight

    def __call__(self, embeds: Tensor, attention: Tensor | None = None) -> Tensor:
        """Rewards [batch] of embedded sequences [batch, length, width]; the last position counts, so no sequence may be padded."""
        return self.model(inputs_embeds=embeds, attention_mask=attention, use_cache=False).logits[:, 0]

    @torch.no_grad()
    def score(self, prompt: str, responses: list[str]) -> list[float]:
        """Responses of equal length as one batch, others one by one."""
        prefix, suffix = self.text.around(prompt)
        ids = [prefix + self.text.encode(response) + suffix for response in responses]
        batches = [ids] if len({len(row) for row in ids}) == 1 else [[row] for row in ids]
        return [value for batch in batches for value in self(self.table[torch.tensor(batch)]).tolist()]


class Denoiser:
    """A Qwen whose attention looks both ways: Dream, whose logits for position l stand at l - 1, or Qwen3, whose logits stand at l."""

    def __init__(self, directory: str):
        self.text = Text(directory)
        config = json.loads((Path(directory) / "config.json").read_text())
        self.shifted = config["architectures"] == ["DreamModel"]
        kind, network = (Qwen2Config, Qwen2ForCausalLM) if self.shifted else (Qwen3Config, Qwen3ForCausalLM)
        names = {"architectures", "model_type", "torch_dtype"}
        settings = kind(**{name: value for name, value in config.items() if name not in names})
        with torch.device("meta"):
            self.model = network(settings).eval()
        weights = {name: value.float() for name, value in load_file(Path(directory) / "model.safetensors").items()}
        if settings.tie_word_embeddings:
            weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
        self.model.load_state_dict(weights, assign=True)
        self.model.model.rotary_emb = type(self.model.model.rotary_emb)(settings)
        self.model.requires_grad_(False)
        for layer in self.model.model.layers:
            layer.self_attn.is_causal = False

    @torch.no_grad()
    def __call__(self, ids: Tensor) -> Tensor:
        """Logits [batch, length, vocabulary] that predict each position."""
        # A mask that is None for every kind of attention: nothing is hidden, and the fastest kernel serves.
        logits = self.model(input_ids=ids, attention_mask={"full_attention": None}, use_cache=False).logits
        return torch.cat([logits[:, :1], logits[:, :-1]], dim=1) if self.shifted else logits
