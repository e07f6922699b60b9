/** `y[b, o, p] = Σ over (channel, tap) of w[o, channel, tap] · x[b, channel, window of p at tap]`: rows are output channels, columns are positions of all images. */
import { isSlim } from '../product/plan.ts';
import { digitsOf } from '../product/problem.ts';
import { along, pitches, plane, type Role, textsOf, windowElement, windowSide, wordsOf } from './role.ts';

export const forward: Role = (shape, aligned) => {
  const { batch, groups, inputs, outputs } = shape;
  const taps = plane(shape, 'w');
  const xPlane = plane(shape, 'x');
  const yPlane = plane(shape, 'y');
  const k = inputs * taps;
  const n = batch * yPlane;
  const left = { dense: 'k', wide: aligned && k % 4 === 0 && !isSlim({ m: outputs, n }) } as const;
  const right = { dense: 'row', wide: false } as const;
  const table = {
    outputs,
    members: k,
    wGroup: outputs * k,
    xPlane,
    xGroup: inputs * xPlane,
    xImage: groups * inputs * xPlane,
    yPlane,
    yImage: groups * outputs * yPlane,
    x: along(shape, 'x'),
    w: along(shape, 'w'),
    y: along(shape, 'y'),
    stride: along(shape, 'stride'),
    before: along(shape, 'before'),
    dilation: along(shape, 'dilation'),
    pitch: pitches(shape, 'x'),
  };
  return {
    m: outputs,
    n,
    k,
    entries: groups,
    left,
    right,
    words: wordsOf(table),
    enter: (source, first, group) => {
      const t = textsOf(source, first, table);
      return {
        terms: () => {
          const weight = source.let(`${source.start(1)} + ${group} * ${t.wGroup}`, 'a');
          const image = source.let(`${source.start(2)} + ${group} * ${t.xGroup}`, 'a');
          return {
            k: t.members,
            digits: t.w,
            fields: (_, [channel, ...tap]) =>
              windowSide(
                source,
                `${channel} * ${t.xPlane}`,
                tap.map((at, d) => `${at} * ${t.dilation[d]}`),
                t.pitch,
              ),
            left: {
              ...left,
              row: (o) => [source.let(`${weight} + ${o} * ${t.members}`, 'a')],
              at: ([row], member) => ({ index: left.wide ? `(${row} + ${member.k}) / 4u` : `${row} + ${member.k}` }),
            },
            right: {
              ...right,
              row: (position) => {
                const [b, ...at] = digitsOf(source, position, t.y);
                return windowSide(
                  source,
                  `${image} + ${b} * ${t.xImage}`,
                  at.map((own, d) => `${own} * ${t.stride[d]} - ${t.before[d]}`),
                  t.pitch,
                );
              },
              at: (row, { fields }) => windowElement(row, fields, t.x),
            },
          };
        },
        place: (o, position) => {
          const channel = source.let(`${group} * ${t.outputs} + ${o}`, 'o');
          const b = source.let(`${position} / ${t.yPlane}`, 'q');
          const at = source.let(
            `${b} * ${t.yImage} + ${channel} * ${t.yPlane} + (${position} - ${b} * ${t.yPlane})`,
            'a',
          );
          return {
            output: `${source.start(0)} + ${at}`,
            coordinate: () => at,
            extra: (_, binding) => `${source.start(binding)} + ${channel}`,
          };
        },
      };
    },
  };
};
