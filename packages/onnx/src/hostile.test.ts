import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { InvalidModelError, UnsupportedError } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ModelProto, ModelProtoSchema, type NodeProto, NodeProtoSchema } from './generated/onnx_pb.js';
import { canonicalize, decodeModel, encodeModel, GraphBuilder } from './index.js';

/** A small sound model with weights, a constant, an attribute of each kind of tensor and external data. */
function sound(): Uint8Array {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['batch', 4]);
  const w = g.initializer('w', { type: 'float32', dims: [4, 3], data: new Float32Array(12).fill(0.5) });
  const far = g.initializer('far', {
    type: 'float32',
    dims: [3],
    external: { location: 'a/weights.bin', offset: 8, length: 12 },
  });
  const y = g.Add(g.MatMul(x, w), far);
  g.output(g.Softmax(g.ReduceSum(y, [-1]), -1), 'y');
  return encodeModel(g.model());
}

const bytes = sound();

/** The sound model with one thing changed. */
function changed(change: (model: ModelProto) => void): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, bytes);
  change(proto);
  return toBinary(ModelProtoSchema, proto);
}

const node = (opType: string, input: string[], output: string[], more: Partial<NodeProto> = {}) =>
  create(NodeProtoSchema, { opType, input, output, ...(more as object) });

const weight = (proto: ModelProto) => proto.graph!.initializer.find(({ name }) => name === 'w')!;
const far = (proto: ModelProto) => proto.graph!.initializer.find(({ name }) => name === 'far')!;
const entry = (proto: ModelProto, key: string, value: string) => {
  const data = far(proto).externalData;
  const found = data.find((pair) => pair.key === key);
  if (found !== undefined) found.value = value;
  else data.push({ $typeName: 'entrgi.onnx.StringStringEntryProto', key, value });
};
const location = (value: string) => (proto: ModelProto) => entry(proto, 'location', value);
const attribute = (attributes: object) => (proto: ModelProto) => {
  proto.graph!.node[0] = create(NodeProtoSchema, {
    opType: 'MatMul',
    input: ['x', 'w'],
    output: proto.graph!.node[0]!.output,
    attribute: [{ name: 'a', ...attributes }],
  });
};

