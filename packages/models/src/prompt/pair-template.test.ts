import { CheckpointError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { pairTemplate } from './pair-template.js';

const special = (id: string, type = 0) => ({ SpecialToken: { id, type_id: type } });
const text = (id: string, type = 0) => ({ Sequence: { id, type_id: type } });
const tokens = Object.fromEntries(
  [
    ['[CLS]', 2],
    ['[SEP]', 3],
    ['<s>', 4],
  ].map(([id, token]) => [id, { id, ids: [token], tokens: [id] }]),
);
const read = (postProcessor: unknown) => pairTemplate(postProcessor, 'tokenizer.json');

describe('pairTemplate', () => {
  const cls: [string, number] = ['[CLS]', 2];
  const sep: [string, number] = ['[SEP]', 3];

  it('reads what BERT, RoBERTa and templates put around two texts, and of which type all are', () => {
    const bert = {
      before: [{ id: 2, type: 0 }],
      between: [{ id: 3, type: 0 }],
      after: [{ id: 3, type: 1 }],
      types: [0, 1],
    };
    const pair = [special('[CLS]'), text('A'), special('[SEP]'), text('B', 1), special('[SEP]', 1)];
    const template = { type: 'TemplateProcessing', pair, special_tokens: tokens };
    expect(read({ type: 'BertProcessing', cls, sep })).toEqual(bert);
    expect(read({ type: 'RobertaProcessing', cls, sep })).toEqual({
      before: [{ id: 2, type: 0 }],
      between: [
        { id: 3, type: 0 },
        { id: 3, type: 0 },
      ],
      after: [{ id: 3, type: 0 }],
      types: [0, 0],
    });
    expect(read(template)).toEqual(bert);
    expect(read({ type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] })).toEqual(bert);
  });

  it('finds none where nothing stands between the texts', () => {
    expect(read(null)).toBeUndefined();
    expect(read({ type: 'ByteLevel' })).toBeUndefined();
    const llama = [special('<s>'), text('A'), special('<s>'), text('B')];
    const template = { type: 'TemplateProcessing', special_tokens: tokens };
    expect(read({ ...template, pair: llama.toSpliced(2, 1) })).toBeUndefined();
    expect(read({ ...template, pair: llama.slice(0, 2) })).toBeUndefined();
    expect(read({ ...template, pair: [text('B'), special('[SEP]'), text('A')] })).toBeUndefined();
  });

  it.each([
    [{ type: 'BertProcessing', cls: ['[CLS]'], sep }],
    [{ type: 'RobertaProcessing', cls }],
    [{ type: 'TemplateProcessing', pair: [text('A'), special('[CLS]'), text('B')] }],
    [
      {
        type: 'TemplateProcessing',
        special_tokens: tokens,
        pair: [text('A'), { SpecialToken: { id: '<s>' } }],
      },
    ],
    [{ type: 'TemplateProcessing', special_tokens: tokens, pair: [7] }],
    // The Rust library reads none of these.
    [{ type: 'Sequence', processors: [null] }],
    [{ type: 'Sequence' }],
    [{ type: 'Padding' }],
    [
      Array.from({ length: 40 }).reduce((inner) => ({ type: 'Sequence', processors: [inner] }), {
        type: 'ByteLevel',
      }),
    ],
    [[]],
  ])('refuses %j', (postProcessor) => {
    expect(() => read(postProcessor)).toThrow(CheckpointError);
    expect(() => read(postProcessor)).toThrow('tokenizer.json: post_processor: expected');
  });
});
