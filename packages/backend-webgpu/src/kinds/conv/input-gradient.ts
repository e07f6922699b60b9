/**
 * `dx[b, c, q] = Σ over (o, a) of w[o, c, a] · dy[b, o, (q + before − a · dilation) / stride]`, over taps for which that is a whole number. Those are the same for all q of one
 * residue of the stride (a "phase"), so every phase is an entry of the product with its own share of the taps, and nothing is multiplied in vain. Along an axis they
 * start at a `first` and are stride / gcd(stride, dilation) apart. Rows are input channels, columns are a phase's positions of all images.
 */
import { product } from '@nn/backend';
import { digitsOf } from '../product/problem.ts';
import { along, dot, pitches, plane, type Role, textsOf, windowElement, windowSide, wordsOf } from './role.ts';

const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));

/** The first tap that a phase has along an axis, found by trying; the window's size `w` where it has none. */
const firstTap =
  'fn firstTap(phase: u32, stride: u32, dilation: u32, apart: u32, w: u32) -> u32 { for (var a = 0u; a < apart; a++) { if (a * dilation % stride == phase % stride) { return a; } } return w; }';

export const inputGradient: Role = (shape) => {
  const { batch, groups, inputs, outputs, axes } = shape;
  const apart = axes.map(({ stride, dilation }) => stride / divisor(stride, dilation));
  const counts = axes.map(({ x, stride }) => Math.ceil(x / stride));
  const phases = product(along(shape, 'stride'));
  const xPlane = plane(shape, 'x');
  const yPlane = plane(shape, 'y');
  const taps = plane(shape, 'w');
  const table = {
    inputs,
    outputs,
    phases,
    taps,
    wGroup: outputs * inputs * taps,
    wOutput: inputs * taps,
    xPlane,
    xImage: groups * inputs * xPlane,
    yPlane,
    yGroup: outputs * yPlane,
    yImage: groups * outputs * yPlane,
    x: along(shape, 'x'),
    w: along(shape, 'w'),
    y: along(shape, 'y'),
    stride: along(shape, 'stride'),
    before: along(shape, 'before'),
    dilation: along(shape, 'dilation'),
    counts,
    apart,
    /** How far a tap moves the window back. */
    back: axes.map(({ stride, dilation }, d) => (apart[d]! * dilation) / stride),
    xPitch: pitches(shape, 'x'),
    yPitch: pitches(shape, 'y'),
    wPitch: pitches(shape, 'w'),
    wApart: pitches(shape, 'w').map((pitch, d) => pitch * apart[d]!),
  };
  const left = { dense: 'k', wide: false } as const;
  const right = { dense: 'row', wide: false } as const;
  return {
    m: inputs,
    n: batch * product(counts),
    k: outputs * product(axes.map(({ w }, d) => Math.ceil(w / apart[d]!))),
    entries: groups * phases,
    left,
    right,
    words: wordsOf(table),
    enter: (source, start, entry) => {
      const t = textsOf(source, start, table);
      const group = source.let(`${entry} / ${t.phases}`, 'g');
      const [outer, ...inner] = digitsOf(
        source,
        source.let(`${entry} - ${group} * ${t.phases}`, 'h'),
        t.stride.slice(1),
      );
      /** Residue of the phase's positions along each axis. */
      const residues = t.stride.length === 0 ? [] : [outer!, ...inner];
      return {
        terms: () => {
          source.declarations.push(firstTap);
          const first = residues.map((residue, d) =>
            source.let(
              `firstTap(${residue} + ${t.before[d]}, ${t.stride[d]}, ${t.dilation[d]}, ${t.apart[d]}, ${t.w[d]})`,
              'first',
            ),
          );
          const own = first.map((tap, d) =>
            source.let(
              `select(0u, (${t.w[d]} - ${tap} + ${t.apart[d]} - 1u) / ${t.apart[d]}, ${tap} < ${t.w[d]})`,
              'taps',
            ),
          );
          // Whole, though it may be negative.
          const starts = first.map((tap, d) =>
            source.let(
              `bitcast<u32>(bitcast<i32>(${residues[d]} + ${t.before[d]} - ${tap} * ${t.dilation[d]}) / bitcast<i32>(${t.stride[d]}))`,
              'start',
            ),
          );
          const weight = source.let(`${source.start(1)} + ${group} * ${t.wGroup} + ${dot(first, t.wPitch)}`, 'a');
          const image = source.let(`${source.start(2)} + ${group} * ${t.yGroup}`, 'a');
          return {
            k: source.let([t.outputs, ...own].join(' * '), 'members'),
            digits: own,
            fields: (_, [o, ...tap]) => [
              ...windowSide(
                source,
                `${o} * ${t.yPlane}`,
                tap.map((at, d) => `0u - ${at} * ${t.back[d]}`),
                t.yPitch,
              ),
              `${o} * ${t.wOutput} + ${dot(tap, t.wApart)}`,
            ],
            left: {
              ...left,
              row: (c) => [source.let(`${weight} + ${c} * ${t.taps}`, 'a')],
              at: ([row], { fields }) => ({ index: `${row} + ${fields[1 + t.y.length]}` }),
            },
            right: {
              ...right,
              row: (position) => {
                const [b, ...at] = digitsOf(source, position, t.counts);
                return windowSide(
                  source,
                  `${image} + ${b} * ${t.yImage}`,
                  at.map((step, d) => `${step} + ${starts[d]}`),
                  t.yPitch,
                );
              },
              at: (row, { fields }) => windowElement(row, fields, t.y),
            },
          };
        },
        place: (c, position) => {
          const [b, ...step] = digitsOf(source, position, t.counts);
          const at = step.map((own, d) => source.let(`${own} * ${t.stride[d]} + ${residues[d]}`, 'z'));
          const index = `(${b} * ${t.xImage} + (${group} * ${t.inputs} + ${c}) * ${t.xPlane} + ${dot(at, t.xPitch)})`;
          return {
            output: `${source.start(0)} + ${index}`,
            ...(at.length > 0 && { inside: at.map((own, d) => `${own} < ${t.x[d]}`).join(' && ') }),
            coordinate: () => index,
            extra: () => index,
          };
        },
      };
    },
  };
};
