"""The judge: transformers' BertForSequenceClassification under its names."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class JudgeConfig:
    vocab_size = 4096
    hidden_size = 192
    intermediate_size = 512
    num_hidden_layers = 4
    num_attention_heads = 6
    max_position_embeddings = 256
    type_vocab_size = 2
    layer_norm_eps = 1e-12


class SelfAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(c.hidden_size, c.hidden_size) for _ in range(3))


class Output(nn.Module):
    def __init__(self, inner, c):
        super().__init__()
        self.dense = nn.Linear(inner, c.hidden_size)
        self.LayerNorm = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self, self.output = SelfAttention(c), Output(c.hidden_size, c)


class Intermediate(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.hidden_size, c.intermediate_size)


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attention, self.intermediate, self.output = Attention(c), Intermediate(c), Output(c.intermediate_size, c)


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layer = nn.ModuleList(Layer(c) for _ in range(c.num_hidden_layers))


class Embeddings(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.word_embeddings = nn.Embedding(c.vocab_size, c.hidden_size)
        self.position_embeddings = nn.Embedding(c.max_position_embeddings, c.hidden_size)
        self.token_type_embeddings = nn.Embedding(c.type_vocab_size, c.hidden_size)
        self.LayerNorm = nn.LayerNorm(c.hidden_size, eps=c.layer_norm_eps)


class Pooler(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dense = nn.Linear(c.hidden_size, c.hidden_size)


class Bert(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embeddings, self.encoder, self.pooler = Embeddings(c), Encoder(c), Pooler(c)


class Judge(nn.Module):
    """Tokens, segments and attended places [B, S] to logits [B] and hidden states [B, S, H]."""

    def __init__(self, config=JudgeConfig, dropout: float = 0.0):
        super().__init__()
        self.heads, self.size, self.dropout = config.num_attention_heads, config.hidden_size // config.num_attention_heads, dropout
        self.bert, self.classifier = Bert(config), nn.Linear(config.hidden_size, 1)
        for name, p in self.named_parameters():
            if p.ndim == 2:
                nn.init.normal_(p, std=0.02 if "embeddings" in name else p.shape[1] ** -0.5)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, tokens: Tensor, segments: Tensor, attended: Tensor) -> tuple[Tensor, Tensor]:
        drop = lambda x: F.dropout(x, self.dropout, self.training)
        e, count, length = self.bert.embeddings, *tokens.shape
        x = e.word_embeddings(tokens) + e.position_embeddings.weight[:length] + e.token_type_embeddings(segments)
        x = drop(e.LayerNorm(x))
        mask = attended[:, None, None, :].expand(-1, -1, length, -1)
        split = lambda y: y.view(count, length, self.heads, self.size).transpose(1, 2)
        for layer in self.bert.encoder.layer:
            a = layer.attention
            q, k, v = split(a.self.query(x)), split(a.self.key(x)), split(a.self.value(x))
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            x = a.output.LayerNorm(x + drop(a.output.dense(y.transpose(1, 2).reshape(count, length, -1))))
            y = layer.output.dense(F.gelu(layer.intermediate.dense(x)))
            x = layer.output.LayerNorm(x + drop(y))
        pooled = torch.tanh(self.bert.pooler.dense(x[:, 0]))
        return self.classifier(drop(pooled))[:, 0], x
