/** The bits of the bfloat16 nearest to a number's float32 (ties to even): its upper half. */
export function bfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const [bits] = new Uint32Array(Float32Array.of(value).buffer) as unknown as [number];
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The bits of the float16 nearest to a number (ties to even). */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  // Subnormal spacing is 2⁻²⁴; above 2⁻¹⁴ the spacing is 2^(e − 10).
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  const quotient = magnitude / 2 ** (exponent - 10);
  let mantissa = Math.floor(quotient);
  const rest = quotient - mantissa;
  if (rest > 0.5 || (rest === 0.5 && mantissa % 2 === 1)) mantissa++;
  return sign | (magnitude < 2 ** -14 ? mantissa : ((exponent + 14) << 10) + mantissa);
}

/** The number that 16 bits stand for in IEEE half precision. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The number that 16 bits stand for in bfloat16: the upper half of a float32. */
export const bfloat16Value = (bits: number): number =>
  new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
