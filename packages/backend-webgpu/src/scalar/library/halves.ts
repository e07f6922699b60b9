/** Storing float16: rounding to nearest, ties to even, done on bits, since WGSL leaves rounding, overflow and denormals to the device. Part of shaders with `enable f16` only. */
import type { Helper } from '../../shader.ts';

/** What `halves` needs of a compiler that it may lack: naga, that of Firefox and Deno, has no bitcasts between types of different sizes. */
export const halvesNeed = 'enable f16; fn f(x: u32) -> f16 { return bitcast<vec2<f16>>(x).x; }';

/** The same by conversions, for compilers that lack it: what is converted is exact, but denormal float16 may be flushed by the device. */
export const convertedHalves: Readonly<Record<string, Helper>> = {
  half: {
    text: `fn half(x: f32) -> f16 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  var near = 0x7fc00000u;
  if (size < 0x38800000u) { near = bitcast<u32>(round(bitcast<f32>(size) * 16777216.0) * 5.9604644775390625e-8); }
  else if (size < 0x477ff000u) { near = (size + 0xfffu + ((size >> 13u) & 1u)) & 0xffffe000u; }
  else if (size <= 0x7f800000u) { near = 0x7f800000u; }
  return f16(bitcast<f32>(near | (bits & 0x80000000u)));
}`,
  },
  fromHalf: { text: 'fn fromHalf(x: f16) -> f32 { return f32(x); }' },
};

export const halves: Readonly<Record<string, Helper>> = {
  half: {
    text: `fn half(x: f32) -> f16 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  var short = 0x7e00u;
  if (size < 0x38800000u) { short = u32(round(bitcast<f32>(size) * 16777216.0)); }
  else if (size < 0x477ff000u) { short = (size + 0xfffu + ((size >> 13u) & 1u) - 0x38000000u) >> 13u; }
  else if (size <= 0x7f800000u) { short = 0x7c00u; }
  return bitcast<vec2<f16>>(short | ((bits >> 16u) & 0x8000u)).x;
}`,
  },
  // From bits as well: a device may take denormal numbers for 0.
  fromHalf: {
    text: `fn fromHalf(x: f16) -> f32 {
  let bits = bitcast<u32>(vec2<f16>(x, 0.0h));
  let size = bits & 0x7fffu;
  var wide = (size << 13u) + 0x38000000u;
  if (size < 0x400u) { wide = bitcast<u32>(f32(size) * 5.9604644775390625e-8); }
  else if (size >= 0x7c00u) { wide = (size << 13u) + 0x70000000u; }
  return bitcast<f32>(wide | ((bits & 0x8000u) << 16u));
}`,
  },
  halves: {
    needs: ['half'],
    text: 'fn halves(x: vec4<f32>) -> vec4<f16> { return vec4<f16>(half(x.x), half(x.y), half(x.z), half(x.w)); }',
  },
  fromHalves: {
    needs: ['fromHalf'],
    text: 'fn fromHalves(x: vec4<f16>) -> vec4<f32> { return vec4<f32>(fromHalf(x.x), fromHalf(x.y), fromHalf(x.z), fromHalf(x.w)); }',
  },
};
