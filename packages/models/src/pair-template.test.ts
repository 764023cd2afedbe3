import { describe, expect, it } from 'vitest';
import { pairTemplate } from './pair-template.js';

const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const text = (id: string) => ({ Sequence: { id, type_id: 0 } });

describe('pairTemplate', () => {
  it('reads what BERT, RoBERTa and templates put around two texts', () => {
    const bert = { before: ['[CLS]'], between: ['[SEP]'], after: ['[SEP]'] };
    const cls: [string, number] = ['[CLS]', 2];
    const sep: [string, number] = ['[SEP]', 3];
    const pair = [special('[CLS]'), text('A'), special('[SEP]'), text('B'), special('[SEP]')];
    expect(pairTemplate({ type: 'BertProcessing', cls, sep })).toEqual(bert);
    expect(pairTemplate({ type: 'RobertaProcessing', cls, sep })).toEqual({
      ...bert,
      between: ['[SEP]', '[SEP]'],
    });
    expect(pairTemplate({ type: 'TemplateProcessing', pair })).toEqual(bert);
    expect(
      pairTemplate({
        type: 'Sequence',
        processors: [{ type: 'ByteLevel' }, { type: 'TemplateProcessing', pair }],
      }),
    ).toEqual(bert);
  });

  it('finds none where nothing stands between the texts', () => {
    expect(pairTemplate(null)).toBeUndefined();
    expect(pairTemplate({ type: 'ByteLevel' })).toBeUndefined();
    const llama = [special('<s>'), text('A'), special('<s>'), text('B')];
    expect(pairTemplate({ type: 'TemplateProcessing', pair: llama.toSpliced(2, 1) })).toBeUndefined();
    expect(pairTemplate({ type: 'TemplateProcessing', pair: llama.slice(0, 2) })).toBeUndefined();
  });
});
