/** `dw[o, channel, tap] = Σ over (image, p) of dy[b, o, p] · x[b, channel, window of p at tap]`: rows are output channels, columns are taps of all channels. */
import { digitsOf } from '../product/problem.ts';
import { along, pitches, plane, type Role, textsOf, windowElement, windowSide, wordsOf } from './role.ts';

export const weightGradient: Role = (shape) => {
  const { batch, groups, inputs, outputs } = shape;
  const xPlane = plane(shape, 'x');
  const yPlane = plane(shape, 'y');
  const n = inputs * plane(shape, 'w');
  const table = {
    outputs,
    columns: n,
    members: batch * yPlane,
    xPlane,
    xGroup: inputs * xPlane,
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
    pitch: pitches(shape, 'x'),
  };
  const side = { dense: 'k', wide: false } as const;
  return {
    m: outputs,
    n,
    k: batch * yPlane,
    entries: groups,
    left: side,
    right: side,
    words: wordsOf(table),
    enter: (source, first, group) => {
      const t = textsOf(source, first, table);
      return {
        terms: () => {
          const gradient = source.let(`${source.start(1)} + ${group} * ${t.yGroup}`, 'a');
          const image = source.let(`${source.start(2)} + ${group} * ${t.xGroup}`, 'a');
          return {
            k: t.members,
            digits: t.y,
            // Where the position's window starts in x; and where the position is in dy.
            fields: (k, [b, ...at]) => [
              ...windowSide(
                source,
                `${b} * ${t.xImage}`,
                at.map((own, d) => `${own} * ${t.stride[d]} - ${t.before[d]}`),
                t.pitch,
              ),
              `${b} * ${t.yImage} + (${k} - ${b} * ${t.yPlane})`,
            ],
            left: {
              ...side,
              row: (o) => [source.let(`${gradient} + ${o} * ${t.yPlane}`, 'a')],
              at: ([row], { fields }) => ({ index: `${row} + ${fields[1 + t.x.length]}` }),
            },
            right: {
              ...side,
              row: (column) => {
                const [channel, ...tap] = digitsOf(source, column, t.w);
                return windowSide(
                  source,
                  `${image} + ${channel} * ${t.xPlane}`,
                  tap.map((at, d) => `${at} * ${t.dilation[d]}`),
                  t.pitch,
                );
              },
              at: (row, { fields }) => windowElement(row, fields, t.x),
            },
          };
        },
        place: (o, column) => {
          const at = `((${group} * ${t.outputs} + ${o}) * ${t.columns} + ${column})`;
          return { output: `${source.start(0)} + ${at}`, coordinate: () => at, extra: () => at };
        },
      };
    },
  };
};
