import { nonDifferentiable, type RuleRequest } from '../../rule/rule.js';

const rounds = nonDifferentiable('it rounds to integers, so its slope is zero wherever it exists');

/** The quantized elements are integers, where a gradient ends; only the scale could have one. */
export const DequantizeLinear = ({ unsupported }: RuleRequest): never => {
  throw unsupported('its scale has no rule');
};

export const QuantizeLinear = rounds;
export const DynamicQuantizeLinear = rounds;
export const Round = rounds;
export const Floor = rounds;
export const Ceil = rounds;
const step = nonDifferentiable('it is a step');
export const Sign = step;
export const Hardmax = step;

const draws = nonDifferentiable('it draws at random');
export const Multinomial = draws;
export const Bernoulli = draws;
