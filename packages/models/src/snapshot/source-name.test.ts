import { expect, it } from 'vitest';
import { sourceName } from './source-name.js';

const id = 'owner/name';
it.each([
  ['owner/name', { kind: 'repository', id }],
  ['owner/name@main', { kind: 'repository', id, revision: 'main' }],
  ['owner/name@feature/x', { kind: 'repository', id, revision: 'feature/x' }],
  ['owner/name@refs/pr/1', { kind: 'repository', id, revision: 'refs/pr/1' }],
  ['owner/name/model.onnx', { kind: 'repository', id, file: 'model.onnx' }],
  ['owner/name/onnx/model_q4.onnx', { kind: 'repository', id, file: 'onnx/model_q4.onnx' }],
  ['owner/name/a/b/model.onnx', { kind: 'repository', id, file: 'a/b/model.onnx' }],
  ['owner/name@v1/onnx/x.onnx', { kind: 'repository', id, revision: 'v1', file: 'onnx/x.onnx' }],
  ['owner/name@refs/pr/1/x.onnx', { kind: 'repository', id, revision: 'refs/pr/1', file: 'x.onnx' }],
  // Two parts are an id, whatever they are called: the file of a folder here is ./onnx/model.onnx.
  ['onnx/model.onnx', { kind: 'repository', id: 'onnx/model.onnx' }],
  ['https://huggingface.co/owner/name', { kind: 'repository', id }],
  ['https://huggingface.co/owner/name/', { kind: 'repository', id }],
  ['https://huggingface.co/owner/name/tree/main', { kind: 'repository', id, revision: 'main' }],
  [
    'https://huggingface.co/owner/name/blob/refs%2Fpr%2F1/onnx/x.onnx?download=true',
    { kind: 'repository', id, revision: 'refs/pr/1', file: 'onnx/x.onnx' },
  ],
  ['https://huggingface.co/datasets/owner/name', { kind: 'address' }],
  ['https://example.org/owner/name', { kind: 'address' }],
  ['http://127.0.0.1:8000/onnx/model.onnx', { kind: 'address' }],
  ['HTTPS://example.org', { kind: 'address' }],
  ['.', { kind: 'path' }],
  ['./owner/name', { kind: 'path' }],
  ['../owner/name/x.onnx', { kind: 'path' }],
  ['/owner/name', { kind: 'path' }],
  ['~/owner/name', { kind: 'path' }],
  ['', { kind: 'other' }],
  ['name', { kind: 'other' }],
  ['a/b/c', { kind: 'other' }],
  ['owner/name/', { kind: 'other' }],
  ['owner/name@', { kind: 'other' }],
  ['owner/name/../x.onnx', { kind: 'other' }],
  ['a\\b', { kind: 'other' }],
  ['C:\\models\\dream', { kind: 'other' }],
  ['owner/na me', { kind: 'other' }],
  ['owner/na me/x.onnx', { kind: 'other' }],
])('%j', (text, expected) => {
  expect(sourceName(text)).toEqual(expected);
});

// Read off huggingface_hub's validate_repo_id.
it.each([
  ['Dream-org/Dream-v0-Instruct-7B', true],
  ['GSAI-ML/LLaDA-8B-Base', true],
  ['123/Foo-BAR_foo.bar123', true],
  [`a/${'b'.repeat(96)}`, true],
  [`a/${'b'.repeat(97)}`, false],
  ['a/.b', false],
  ['a/b.', false],
  ['a/b--c', false],
  ['café/a', false],
  ['a\\b', false],
])('the hub allows %j as an id: %s', (name, allowed) => {
  expect(sourceName(name).kind === 'repository').toBe(allowed);
});
