import { float } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { type AttributeRecord, PythonFloat } from '../format/python-float.ts';
import { bindArguments, CallArguments } from './call-arguments.ts';
import { parseSignature } from './signature.ts';

function bind(signature: string, tensors: Record<string, unknown>, attributes: AttributeRecord = {}): unknown[] {
  return bindArguments(parseSignature(signature), new CallArguments(new Map(Object.entries(tensors)), attributes));
}

describe('bindArguments', () => {
  it('hands over positional parameters in order and the given options in one object', () => {
    const attributes = { keepdim: true, dim: [0, 1] };
    expect(bind('sum(input, { dim, keepdim, dtype })', { input: 'x' }, attributes)).toEqual([
      'x',
      { dim: [0, 1], keepdim: true },
    ]);
  });

  it('leaves out the options object, and positional parameters at the end, when nothing is given for them', () => {
    expect(bind('squeeze(input, dim)', { input: 'x' })).toEqual(['x']);
    expect(bind('f(input, weight, bias, { stride })', { input: 'x', weight: 'w' }, { stride: 2 })).toEqual([
      'x',
      'w',
      undefined,
      { stride: 2 },
    ]);
  });

  it('keeps Python floats of scalar operands as floats, and only those', () => {
    const attributes = { other: new PythonFloat(2), p: new PythonFloat(2) };
    expect(bind('f(input, other:scalar, { p })', { input: 'x' }, attributes)).toEqual(['x', float(2), { p: 2 }]);
  });

  it('joins numbered inputs into a list', () => {
    expect(bind('cat(tensors, { dim })', { 'tensors.0': 'a', 'tensors.1': 'b' })).toEqual([['a', 'b']]);
  });

  it('puts a scalar self first', () => {
    expect(bind('pow(input:scalar, exponent:scalar)', { exponent: 'x' }, { self: new PythonFloat(2) })).toEqual([
      float(2),
      'x',
    ]);
  });

  it('takes positional arguments of methods, sizes as a list or one by one', () => {
    expect(bind('view(shape:sizes)', { self: 'x' }, { args: [[2, 3]] })).toEqual([[2, 3]]);
    expect(bind('view(shape:sizes)', { self: 'x' }, { args: [2, 3] })).toEqual([[2, 3]]);
    expect(bind('transpose(dim0, dim1)', { self: 'x' }, { args: [0, 1] })).toEqual([0, 1]);
  });

  it('takes a parameter by the other names that PyTorch accepts', () => {
    expect(bind('sum(input, { dim, keepdim })', { x: 'x' }, { axis: 0, keepdims: true })).toEqual([
      'x',
      { dim: 0, keepdim: true },
    ]);
    expect(bind('solve(A, B)', { input: 'a', B: 'b' })).toEqual(['a', 'b']);
    expect(bind('dot(input, tensor)', { input: 'x', other: 'y' })).toEqual(['x', 'y']);
    expect(bind('tensordot(a, b)', { a: 'x', b: 'y' })).toEqual(['x', 'y']);
  });

  it('falls back on the value in the signature', () => {
    expect(bind('arange(start=0, end)', {}, { end: 3 })).toEqual([0, 3]);
  });
});

describe('CallArguments', () => {
  it('remembers what nobody took', () => {
    const call = new CallArguments(new Map([['input', 'x']]), { dim: 1, out: null });
    call.tensor('input');
    call.plain('dim');
    expect(call.untaken()).toEqual(['out']);
  });

  it('counts a parameter under another name as taken, and options that change no value as nothing to take', () => {
    const call = new CallArguments(new Map([['input', 'x']]), { axis: 1, device: 'cpu', inplace: true });
    call.tensor('input');
    call.plain('dim');
    expect(call.untaken()).toEqual([]);
  });

  it('names the positional arguments of a method', () => {
    const call = new CallArguments(new Map([['self', 'x']]), { args: [2, 1] });
    const named = call.named(['input', 'repeats', 'dim']);
    expect([named.tensor('input'), named.plain('repeats'), named.plain('dim')]).toEqual(['x', 2, 1]);
    expect([call.untaken(), named.untaken()]).toEqual([[], []]);
  });
});
