import { UnsupportedError } from '@entrgi/core';
import { calculate } from './calculate.js';
import { applyFilter, type FilterContext } from './filters.js';
import { member, sliced } from './members.js';
import type { Block, CallNode, FilterNode, ForNode, Node } from './syntax.js';
import { contains, test } from './tests.js';
import { show } from './value/show.js';
import { Text } from './value/text.js';
import {
  type Arguments,
  areEqual,
  Callable,
  Dict,
  elementsOf,
  isTrue,
  List,
  Namespace,
  orElse,
  typeName,
  Undefined,
  type Value,
} from './value/values.js';

/** Names and what they stand for, looked up outwards. */
class Scope {
  readonly #names = new Map<string, Value>();

  constructor(private readonly outer?: Scope) {}

  get(name: string): Value | undefined {
    let scope: Scope | undefined = this;
    while (scope !== undefined) {
      const value = scope.#names.get(name);
      if (value !== undefined) return value;
      scope = scope.outer;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }
}

/**
 * What a turn of a loop or the call of a macro costs before anything is done in it: a scope, and what is
 * known there.
 */
const STEPS_OF_A_SCOPE = 10;

type Leaving = 'break' | 'continue' | undefined;

/**
 * The text that a template makes of some values, every character with its origin.
 * @throws what the budget throws, and Error where the template fails
 */
export const evaluateTemplate = (
  program: Block,
  variables: Readonly<Record<string, Value>>,
  context: FilterContext,
): Text => {
  const { budget } = context;
  const literals = new WeakMap<Node, Text>();

  const render = (block: Block, scope: Scope): Text => {
    const out: Text[] = [];
    let length = 0;
    const write = (text: Text): void => {
      length += text.length;
      budget.checkLength(length);
      out.push(text);
    };
    run(block, scope, write);
    budget.spendCharacters(length);
    return Text.join(out);
  };

  const run = (block: Block, scope: Scope, write: (text: Text) => void): Leaving => {
    for (const node of block) {
      const leaving = execute(node, scope, write);
      if (leaving !== undefined) return leaving;
    }
    return undefined;
  };

  const execute = (node: Node, scope: Scope, write: (text: Text) => void): Leaving => {
    budget.enter();
    let leaving: Leaving;
    switch (node.type) {
      case 'Comment':
        break;
      case 'Break':
        leaving = 'break';
        break;
      case 'Continue':
        leaving = 'continue';
        break;
      case 'Set':
        assign(
          node.assignee,
          node.value === null ? render(node.body, new Scope(scope)) : evaluated(node.value, scope),
          scope,
        );
        break;
      case 'If':
        leaving = run(isTrue(evaluated(node.test, scope)) ? node.body : node.alternate, scope, write);
        break;
      case 'For':
        leaving = loop(node, scope, write);
        break;
      case 'Macro':
        scope.set(node.name.value, macro(node.args, node.body, scope));
        break;
      case 'CallStatement': {
        const args = argumentsOf(node.call.args, scope);
        const named = new Map(args.named).set('caller', macro(node.callerArgs ?? [], node.body, scope));
        write(show(callable(node.call.callee, scope).call({ ...args, named }), budget));
        break;
      }
      case 'FilterStatement':
        write(show(filtered(render(node.body, new Scope(scope)), node.filter, scope), budget));
        break;
      default:
        write(show(evaluated(node, scope), budget));
    }
    budget.leave();
    return leaving;
  };

  const assign = (target: Node, value: Value, scope: Scope): void => {
    if (target.type === 'Identifier') {
      scope.set(target.value, value);
    } else if (target.type === 'TupleLiteral') {
      const items = elementsOf(value, budget);
      if (items.length !== target.value.length) {
        throw new Error(`expected ${target.value.length} values to unpack, got ${items.length}`);
      }
      target.value.forEach((each, i) => {
        assign(each, items[i]!, scope);
      });
    } else if (
      target.type === 'MemberExpression' &&
      target.property.type === 'Identifier' &&
      !target.computed
    ) {
      const object = evaluated(target.object, scope);
      if (!(object instanceof Namespace)) throw new Error('only a namespace takes attributes');
      object.attributes.set(target.property.value, value);
    } else {
      throw new Error('nothing can be assigned to that');
    }
  };

  const loop = (node: ForNode, scope: Scope, write: (text: Text) => void): Leaving => {
    const filter = node.iterable.type === 'SelectExpression' ? node.iterable : undefined;
    const all = elementsOf(evaluated(filter?.lhs ?? node.iterable, scope), budget);
    const items =
      filter === undefined
        ? all
        : all.filter((item) => {
            const inner = new Scope(scope);
            assign(node.loopvar, item, inner);
            return isTrue(evaluated(filter.test, inner));
          });
    if (items.length === 0) return run(node.defaultBlock, new Scope(scope), write);
    let last: readonly Value[] | undefined;
    for (const [i, item] of items.entries()) {
      const inner = new Scope(scope);
      budget.spend(STEPS_OF_A_SCOPE);
      inner.set(
        'loop',
        new Namespace(
          new Map<string, Value>([
            ['index', i + 1],
            ['index0', i],
            ['revindex', items.length - i],
            ['revindex0', items.length - i - 1],
            ['first', i === 0],
            ['last', i === items.length - 1],
            ['length', items.length],
            ['depth', 1],
            ['depth0', 0],
            ['previtem', orElse(items[i - 1], new Undefined('previtem'))],
            ['nextitem', orElse(items[i + 1], new Undefined('nextitem'))],
            ['cycle', new Callable(({ positional }) => positional[i % positional.length] ?? null)],
            [
              'changed',
              new Callable(({ positional }) => {
                const before = last;
                last = positional;
                return before === undefined || !areEqual(new List(before), new List(positional), budget);
              }),
            ],
          ]),
        ),
      );
      assign(node.loopvar, item, inner);
      if (run(node.body, inner, write) === 'break') break;
    }
    return undefined;
  };

  const macro = (parameters: Block, body: Block, defined: Scope): Callable =>
    new Callable(({ positional, named }) => {
      budget.enter();
      budget.spend(STEPS_OF_A_SCOPE);
      const scope = new Scope(defined);
      const rest = new Map(named);
      const caller = rest.get('caller');
      rest.delete('caller');
      parameters.forEach((parameter, i) => {
        const key =
          parameter.type === 'KeywordArgumentExpression'
            ? parameter.key.value
            : (parameter as { value: string }).value;
        const given = i < positional.length ? positional[i] : rest.get(key);
        rest.delete(key);
        if (given !== undefined) scope.set(key, given);
        else if (parameter.type === 'KeywordArgumentExpression')
          scope.set(key, evaluated(parameter.value, scope));
        else scope.set(key, new Undefined(key));
      });
      scope.set('varargs', new List(positional.slice(parameters.length), true));
      const kwargs = new Dict();
      for (const [key, value] of rest) kwargs.set(Text.own(key), value);
      scope.set('kwargs', kwargs);
      if (caller !== undefined) scope.set('caller', caller);
      const text = render(body, scope);
      budget.leave();
      return text;
    });

  const argumentsOf = (nodes: Block, scope: Scope): Arguments => {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    for (const node of nodes) {
      if (node.type === 'KeywordArgumentExpression') named.set(node.key.value, evaluated(node.value, scope));
      else if (node.type === 'SpreadExpression') {
        const items = elementsOf(evaluated(node.argument, scope), budget);
        budget.spend(items.length);
        for (const item of items) positional.push(item);
      } else if (node.type === 'KeywordSpreadExpression') {
        const dict = evaluated(node.argument, scope);
        if (!(dict instanceof Dict)) throw new Error(`** wants a dict, got a ${typeName(dict)}`);
        budget.spend(dict.entries.size);
        for (const { key, value } of dict.entries.values()) named.set(show(key, budget).chars, value);
      } else positional.push(evaluated(node, scope));
    }
    return { positional, named };
  };

  const callable = (node: Node, scope: Scope): Callable => {
    const value = evaluated(node, scope);
    if (value instanceof Callable) return value;
    throw new Error(`a ${typeName(value)} cannot be called`);
  };

  const call = (node: CallNode, scope: Scope): Value =>
    callable(node.callee, scope).call(argumentsOf(node.args, scope));

  const filtered = (value: Value, filter: FilterNode, scope: Scope): Value => {
    if (filter.type === 'Identifier') {
      return applyFilter(filter.value, value, { positional: [], named: new Map() }, context);
    }
    if (filter.callee.type !== 'Identifier') throw new Error('expected the name of a filter');
    return applyFilter(filter.callee.value, value, argumentsOf(filter.args, scope), context);
  };

  const evaluated = (node: Node, scope: Scope): Value => {
    budget.enter();
    const value = compute(node, scope);
    budget.leave();
    return value;
  };

  const compute = (node: Node, scope: Scope): Value => {
    switch (node.type) {
      case 'StringLiteral': {
        let text = literals.get(node);
        if (text === undefined) {
          text = Text.own(node.value);
          literals.set(node, text);
        }
        return text;
      }
      case 'IntegerLiteral':
        return calculate('+', node.value, 0, budget);
      case 'FloatLiteral':
        return calculate('/', node.value, 1, budget);
      case 'ArrayLiteral':
      case 'TupleLiteral':
        return new List(
          node.value.map((item) => evaluated(item, scope)),
          node.type === 'TupleLiteral',
        );
      case 'ObjectLiteral': {
        const dict = new Dict();
        for (const [key, value] of node.value) dict.set(evaluated(key, scope), evaluated(value, scope));
        return dict;
      }
      case 'Identifier':
        return identifier(node.value, scope);
      case 'CallExpression':
        return call(node, scope);
      case 'MemberExpression': {
        const object = evaluated(node.object, scope);
        const { property } = node;
        if (property.type === 'SliceExpression') {
          const bound = (part: Node | undefined) => (part === undefined ? null : evaluated(part, scope));
          return sliced(object, bound(property.start), bound(property.stop), bound(property.step), budget);
        }
        const key =
          !node.computed && property.type === 'Identifier'
            ? Text.own(property.value)
            : evaluated(property, scope);
        return member(object, key, node.computed ? 'item' : 'attribute', context);
      }
      case 'UnaryExpression': {
        const value = evaluated(node.argument, scope);
        return node.operator.value === 'not'
          ? !isTrue(value)
          : calculate(node.operator.value as '-', 0, value, budget);
      }
      case 'BinaryExpression': {
        const { value: operator } = node.operator;
        const left = evaluated(node.left, scope);
        if (operator === 'and') return isTrue(left) ? evaluated(node.right, scope) : left;
        if (operator === 'or') return isTrue(left) ? left : evaluated(node.right, scope);
        const right = evaluated(node.right, scope);
        if (operator === 'in') return contains(right, left, budget);
        if (operator === 'not in') return !contains(right, left, budget);
        return calculate(operator, left, right, budget);
      }
      case 'FilterExpression':
        return filtered(evaluated(node.operand, scope), node.filter, scope);
      case 'TestExpression':
        return test(node.test.value, evaluated(node.operand, scope), [], budget) !== node.negate;
      case 'SelectExpression':
        return isTrue(evaluated(node.test, scope)) ? evaluated(node.lhs, scope) : new Undefined('else');
      case 'Ternary':
        return evaluated(isTrue(evaluated(node.condition, scope)) ? node.trueExpr : node.falseExpr, scope);
      default:
        throw new UnsupportedError(`${context.name}: the template has a ${node.type} where none is known.`, {
          value: node.type,
        });
    }
  };

  const identifier = (name: string, scope: Scope): Value => {
    const constants: Record<string, Value> = {
      true: true,
      false: false,
      none: null,
      True: true,
      False: false,
      None: null,
    };
    if (Object.hasOwn(constants, name)) return constants[name]!;
    return orElse(scope.get(name), new Undefined(name));
  };

  const globals = new Scope();
  for (const [name, value] of Object.entries(variables)) globals.set(name, value);
  return render(program, new Scope(globals));
};