const hostile: Readonly<Record<string, (proto: ModelProto) => void>> = {
  'no graph': (proto) => {
    delete (proto as Partial<ModelProto>).graph;
  },
  'no operator set': (proto) => {
    proto.opsetImport = [];
  },
  'opset 10': (proto) => {
    proto.opsetImport[0]!.version = 10n;
  },
  'opset 28': (proto) => {
    proto.opsetImport[0]!.version = 28n;
  },
  'a negative opset': (proto) => {
    proto.opsetImport[0]!.version = -1n;
  },
  'opset 2⁶²': (proto) => {
    proto.opsetImport[0]!.version = 2n ** 62n;
  },
  'two operator sets of one domain': (proto) => {
    proto.opsetImport.push({ ...proto.opsetImport[0]!, domain: 'ai.onnx', version: 12n });
  },
  'a domain that is not imported': (proto) => {
    proto.graph!.node[0]!.domain = 'evil';
  },
  'local functions': (proto) => {
    proto.functions = [new Uint8Array([10, 1, 102])];
  },
  'training information': (proto) => {
    proto.trainingInfo = [new Uint8Array()];
  },
  'sparse initializers': (proto) => {
    proto.graph!.sparseInitializer = [new Uint8Array()];
  },
  'an overloaded operator': (proto) => {
    proto.graph!.node[0]!.overload = 'x';
  },
  'a cycle': (proto) => {
    proto.graph!.node[0]!.input[0] = proto.graph!.node[1]!.output[0]!;
  },
  'a node that reads itself': (proto) => {
    proto.graph!.node[0]!.input[0] = proto.graph!.node[0]!.output[0]!;
  },
  'unsorted nodes': (proto) => {
    proto.graph!.node.reverse();
  },
  'an undefined input': (proto) => {
    proto.graph!.node[0]!.input[0] = 'nothing';
  },
  'a missing initializer': (proto) => {
    proto.graph!.initializer.shift();
  },
  'two nodes with one output': (proto) => {
    proto.graph!.node[1]!.output = [...proto.graph!.node[0]!.output];
  },
  'a node that overwrites an input': (proto) => {
    proto.graph!.node[0]!.output[0] = 'x';
  },
  'a node that overwrites an initializer': (proto) => {
    proto.graph!.node[0]!.output[0] = 'w';
  },
  'two initializers of one name': (proto) => {
    proto.graph!.initializer.push(weight(proto));
  },
  'two inputs of one name': (proto) => {
    proto.graph!.input.push(proto.graph!.input[0]!);
  },
  'two outputs of one name': (proto) => {
    proto.graph!.output.push(proto.graph!.output[0]!);
  },
  'an output that nothing makes': (proto) => {
    proto.graph!.output[0]!.name = 'nothing';
  },
  'no outputs': (proto) => {
    proto.graph!.output = [];
  },
  'an input without a name': (proto) => {
    proto.graph!.input[0]!.name = '';
  },
  'an initializer without a name': (proto) => {
    weight(proto).name = '';
  },
  'a node without an operator': (proto) => {
    proto.graph!.node[0]!.opType = '';
  },
  'a node without outputs': (proto) => {
    proto.graph!.node.push(node('Neg', ['x'], []));
  },
  'an input without a type': (proto) => {
    delete (proto.graph!.input[0] as { type?: unknown }).type;
  },
  'a sequence': (proto) => {
    proto.graph!.input[0]!.type!.value = { case: 'sequenceType', value: new Uint8Array() };
  },
  'a map': (proto) => {
    proto.graph!.input[0]!.type!.value = { case: 'mapType', value: new Uint8Array() };
  },
  'an optional': (proto) => {
    proto.graph!.input[0]!.type!.value = { case: 'optionalType', value: new Uint8Array() };
  },
  'an input of unknown element type': (proto) => {
    const type = proto.graph!.input[0]!.type!.value;
    if (type.case === 'tensorType') type.value.elemType = 99;
  },
  'an input with a negative size': (proto) => {
    const type = proto.graph!.input[0]!.type!.value;
    if (type.case === 'tensorType') type.value.shape!.dim[1]!.value = { case: 'dimValue', value: -4n };
  },
  'an initializer of unknown element type': (proto) => {
    weight(proto).dataType = 17;
  },
  'a negative size': (proto) => {
    weight(proto).dims = [-4n, -3n];
  },
  'sizes that overflow': (proto) => {
    weight(proto).dims = [2n ** 32n, 2n ** 32n, 2n ** 32n];
  },
  'sizes that wrap round to the right product': (proto) => {
    weight(proto).dims = [2n ** 62n, 8n, 12n];
  },
  'sizes that overflow behind a zero': (proto) => {
    weight(proto).dims = [0n, 2n ** 52n, 2n ** 52n];
    weight(proto).rawData = new Uint8Array();
  },
  'sizes larger than the bytes': (proto) => {
    weight(proto).dims = [1024n, 1024n, 1024n];
  },
  'sizes smaller than the bytes': (proto) => {
    weight(proto).dims = [2n];
  },
  'bytes that are no whole number of elements': (proto) => {
    weight(proto).rawData = new Uint8Array(47);
  },
  'raw and typed data': (proto) => {
    weight(proto).floatData = [1];
  },
  'a segment': (proto) => {
    weight(proto).segment = new Uint8Array([8, 1]);
  },
  'a truth value of 2': (proto) => {
    Object.assign(weight(proto), { dataType: 9, dims: [1n], rawData: new Uint8Array([2]) });
  },
  'raw strings': (proto) => {
    Object.assign(weight(proto), { dataType: 8, dims: [1n], rawData: new Uint8Array([2]) });
  },
  'strings that are not UTF-8': (proto) => {
    Object.assign(weight(proto), {
      dataType: 8,
      dims: [1n],
      rawData: new Uint8Array(),
      stringData: [new Uint8Array([255])],
    });
  },
  'typed data out of range': (proto) => {
    Object.assign(weight(proto), { dataType: 3, dims: [1n], rawData: new Uint8Array(), int32Data: [128] });
  },
  'external data above the folder': location('../weights.bin'),
  'external data above the folder, deep': location('a/b/../../../weights.bin'),
  'an absolute location': location('/etc/passwd'),
  'an empty location': location(''),
  'no location': (proto) => {
    far(proto).externalData.shift();
  },
  'a NUL in a location': location('weights.bin\0.png'),
  'a backslash in a location': location('..\\weights.bin'),
  'a drive in a location': location('C:/weights.bin'),
  'a scheme in a location': location('file:///etc/passwd'),
  'the folder itself': location('.'),
  'an empty segment': location('a//b'),
  'a second location': (proto) => {
    far(proto).externalData.push({ ...far(proto).externalData[0]! });
  },
  'a negative offset': (proto) => entry(proto, 'offset', '-1'),
  'an offset that overflows': (proto) => entry(proto, 'offset', '18446744073709551615'),
  'an offset near the limit': (proto) => entry(proto, 'offset', '9007199254740991'),
  'an offset in hexadecimal': (proto) => entry(proto, 'offset', '0x10'),
  'an empty offset': (proto) => entry(proto, 'offset', ''),
  'a length that disagrees': (proto) => entry(proto, 'length', '13'),
  'external and inline data': (proto) => {
    far(proto).rawData = new Uint8Array(12);
  },
  'external strings': (proto) => {
    far(proto).dataType = 8;
  },
  'an unknown data location': (proto) => {
    far(proto).dataLocation = 7;
  },
  'external data in an attribute': (proto) => attribute({ type: 4, t: far(proto) })(proto),
  'a subgraph': attribute({ type: 5, g: new Uint8Array([18, 1, 97]) }),
  'an empty subgraph': attribute({ type: 5 }),
  'a subgraph that calls itself an integer': attribute({ type: 2, i: 1n, g: new Uint8Array([18, 1, 97]) }),
  'a list of subgraphs': attribute({ type: 10, graphs: [new Uint8Array()] }),
  'an attribute of unknown type': attribute({ type: 77 }),
  'an attribute reference': attribute({ type: 2, refAttrName: 'b' }),
  'an integer beyond 2⁵³': attribute({ type: 2, i: 2n ** 60n }),
  'an attribute that is not UTF-8': attribute({ type: 3, s: new Uint8Array([0xc3, 0x28]) }),
  'a tensor attribute without a tensor': attribute({ type: 4 }),
  'an attribute that occurs twice': (proto) => {
    attribute({ type: 2, i: 1n })(proto);
    proto.graph!.node[0]!.attribute.push(proto.graph!.node[0]!.attribute[0]!);
  },
  ...Object.fromEntries(
    ['Loop', 'If', 'Scan', 'SequenceMap', 'SequenceConstruct', 'Optional'].map((opType) => [
      opType,
      (proto: ModelProto) => {
        proto.graph!.node.push(node(opType, ['x'], ['z']));
      },
    ]),
  ),
  'Concats that double without end': (proto) => {
    const graph = proto.graph!;
    let last = 'x';
    for (let i = 0; i < 40; i++) {
      const concat = node('Concat', [last, last], [`double${i}`]);
      concat.attribute = [
        { ...create(NodeProtoSchema, { attribute: [{ name: 'axis', type: 2, i: 0n }] }).attribute[0]! },
      ];
      graph.node.push(concat);
      last = `double${i}`;
    }
  },
};

