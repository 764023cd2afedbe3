import { CheckpointError, UnsupportedError } from '@entrgi/core';

/** The syntax tree of a template, as the parser of @huggingface/jinja makes it. */
export type Node =
  | { readonly type: 'Comment' | 'Break' | 'Continue' }
  | { readonly type: 'Set'; readonly assignee: Node; readonly value: Node | null; readonly body: Block }
  | { readonly type: 'If'; readonly test: Node; readonly body: Block; readonly alternate: Block }
  | ForNode
  | {
      readonly type: 'Macro';
      readonly name: { readonly value: string };
      readonly args: Block;
      readonly body: Block;
    }
  | {
      readonly type: 'CallStatement';
      readonly call: CallNode;
      readonly callerArgs: Block | null;
      readonly body: Block;
    }
  | { readonly type: 'FilterStatement'; readonly filter: FilterNode; readonly body: Block }
  | { readonly type: 'Identifier'; readonly value: string }
  | { readonly type: 'StringLiteral'; readonly value: string }
  | { readonly type: 'IntegerLiteral' | 'FloatLiteral'; readonly value: number }
  | { readonly type: 'ArrayLiteral' | 'TupleLiteral'; readonly value: Block }
  | { readonly type: 'ObjectLiteral'; readonly value: ReadonlyMap<Node, Node> }
  | MemberNode
  | CallNode
  | {
      readonly type: 'UnaryExpression';
      readonly operator: { readonly value: string };
      readonly argument: Node;
    }
  | BinaryNode
  | { readonly type: 'FilterExpression'; readonly operand: Node; readonly filter: FilterNode }
  | {
      readonly type: 'TestExpression';
      readonly operand: Node;
      readonly negate: boolean;
      readonly test: { readonly value: string };
    }
  | { readonly type: 'SelectExpression'; readonly lhs: Node; readonly test: Node }
  | { readonly type: 'Ternary'; readonly condition: Node; readonly trueExpr: Node; readonly falseExpr: Node }
  | SliceNode
  | {
      readonly type: 'KeywordArgumentExpression';
      readonly key: { readonly value: string };
      readonly value: Node;
    }
  | { readonly type: 'SpreadExpression' | 'KeywordSpreadExpression'; readonly argument: Node };

export type Block = readonly Node[];
export type FilterNode = Extract<Node, { type: 'Identifier' }> | CallNode;

export interface ForNode {
  readonly type: 'For';
  readonly loopvar: Node;
  readonly iterable: Node;
  readonly body: Block;
  readonly defaultBlock: Block;
}

export interface CallNode {
  readonly type: 'CallExpression';
  readonly callee: Node;
  readonly args: Block;
}

export interface MemberNode {
  readonly type: 'MemberExpression';
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
}

export interface BinaryNode {
  readonly type: 'BinaryExpression';
  readonly operator: { readonly value: string };
  readonly left: Node;
  readonly right: Node;
}

export interface SliceNode {
  readonly type: 'SliceExpression';
  readonly start?: Node;
  readonly stop?: Node;
  readonly step?: Node;
}

const LONGEST_SOURCE = 100_000;
/** The parser looks for some tags behind white space, in a time that is the square of how much there is. */
const LONGEST_BLANK = 2_000;

/**
 * Parses a template.
 * @throws UnsupportedError for one that is too long, and CheckpointError for one that is not Jinja as far as
 *   it is known
 */
export const parseTemplate = async (source: string, name: string): Promise<Block> => {
  const refuse = (what: string, most: number, got: number): never => {
    throw new UnsupportedError(`${name}: expected at most ${most} ${what}, got ${got}.`, { value: got });
  };
  if (source.length > LONGEST_SOURCE) refuse('characters', LONGEST_SOURCE, source.length);
  for (const [{ length }] of source.matchAll(/\s+/g)) {
    if (length > LONGEST_BLANK) refuse('blanks in a row', LONGEST_BLANK, length);
  }
  const { Template } = await import('@huggingface/jinja');
  try {
    // As Jinja2 does, whose only line break is \n.
    return new Template(source.replace(/\r\n?/g, '\n')).parsed.body as unknown as Block;
  } catch (error) {
    throw new CheckpointError(`${name}: not a Jinja template (${(error as Error).message}).`, {
      cause: error,
    });
  }
};
