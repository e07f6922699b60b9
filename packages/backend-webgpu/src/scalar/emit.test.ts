/** Texts, without a device: what is computed how often, constants of every kind, and that the library is whole. */
import {
  add, bitcast, cast, constant, DTypeError, div, type Expression, equal, exp, gelu, input, mul, scalar, select, tanh,
} from '@nn/backend'; // biome-ignore format: one list
import { describe, expect, it } from 'vitest';
import { Shader } from '../shader.ts';
import { emit, lower } from './emit.ts';
import { library } from './library.ts';
import { castText, constantText, literal, wgslType } from './types.ts';

const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const leaf = ({ op, value }: Expression): string => `${op}${value}`;

function emitted(...roots: Expression[]): { shader: Shader; lines: string[]; values: string[] } {
  const shader = new Shader(library);
  const lines: string[] = [];
  const values = emit(shader, roots.map(lower), leaf, lines);
  return { shader, lines, values };
}

describe('statements', () => {
  it('compute each node once', () => {
    const sum = add(x, y);
    const { lines, values } = emitted(mul(sum, sum), sum);
    expect(lines).toEqual(['let v0 = input0;', 'let v1 = input1;', 'let v2 = (v0 + v1);', 'let v3 = (v2 * v2);']);
    expect(values).toEqual(['v3', 'v2']);
  });

  it('take what is known already', () => {
    const shader = new Shader(library);
    const lines: string[] = [];
    const known = new Map<Expression, string>([[add(x, y), 'sum']]);
    expect(emit(shader, [mul(add(x, y), scalar(0, 'f32'))], leaf, lines, known)).toEqual(['v1']);
    expect(lines).toEqual(['let v0 = scalar0;', 'let v1 = (sum * v0);']);
    expect(emit(shader, [mul(add(x, y), scalar(0, 'f32'))], leaf, lines, known)).toEqual(['v1']);
    expect(lines).toHaveLength(2);
  });

  it('keep WGSL from computing with constants, which it refuses to where they overflow', () => {
    const { lines, values } = emitted(div(constant(1, 'f32'), constant(0, 'f32')));
    expect(lines).toEqual(['let v0 = 1f;', 'let v1 = quotientF32(v0, 0f);']);
    expect(values).toEqual(['v1']);
    expect(emitted(constant(2, 'f32')).values).toEqual(['2f']);
  });

  it('use helpers, each once and after those that it needs', () => {
    const { shader } = emitted(exp(x), exp(y), tanh(x));
    const names = [...shader.helpers.matchAll(/^(?:fn|struct) (\w+)/gm)].map((match) => match[1]);
    expect(names).toEqual([...new Set(names)]);
    expect(names.indexOf('exponentialOfSum')).toBeLessThan(names.indexOf('exponential'));
    expect(names).toContain('hyperbolicTangent');
  });

  it('say conversions and choices', () => {
    const { lines } = emitted(
      select(equal(cast(x, 'i32'), bitcast(y, 'i32')), constant(1, 'u32'), constant(-1, 'u32')),
    );
    expect(lines.slice(2)).toEqual([
      'let v2 = toI32(v0);',
      'let v3 = bitcast<i32>(v1);',
      'let v4 = (v2 == v3);',
      'let v5 = select(4294967295u, 1u, v4);',
    ]);
  });

  it('stay short where the device has a function of its own', () => {
    expect(lower(tanh(x))).toBe(tanh(x));
    expect(lower(gelu(x)).op).not.toBe('gelu');
  });

  it('refuse what WGSL has no type for', () => {
    const wide = cast(x, 'f64');
    expect(() => emitted(wide)).toThrow(DTypeError);
    expect(() => emitted(exp(input(0, 'f64')))).toThrow('[webgpu] WGSL has no 64-bit floats');
    expect(() => wgslType.f64).toThrow(DTypeError);
    expect(() => literal('f64', 1)).toThrow(DTypeError);
    expect(() => castText(new Shader(library), 'x', 'f64', 'f32')).toThrow(DTypeError);
  });
});

describe('constants', () => {
  it.each([
    ['f32', 0.1, '0.10000000149011612f'],
    ['f32', -2.5, '-2.5f'],
    ['f32', 1e30, '1.0000000150474662e+30f'],
    ['f32', 1e39, 'fromBits(0x7f800000u)'],
    ['f32', Number.NEGATIVE_INFINITY, 'fromBits(0xff800000u)'],
    ['f32', Number.NaN, 'fromBits(0x7fc00000u)'],
    ['f32', -0, 'fromBits(0x80000000u)'],
    ['f32', 2 ** -149, 'fromBits(0x00000001u)'],
    ['f32', 0, '0f'],
    ['i32', -(2 ** 31), 'i32(-2147483648)'],
    ['i32', -1, '-1i'],
    ['u32', 2 ** 32 - 1, '4294967295u'],
    ['bool', 1, 'true'],
    ['bool', 0, 'false'],
  ] as const)('%s %d is %s', (type, value, text) => {
    expect(literal(type, value)).toBe(text);
  });

  it('bring the helper that they call', () => {
    const shader = new Shader(library);
    constantText(shader, 'f32', 1);
    expect(shader.helpers).toBe('');
    constantText(shader, 'f32', Number.NaN);
    expect(shader.helpers).toBe(library.fromBits!.text);
  });
});

describe('the library', () => {
  const names = Object.keys(library);
  const calls = (text: string): string[] => [...new Set(text.match(/\b[A-Za-z]\w*(?=\()/g))];

  it.each(names)('%s declares its name and needs what it calls', (name) => {
    const { text, needs = [] } = library[name]!;
    expect(text).toMatch(new RegExp(`(fn|struct) ${name}\\b`));
    const called = calls(text).filter((other) => other !== name && names.includes(other));
    expect([...needs].sort()).toEqual([...new Set([...called, ...types(text)])].sort());
  });

  /** Structures that a function returns. */
  const types = (text: string): string[] => names.filter((other) => text.includes(`-> ${other} {`));

  it('has no constants that WGSL would refuse or round differently', () => {
    for (const { text } of Object.values(library)) expect(text).not.toMatch(/NaN|Infinity|undefined|--/);
  });
});
