/**
 * Code for the core rows, by the type of their arguments: all that no program goes without. With the table of `math/` it makes the scalar language whole on this
 * backend.
 */
import type { CoreName } from '@nn/backend';
import { type Code, f32x4, f64x2, i32x4, pick, v128 } from '../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../assembler/module.ts';
import { exponential } from './math/exponential.ts';
import type { MathName } from './math/index.ts';
import { logarithm } from './math/logarithm.ts';
import { narrowMask, wideMasks } from './quad.ts';

type Instruction = (...args: Code[]) => Code;

/** The same instruction on every vector of the arguments. */
const lanewise =
  (instruction: (f: FunctionBuilder) => Instruction): FunctionCode =>
  (f, _, args) =>
    args[0]!.map((_, part) => instruction(f)(...args.map((arg) => arg[part]!)));

/** By type; i32 serves u32 and bool (a mask) where they have no code of their own. */
function by(codes: {
  f32?: Instruction;
  f64?: Instruction;
  i32?: Instruction;
  u32?: Instruction;
  bool?: Instruction;
}): FunctionCode {
  return (f, type, args) => {
    const code = codes[type] ?? codes.i32;
    return lanewise(() => code!)(f, type, args);
  };
}

/** Comparisons give one mask. */
function comparing(codes: { f32: Instruction; f64: Instruction; i32: Instruction; u32: Instruction }): FunctionCode {
  return (f, type, args) => {
    // True is below false as a signed mask: bools compare as unsigned numbers.
    const code = type === 'bool' ? codes.u32 : codes[type];
    const masks = lanewise(() => code)(f, type, args);
    return type === 'f64' ? [narrowMask(masks[0]!, masks[1]!)] : masks;
  };
}

const bits = (instruction: Instruction): FunctionCode => lanewise(() => instruction);

/** Shifts count by each lane's own number: lane by lane unless it is one constant, which `peephole` sees to. */
const shifting =
  (signed: number, unsigned: number): FunctionCode =>
  (_, type, args) => {
    const [x, by] = args.map(([part]) => part);
    const op = type === 'u32' ? unsigned : signed;
    let result: Code = x!;
    for (let lane = 0; lane < 4; lane++)
      result = i32x4.replaceLane(result, lane, [i32x4.extractLane(x!, lane), i32x4.extractLane(by!, lane), op]);
    return [result];
  };

export const coreRows: { readonly [N in Exclude<CoreName, MathName>]: FunctionCode } = {
  add: by({ f32: f32x4.add, f64: f64x2.add, i32: i32x4.add }),
  sub: by({ f32: f32x4.sub, f64: f64x2.sub, i32: i32x4.sub }),
  mul: by({ f32: f32x4.mul, f64: f64x2.mul, i32: i32x4.mul }),
  // Of floats: `lower` leaves no integers to divide.
  div: by({ f32: f32x4.div, f64: f64x2.div }),
  rem: (f, type, args) => f.module.codeOf!('rem')(f, type, args),
  // V8 13.6 gets doubles wrong that it negates in vectors of 256 bits and reads again afterwards: their sign is turned as a bit.
  neg: (f, type, args) =>
    type === 'f64'
      ? args[0]!.map((part) => v128.xor(part, f.lanes('i32', 0, -(2 ** 31), 0, -(2 ** 31))))
      : by({ f32: f32x4.neg, i32: i32x4.neg })(f, type, args),
  abs: by({ f32: f32x4.abs, f64: f64x2.abs, i32: i32x4.abs, u32: (x) => x }),
  max: by({ f32: f32x4.max, f64: f64x2.max, i32: i32x4.maxS, u32: i32x4.maxU, bool: v128.or }),
  min: by({ f32: f32x4.min, f64: f64x2.min, i32: i32x4.minS, u32: i32x4.minU, bool: v128.and }),
  floor: by({ f32: f32x4.floor, f64: f64x2.floor }),
  ceil: by({ f32: f32x4.ceil, f64: f64x2.ceil }),
  trunc: by({ f32: f32x4.trunc, f64: f64x2.trunc }),
  round: by({ f32: f32x4.nearest, f64: f64x2.nearest }),
  sqrt: by({ f32: f32x4.sqrt, f64: f64x2.sqrt }),
  exp: exponential,
  log: logarithm,
  less: comparing({ f32: f32x4.lt, f64: f64x2.lt, i32: i32x4.ltS, u32: i32x4.ltU }),
  lessEqual: comparing({ f32: f32x4.le, f64: f64x2.le, i32: i32x4.leS, u32: i32x4.leU }),
  equal: comparing({ f32: f32x4.eq, f64: f64x2.eq, i32: i32x4.eq, u32: i32x4.eq }),
  and: bits(v128.and),
  or: bits(v128.or),
  xor: bits(v128.xor),
  not: bits(v128.not),
  shiftLeft: shifting(0x74, 0x74),
  shiftRight: shifting(0x75, 0x76),
  select: (f, type, [condition, x, y]) => {
    const { features } = f.module;
    if (type !== 'f64') return [pick(features, condition![0]!, x![0]!, y![0]!)];
    return wideMasks(condition![0]!).map((mask, part) => pick(features, mask, x![part]!, y![part]!));
  },
};
