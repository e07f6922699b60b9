/** Kinds whose operands are selected by indices. */
export { gatherKind } from './gather.ts';
export { scatterKind } from './scatter.ts';