/** Well-formed, but of a kind that is not supported. */
const unsupported = new Set([
  ...['opset 10', 'opset 28', 'local functions', 'training information', 'sparse initializers'],
  ...['a subgraph', 'a subgraph that calls itself an integer', 'a list of subgraphs'],
  ...['a sequence', 'a map', 'an optional'],
  ...['Loop', 'If', 'Scan', 'SequenceMap', 'SequenceConstruct', 'Optional'],
]);

describe('decodeModel refuses', () => {
  test.each(Object.keys(hostile))('%s', (name) => {
    const file = changed(hostile[name]!);
    expect(() => decodeModel(file)).toThrow(unsupported.has(name) ? UnsupportedError : InvalidModelError);
  });

  test('bytes that are something else', () => {
    for (const file of [
      new Uint8Array(),
      new TextEncoder().encode('{"a": 1}'),
      new Uint8Array(1000).fill(255),
      new Uint8Array(64),
    ]) {
      expect(() => decodeModel(file)).toThrow(InvalidModelError);
    }
  });

  test('groups nested a million deep', () => {
    expect(() => decodeModel(new Uint8Array(1_000_000).fill(0x0b))).toThrow(InvalidModelError);
  });

  test('names that are not UTF-8', () => {
    const file = bytes.slice();
    const at = file.findIndex((_, i) => file[i] === 0x62 && file[i + 1] === 0x61 && file[i + 2] === 0x74);
    file[at] = 0xff;
    expect(() => decodeModel(file)).toThrow(InvalidModelError);
  });

  test('every truncation, but for metadata at the end', () => {
    const whole = decodeModel(bytes);
    for (let length = 0; length < bytes.length; length++) {
      let model: ReturnType<typeof decodeModel>;
      try {
        model = decodeModel(bytes.subarray(0, length));
      } catch (error) {
        expect(error, `length ${length}`).toBeInstanceOf(InvalidModelError);
        continue;
      }
      expect(model.graph, `length ${length}`).toEqual(whole.graph);
    }
  });
});

