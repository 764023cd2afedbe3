"""The reward: transformers' Qwen3ForSequenceClassification under its names."""

import torch
import torch.nn.functional as F
from denoiser import MLP, RMSNorm, rotary, rotate
from torch import Tensor, nn


class RewardConfig:
    vocab_size = 2048
    hidden_size = 192
    intermediate_size = 512
    num_hidden_layers = 4
    num_attention_heads = 6
    num_key_value_heads = 2
    head_dim = 32
    rms_norm_eps = 1e-6
    rope_theta = 10000.0
    max_position_embeddings = 256


class MoodConfig(RewardConfig):
    hidden_size = 128
    intermediate_size = 384
    num_attention_heads = 4


class Attention(nn.Module):
    """Causal attention whose queries and keys are normalized head by head."""

    def __init__(self, config):
        super().__init__()
        self.heads, self.groups, self.size = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        self.q_proj = nn.Linear(config.hidden_size, self.heads * self.size, bias=False)
        self.k_proj = nn.Linear(config.hidden_size, self.groups * self.size, bias=False)
        self.v_proj = nn.Linear(config.hidden_size, self.groups * self.size, bias=False)
        self.o_proj = nn.Linear(self.heads * self.size, config.hidden_size, bias=False)
        self.q_norm = RMSNorm(self.size, config.rms_norm_eps)
        self.k_norm = RMSNorm(self.size, config.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q = self.q_norm(self.q_proj(x).view(batch, length, self.heads, self.size)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(batch, length, self.groups, self.size)).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, self.groups, self.size).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = (t.repeat_interleave(self.heads // self.groups, dim=1) for t in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, -1))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = MLP(config)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)


class Reward(nn.Module):
    """Embeddings [B, S, H] to hidden states [B, S, H]; the score reads the last token of each row."""

    def __init__(self, config=RewardConfig):
        super().__init__()
        self.model = Body(config)
        self.score = nn.Linear(config.hidden_size, 1, bias=False)
        cos, sin = rotary(config.max_position_embeddings, config.head_dim, config.rope_theta)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                shrink = (2 * config.num_hidden_layers) ** 0.5 if "o_proj" in name or "down_proj" in name else 1
                nn.init.normal_(parameter, std=0.02 if "embed" in name else parameter.shape[1] ** -0.5 / shrink)

    def forward(self, embeddings: Tensor) -> Tensor:
        x = embeddings
        cos, sin = self.cos[: x.shape[1]], self.sin[: x.shape[1]]
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return self.model.norm(x)

    def head(self, hidden: Tensor) -> Tensor:
        """Next-token logits of the warm start; the output matrix is the embedding table."""
        return F.linear(hidden, self.model.embed_tokens.weight)

    def rewards(self, embeddings: Tensor, last: Tensor) -> Tensor:
        """Rewards [B], read at the row's token `last` [B]; what stands behind it is never seen (causal)."""
        hidden = self(embeddings)[torch.arange(len(last), device=last.device), last]
        return self.score(hidden)[:, 0]
