"""A straightforward PyTorch version of the reference method, on the same files and the same work as ours.

One JSON request a line on stdin, one JSON answer a line on stdout: see ../src/sides/serve-side.ts, which this file is the counterpart of, workload
by workload. Needs torch and transformers; computes in float32 on the CPU.
"""

import json
import sys
import time

import inputs
import torch
from method import Guidance, generate
from networks import Denoiser, Reward


class Score:
    def __init__(self, spec: dict):
        self.spec, self.reward = spec, Reward(spec["reward"]["directory"])

    def run(self, round: int):
        return self.reward.score(self.spec["prompt"], self.spec["responses"])

    def outputs(self):
        return {"rewards": self.run(0)}


class Gradient:
    def __init__(self, spec: dict):
        self.batch = spec["trajectories"]
        self.reward = Reward(spec["reward"]["directory"])
        self.mix = inputs.fixed_mix(self.batch, spec["length"])
        self.around = [self.reward.table[torch.tensor(ids)] for ids in self.reward.text.around(spec["prompt"])]

    def run(self, round: int):
        table, mix = self.reward.table, self.mix
        probs = mix["probs"].clone().requires_grad_()
        soft = probs @ table[mix["candidates"]]
        embeds = soft + (mix["weights"] * (table[mix["tokens"]] - soft)).detach()
        before, after = (part.expand(self.batch, -1, -1) for part in self.around)
        rewards = self.reward(torch.cat([before, embeds.view(self.batch, -1, table.shape[1]), after], dim=1))
        rewards.sum().backward()
        return rewards.detach(), probs.grad

    def outputs(self):
        rewards, scores = self.run(0)
        return {"rewards": rewards.tolist(), "tokenScores": scores.flatten().tolist()}


class Guide:
    def __init__(self, spec: dict):
        self.spec = spec
        reward = Reward(spec["reward"]["directory"])
        self.guidance = Guidance(reward, reward.text, "x", spec["learningRate"], 1)
        trajectories, length = spec["trajectories"], spec["length"]
        rows = inputs.logits(spec["logits"], trajectories * length, reward.text.rows)
        self.logits = rows.view(trajectories, length, -1)
        self.response = torch.full((trajectories, length), reward.text.mask_id)

    def run(self, round: int):
        torch.manual_seed(round)
        return self.step(self.spec["topP"])

    def step(self, p: float):
        everywhere = torch.ones_like(self.response, dtype=torch.bool)
        return self.guidance.optimize(self.response, everywhere, self.logits, self.spec["temperature"], p)

    def outputs(self):
        # Only the most probable token is left to be drawn: nothing is random.
        logits, (rewards,) = self.step(1e-6)
        first_row = torch.softmax(logits[0, 0] / self.spec["temperature"], dim=-1)
        return {"rewards": rewards.tolist(), "firstRow": first_row.tolist()}


class Denoise:
    def __init__(self, spec: dict):
        self.denoiser = Denoiser(spec["denoiser"]["directory"])
        text = self.denoiser.text
        self.prefix = text.prompt(spec["prompt"])
        self.ids = inputs.half_masked(self.prefix, spec["trajectories"], spec["length"], text.mask_id)

    def run(self, round: int):
        return self.denoiser(self.ids)

    def outputs(self):
        return {"firstLogits": self.run(0)[0, len(self.prefix)].tolist()}


class Generate:
    def __init__(self, spec: dict):
        self.spec = spec
        self.denoiser = Denoiser(spec["denoiser"]["directory"])
        self.reward = Reward(spec["reward"]["directory"])

    def prompt(self, round: int) -> str:
        return self.spec["prompts"][round % len(self.spec["prompts"])]

    def run(self, round: int):
        torch.manual_seed(round)
        return generate(self.denoiser, self.reward, self.prompt(round), self.spec)

    def facts(self, round: int, result):
        guided, texts = result
        return {"units": guided, "rewards": self.reward.score(self.prompt(round), texts)}


WORKLOADS = {"score": Score, "gradient": Gradient, "guide": Guide, "denoise": Denoise, "generate": Generate}


def serve() -> None:
    # The answers have stdout to themselves, whatever a library prints.
    answers, sys.stdout = sys.stdout, sys.stderr
    workload = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                torch.set_num_threads(request["spec"]["threads"])
                workload, result = WORKLOADS[request["spec"]["kind"]](request["spec"]), None
            elif request["command"] == "outputs":
                result = workload.outputs() if hasattr(workload, "outputs") else None
            else:
                start = time.perf_counter()
                made = workload.run(request["round"])
                result = {"seconds": time.perf_counter() - start}
                if hasattr(workload, "facts"):
                    result |= workload.facts(request["round"], made)
            answer = {"id": request["id"], "result": result}
        except Exception as error:
            answer = {"id": request["id"], "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
