import { expect, it } from 'vitest';
import { configReader } from './config-reader.js';
import { networkSource } from './network-source.js';

const hub = '/cache/models--inclusionAI--LLaDA-MoE-7B-A1B-Base/snapshots/0a1b/config.json';

it.each<[Record<string, unknown>, string, string]>([
  [
    { auto_map: { AutoConfig: 'configuration_x.XConfig', AutoModel: 'modeling_lladamoe.LLaDAMoEModel' } },
    hub,
    'modeling_lladamoe.py of inclusionAI/LLaDA-MoE-7B-A1B-Base',
  ],
  [
    { auto_map: { AutoModelForCausalLM: 'GSAI-ML/LLaDA-8B-Base--modeling_llada.LLaDAModelLM' } },
    hub,
    'modeling_llada.py of GSAI-ML/LLaDA-8B-Base',
  ],
  [
    { auto_map: { AutoModelForCausalLM: 'modeling_sdar.SDARForCausalLM' } },
    '/models/mine/config.json',
    'modeling_sdar.py of its repository',
  ],
  [
    { model_type: 'qwen3_moe' },
    hub,
    'modeling_qwen3_moe.py of inclusionAI/LLaDA-MoE-7B-A1B-Base or of transformers',
  ],
  [{ auto_map: 'mine', model_type: '../x' }, '/a/config.json', 'the modeling file of its repository'],
  [{}, '/a/config.json', 'the modeling file of its repository'],
])('of %j in %s it is %s', (config, file, source) => {
  expect(networkSource(configReader(config, file))).toBe(source);
});
