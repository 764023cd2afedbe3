import { readdir, readFile } from 'node:fs/promises';
import { differentiate } from '@entrgi/autodiff';
import { canonicalize, decodeModel, encodeModel } from '@entrgi/onnx';
import { isFloat } from '@entrgi/onnx/internal';
import { gradientCases } from '../../../packages/autodiff/src/testing/gradient-cases.js';
import { forwardModel } from '../../../packages/autodiff/src/testing/gradient-check.js';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import type { Target } from '../target.js';

const exports = new URL('../../../packages/onnx/fixtures/exports/', import.meta.url);

/** An ONNX model is decoded, checked, canonicalized, differentiated and encoded. */
export const onnx: Target = {
  async inputs() {
    const small = gradientCases.map((each) => encodeModel(forwardModel(each)));
    const files = (await readdir(exports)).filter((name) =>
      /(bert-dynamo-18|qwen3-dynamo-23|gpt2-ts-13)\.onnx$/.test(name),
    );
    return [...small, ...(await Promise.all(files.map((name) => readFile(new URL(name, exports)))))];
  },
  mutations: [mutateProtobuf, mutateProtobuf, mutateProtobuf, mutateBytes],
  attempt(bytes) {
    const model = decodeModel(bytes);
    decodeModel(encodeModel(model));
    encodeModel(canonicalize(model));
    const { inputs, outputs } = model.graph;
    const float = (values: typeof inputs) =>
      [...values].filter(([, { type }]) => isFloat(type)).map(([name]) => name);
    const [of, wrt] = [float(outputs)[0], float(inputs)[0]];
    if (of !== undefined && wrt !== undefined) encodeModel(differentiate(model, { of, wrt }));
  },
};
