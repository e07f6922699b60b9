/** 3x3 convolutions by minimal filtering. */
export { correlationCode } from './correlation.ts';
export { gridOf } from './grid.ts';
export { weightGradientCode } from './weight-gradient.ts';
