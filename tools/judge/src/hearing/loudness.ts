interface Biquad {
  b: readonly [number, number, number];
  a: readonly [number, number];
}

/** The two stages of K-weighting at any sample rate, by the bilinear transform of the prototypes of BS.1770-4. */
function kWeighting(rate: number): Biquad[] {
  const shelfK = Math.tan((Math.PI * 1681.974450955533) / rate);
  const gain = 10 ** (3.999843853973347 / 20);
  const mid = gain ** 0.4996667741545416;
  const shelfQ = 0.7071752369554196;
  const shelf = 1 + shelfK / shelfQ + shelfK * shelfK;
  const passK = Math.tan((Math.PI * 38.13547087602444) / rate);
  const passQ = 0.5003270373238773;
  const pass = 1 + passK / passQ + passK * passK;
  return [
    {
      b: [
        (gain + (mid * shelfK) / shelfQ + shelfK * shelfK) / shelf,
        (2 * (shelfK * shelfK - gain)) / shelf,
        (gain - (mid * shelfK) / shelfQ + shelfK * shelfK) / shelf,
      ],
      a: [(2 * (shelfK * shelfK - 1)) / shelf, (1 - shelfK / shelfQ + shelfK * shelfK) / shelf],
    },
    { b: [1, -2, 1], a: [(2 * (passK * passK - 1)) / pass, (1 - passK / passQ + passK * passK) / pass] },
  ];
}

function filtered(signal: Float32Array | Float64Array, { b, a }: Biquad): Float64Array {
  const out = new Float64Array(signal.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < signal.length; i++) {
    const x = signal[i]!;
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    out[i] = y;
    [x2, x1, y2, y1] = [x1, x, y1, y];
  }
  return out;
}

function lufs(power: number): number {
  return power > 0 ? -0.691 + 10 * Math.log10(power) : -Infinity;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Powers of blocks of 400 ms that overlap by three quarters, summed over the channels. */
function blockPowers(channels: readonly Float32Array[], rate: number): number[] {
  const step = Math.round(rate / 10);
  const stages = kWeighting(rate);
  const stepPowers = channels.map((channel) => {
    const weighted = stages.reduce<Float32Array | Float64Array>(filtered, channel);
    return Array.from({ length: Math.floor(weighted.length / step) }, (_, i) => {
      let sum = 0;
      for (let k = i * step; k < (i + 1) * step; k++) sum += weighted[k]! ** 2;
      return sum / step;
    });
  });
  const steps = Array.from({ length: stepPowers[0]?.length ?? 0 }, (_, i) =>
    stepPowers.reduce((sum, powers) => sum + powers[i]!, 0),
  );
  return steps.slice(3).map((_, i) => mean(steps.slice(i, i + 4)));
}

/** Integrated loudness in LUFS with both gates (ITU-R BS.1770-4). */
export function integratedLoudness(channels: readonly Float32Array[], rate: number): number {
  const loud = blockPowers(channels, rate).filter((power) => lufs(power) > -70);
  const gate = lufs(mean(loud)) - 10;
  return lufs(mean(loud.filter((power) => lufs(power) > gate)));
}

/** Decibels between the loud and the quiet parts: 95th over 10th percentile of the audible blocks (after EBU Tech 3342). */
export function loudnessRange(channels: readonly Float32Array[], rate: number): number {
  const loud = blockPowers(channels, rate).filter((power) => lufs(power) > -70);
  const gate = lufs(mean(loud)) - 20;
  const levels = loud.map(lufs).filter((level) => level > gate);
  const sorted = levels.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return at(0.95) - at(0.1);
}
