// What the packages of this project share; it may change in any version.
export { type GradientKind, gradientKind } from './gradient-kind.js';
