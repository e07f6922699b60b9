/** Numbers of PyTorch's own generator: an expression of Python, evaluated right after its generator was seeded. */

import { setDefaultGenerator, TorchGenerator } from '@nn/tensor';
import {
  isPythonCall,
  isPythonMember,
  type PythonCall,
  type PythonMember,
  type PythonValue,
  parsePythonExpression,
} from '../format/python-expression.ts';
import { type AttributeRecord, PythonFloat } from '../format/python-float.ts';
import { initializers } from '../ops/initializers.ts';
import { callOp } from '../run/call.ts';
import { CallArguments } from '../run/call-arguments.ts';
import { checkOutputs } from '../run/check-standard.ts';
import { callFunction, callMethod, MissingError } from '../run/library.ts';
import { constructModule } from '../run/modules.ts';
import { flattenOutputs } from '../run/tensors.ts';
import type { Form } from './form.ts';

export const drawForm: Form = {
  matches: ({ attrs, op }) => 'manual_seed' in attrs && op.includes('('),

  async run(golden) {
    const before = setDefaultGenerator(new TorchGenerator(golden.attrs['manual_seed'] as number));
    try {
      return await checkOutputs(golden, flattenOutputs(await evaluate(parsePythonExpression(golden.op))));
    } finally {
      setDefaultGenerator(before);
    }
  },
};

type Build = (args: readonly unknown[], keywords: Readonly<Record<string, unknown>>) => unknown;

/** Sizes that Python takes one by one or as a tuple. */
const sizes = (args: readonly unknown[]): unknown => (Array.isArray(args[0]) ? args[0] : args);
const ofSizes =
  (name: string): Build =>
  (args, options) =>
    callFunction(name, [sizes(args), options]);
const plain =
  (name: string): Build =>
  (args, options) =>
    callFunction(name, [...args, options]);

/** Functions by the end of their qualified names. */
const FUNCTIONS: Readonly<Record<string, Build>> = {
  rand: ofSizes('rand'),
  randn: ofSizes('randn'),
  rand_like: plain('randLike'),
  randn_like: plain('randnLike'),
  empty: ofSizes('empty'),
  zeros: ofSizes('zeros'),
  ones: ofSizes('ones'),
  full: plain('full'),
  tensor: plain('tensor'),
  randint: plain('randint'),
  randperm: plain('randperm'),
  normal: plain('normal'),
  bernoulli: plain('bernoulli'),
  multinomial: plain('multinomial'),
  stack: plain('stack'),
  cat: plain('cat'),
  dropout: ([x, p], options) => callFunction('dropout', [x, p === undefined ? options : { p, ...options }]),
};

async function evaluate(value: PythonValue): Promise<unknown> {
  if (isPythonMember(value)) return evaluateMember(value);
  if (isPythonCall(value)) return evaluateCall(value);
  if (value instanceof PythonFloat) return value.value;
  if (!Array.isArray(value)) return value;
  const items: unknown[] = [];
  for (const item of value) items.push(await evaluate(item));
  return items;
}

async function evaluateArguments({ positional, keywords }: PythonCall): Promise<Parameters<Build>> {
  const args = (await evaluate(positional)) as unknown[];
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(keywords)) named[name] = await evaluate(value);
  return [args, named];
}

async function evaluateCall(call: PythonCall): Promise<unknown> {
  const [args, keywords] = await evaluateArguments(call);
  const name = call.name.slice(call.name.lastIndexOf('.') + 1);
  if (call.name.includes('nn.init.')) {
    const op = `torch.nn.init.${name}`;
    const given = { ...keywords, args: args.slice(1) } as AttributeRecord;
    return callOp(op, new CallArguments(new Map([['tensor', args[0]]]), given), initializers);
  }
  if (/^[A-Z]/.test(name)) return constructModule(name, keywords, args);
  const build = FUNCTIONS[name];
  if (build === undefined) throw new MissingError(`no mapping for ${call.name}`);
  return build(args, keywords);
}

async function evaluateMember({ of, name, call }: PythonMember): Promise<unknown> {
  const receiver = await evaluate(of);
  if (call === null) return (receiver as Readonly<Record<string, unknown>>)[name];
  const [args, keywords] = await evaluateArguments(call);
  return callMethod(receiver, name, Object.keys(keywords).length > 0 ? [...args, keywords] : args);
}