test('operators called like members of Object are just operators', () => {
  for (const opType of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const file = changed((proto) => {
      proto.graph!.node.push(node(opType, ['x'], ['z']));
    });
    expect(decodeModel(file).graph.nodes.at(-1)!.opType).toBe(opType);
    expect(canonicalize(decodeModel(file)).graph.nodes.map((each) => each.opType)).not.toContain(opType);
  }
});

const runs = process.env.ENTRGI_SLOW === '1' ? 100_000 : 2_000;

test('damaged bytes give a model or a typed error, nothing else', () => {
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(damage, (changes) => {
      const file = bytes.slice();
      for (const [at, value] of changes) file[at] = value;
      try {
        expect(decodeModel(encodeModel(decodeModel(file)))).toBeDefined();
      } catch (error) {
        expect(error instanceof InvalidModelError || error instanceof UnsupportedError).toBe(true);
      }
    }),
    { numRuns: runs },
  );
}, 900_000);

describe('decodeModel takes', () => {
  test('one operator set twice, in either name, as tools that join models write it', () => {
    const twice = changed((proto) => {
      proto.opsetImport.push({ ...proto.opsetImport[0]!, domain: 'ai.onnx' }, { ...proto.opsetImport[0]! });
    });
    expect(decodeModel(twice)).toEqual(decodeModel(bytes));
  });

  test.each([24, 25, 26, 27])('IR version 14 with opset %i', (opset) => {
    const file = changed((proto) => {
      proto.irVersion = 14n;
      proto.opsetImport[0]!.version = BigInt(opset);
    });
    const { irVersion, opsets } = canonicalize(decodeModel(file));
    expect([irVersion, opsets.get('')]).toEqual([10, 21]);
  });
});

describe('what is not read', () => {
  const branching = changed((proto) => {
    const choice = node('If', ['x'], ['z']);
    choice.name = 'choice';
    choice.attribute = [
      {
        ...create(NodeProtoSchema, { attribute: [{ name: 'then_branch', type: 5 }] }).attribute[0]!,
        g: new Uint8Array([18, 1, 97]),
      },
    ];
    proto.graph!.node.push(choice);
  });
  const calling = changed((proto) => {
    proto.functions = [new Uint8Array([10, 1, 102])];
    proto.opsetImport.push({ ...proto.opsetImport[0]!, domain: 'mine' });
    proto.graph!.node.push({ ...node('f', ['x'], ['z']), name: 'call', domain: 'mine' });
  });

  test('is refused by operator and node', () => {
    expect(() => decodeModel(branching)).toThrow(
      "Node 'choice' (If): control flow, subgraphs and sequences are not supported.",
    );
    expect(() => decodeModel(calling)).toThrow("Node 'call' (mine.f): local functions are not supported.");
  });

  test.each([
    ['control flow', branching],
    ['local functions', calling],
  ])('%s can be looked at, and neither written nor canonicalized', (_, file) => {
    const model = decodeModel(file, { lookOnly: true });
    expect(model.graph.nodes.at(-1)!.outputs).toEqual(['z']);
    expect(() => encodeModel(model)).toThrow(UnsupportedError);
    expect(() => canonicalize(model)).toThrow(UnsupportedError);
  });
});
