import { expect, it } from 'vitest';
import { modelsFromAddress, modelsToAddress, placeNamed } from './model-place.js';

it.each([
  [' owner/name ', 'owner/name'],
  ['owner/name/', 'owner/name'],
  ['owner/name@v1', 'owner/name@v1'],
  ['owner/name@v1/onnx/model.onnx', 'owner/name@v1/onnx/model.onnx'],
  ['https://huggingface.co/owner/name', 'owner/name'],
  ['https://huggingface.co/owner/name/blob/v1/onnx/model.onnx', 'owner/name@v1/onnx/model.onnx'],
  ['https://example.org/model/', 'https://example.org/model'],
  ['https://example.org/model/model.onnx', 'https://example.org/model/model.onnx'],
  ['hello there', undefined],
  ['~/models/dream', undefined],
  ['https://', undefined],
  ['', undefined],
  [`https://example.org/${'a'.repeat(500)}`, undefined],
])('%j is meant as %j', (text, place) => {
  expect(placeNamed(text)).toBe(place);
  const fragment = modelsToAddress({ denoiser: text, reward: '' });
  expect(modelsFromAddress(`#${fragment}`)).toEqual({ denoiser: place ?? '', reward: '' });
});
