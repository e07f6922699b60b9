/** The `map` kind: one thread an element. An output that overwrites an input shares its binding, since no other may point there. */
import { type Expression, type MapKernel, product } from '@nn/backend';
import { emit, lower } from '../scalar/emit.ts';
import { type Binding, groupsOf, type Kind } from './kind.ts';
import type { Source } from './source.ts';
import { address, coordinates } from './walk.ts';

const threads = 64;

export const mapKind: Kind<MapKernel> = {
  variant: (kernel, { sizes, strides }) => {
    const n = product(sizes);
    const { bindings, bindingOf } = bindingsOf(kernel);
    const walks = bindings.some(({ operand }) => operandsOf(kernel)[operand]!.access === 'strided');
    return {
      passes: [
        {
          key: '',
          bindings: bindings.map(({ binding }) => binding),
          words: [
            n,
            ...(walks ? [...sizes, ...bindings.flatMap(({ operand }) => strides[operand]!.slice(0, kernel.rank))] : []),
          ],
          groups: groupsOf(Math.ceil(n / threads)),
          threads: [threads],
          emit: (source) => emitMap(source, kernel, bindings, bindingOf, walks),
        },
      ],
    };
  },
};

interface Bound {
  readonly operand: number;
  readonly binding: Binding;
}

const operandsOf = ({ outputs, inputs }: MapKernel): readonly { readonly access: string }[] => [...outputs, ...inputs];

/** A binding for each operand but those inputs that an output overwrites; and which one an input has. */
function bindingsOf(kernel: MapKernel): { bindings: readonly Bound[]; bindingOf: readonly number[] } {
  const bindings: Bound[] = kernel.outputs.map(({ dtype }, operand) => ({
    operand,
    binding: { from: { operand }, dtype, writes: true },
  }));
  const bindingOf = kernel.inputs.map(({ dtype }, i) => {
    const over = kernel.outputs.findIndex(({ overwrites }) => overwrites === i);
    if (over >= 0) return over;
    const operand = kernel.outputs.length + i;
    return bindings.push({ operand, binding: { from: { operand }, dtype, writes: false } }) - 1;
  });
  return { bindings, bindingOf };
}

function emitMap(
  source: Source,
  kernel: MapKernel,
  bindings: readonly Bound[],
  bindingOf: readonly number[],
  walks: boolean,
): void {
  const { rank, outputs } = kernel;
  const operands = operandsOf(kernel);
  source.line(`let i = ${source.unit} * ${threads}u + lane;`, `if (i >= ${source.word(0)}) { return; }`);
  const at = walks ? coordinates(source, 'i', rank, 1) : [];
  const addresses = bindings.map(({ operand }, b) => {
    const { access } = operands[operand]!;
    const start = source.start(b);
    if (access === 'splat' || rank === 0) return start;
    return source.let(access === 'contiguous' ? `${start} + i` : address(source, start, at, 1 + rank * (1 + b)), 'a');
  });
  const leaf = (node: Expression): string => {
    if (node.op === 'scalar') return source.scalar(node);
    if (node.op === 'coordinate') return 'bitcast<i32>(i)';
    const b = bindingOf[node.value]!;
    return source.load(b, addresses[b]!);
  };
  const values = emit(
    source.shader,
    outputs.map(({ expression }) => lower(expression)),
    leaf,
    source.lines,
  );
  for (const [j, value] of values.entries()) source.line(source.store(j, addresses[j]!, value));
}
