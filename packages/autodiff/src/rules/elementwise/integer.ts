import { cut } from '../../rule/rule.js';

const index = cut('positions have no gradient');
export const ArgMax = index;
export const ArgMin = index;
export const NonZero = index;

const truth = cut('truth values have no gradient');
export const Equal = truth;
export const Less = truth;
export const LessOrEqual = truth;
export const Greater = truth;
export const GreaterOrEqual = truth;
export const And = truth;
export const Or = truth;
export const Xor = truth;
export const Not = truth;
export const IsNaN = truth;
export const IsInf = truth;

const sizes = cut('a shape has no gradient');
export const Shape = sizes;
export const Size = sizes;
export const ConstantOfShape = sizes;
export const EyeLike = sizes;
export const Range = sizes;
