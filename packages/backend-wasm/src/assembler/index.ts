/** The assembler's page. */
export * from './atomics.ts';
export * from './code.ts';
export * from './control.ts';
export * from './instructions.ts';
export {
  type Features,
  FunctionBuilder,
  type FunctionCode,
  multiplyAdd,
  multiplyAdd64,
  pick,
  WasmModule,
} from './module.ts';
