// A process of its own, whose environment names a software renderer: opens every graph of the embedded models on WebGPU, and has the runtime write to its
// standard error where it puts the nodes. Standard output: what the graphs are, as JSON.
import { nodeBackend } from '@entrgi/backend-node';
import {
  type Backend,
  filters,
  type ModelSource,
  optimizers,
  type RewardGuidanceOptions,
  rewardGuidance,
  type SessionOptions,
} from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { decodeModel, GraphBuilder } from '@entrgi/onnx';
import { loadReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import * as ort from 'onnxruntime-node';

/** What a graph is, and which of its nodes compute numbers that are no integers. */
export interface OpenedGraph {
  readonly name: string;
  readonly floats: readonly string[];
  readonly hostNodes: readonly string[];
}

const asked: { model: ModelSource; options: SessionOptions }[] = [];
const cpu = nodeBackend();
const backend: Backend = {
  ...cpu,
  // So that rewards make the graphs that they make for devices.
  isDevice: true,
  createSession(model, options = {}) {
    asked.push({ model, options });
    return cpu.createSession(model, options);
  },
};
const denoiser = await loadDenoiser(denoiserDirectory, { backend });
const reward = await loadReward(rewardDirectory, { backend });
const usual = {
  trajectories: 2,
  maxNewTokens: 24,
  steps: 6,
  temperature: 0.7,
  filters: [filters.topP(0.95)],
};
const run = async (more: Partial<RewardGuidanceOptions>, cacheBlocks = true) => {
  const guidance = rewardGuidance({ reward, guidanceSteps: 1, ...more });
  const all = { denoiser, prompts: ['Complete this story: A cat sat.'], guidance, ...usual };
  for await (const _ of sample({ ...all, blockLength: 12, cacheBlocks }));
};
await run({});
await run({ optimizer: optimizers.ascent(0.1) });
// Logits that stay there from the denoiser to the draw.
await run({}, false);
// What no graph knows, so that the gradient graph runs.
await run({ hardFilters: [() => {}] });
await reward.score('Complete this story: A cat sat.', ['It slept.']);
await backend.dispose();

const graphs: OpenedGraph[] = [];
for (const { model, options } of asked) {
  const { graph } = decodeModel(model.bytes);
  const types = new GraphBuilder(structuredClone(graph));
  const floats = graph.nodes.filter(({ outputs }) => types.knownTypeOf(outputs[0]!)?.type === 'float32');
  const { keep = [], hostNodes = [] } = options;
  graphs.push({ name: model.name ?? '', floats: floats.map(({ name }) => name), hostNodes });
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders:
      hostNodes.length === 0 ? ['webgpu'] : [{ name: 'webgpu', forceCpuNodeNames: [...hostNodes] }],
    preferredOutputLocation: Object.fromEntries(keep.map((name) => [name, 'gpu-buffer'])),
    logSeverityLevel: 0,
    logVerbosityLevel: 1,
    extra: { session: { model_external_initializers_file_folder_path: model.folder! } },
  });
  await session.release();
}
process.stdout.write(JSON.stringify(graphs));
