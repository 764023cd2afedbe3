/** Floats of at least 0 sort like their bits: the upper 12 tell 2048 buckets, eight to a power of two. */
const SHIFT = 20;
const BUCKETS = 2048;
/** The smallest float32 above 0. */
const LEAST = 2 ** -149;

/**
 * Makes a function that keeps the fewest of the largest probabilities that hold a share `most` of all, or so
 * many of them: rescales these to sum 1 and zeroes the rest, in place. Of equal ones the lower ids stay.
 */
export const keepLargest = (by: 'mass' | 'number', most: number) => {
  const isMass = by === 'mass';
  const sums = new Float64Array(BUCKETS);
  const floor = new Float32Array(1);
  const floorBits = bitsOf(floor);
  let scratch = { places: new Int32Array(0), values: new Float32Array(0) };
  return (probs: Float32Array): void => {
    const size = probs.length;
    if (scratch.places.length < size) {
      scratch = { places: new Int32Array(size), values: new Float32Array(size) };
    }
    const { places, values } = scratch;
    const bits = bitsOf(probs);
    let needed = most;
    let count: number;
    let bucket: number;
    let sum: number;
    // All below (1 − p)/size hold less than 1 − p together. Those below four times that mostly do so too, and are far more.
    floor[0] = isMass ? (4 * (1 - most)) / size : LEAST;
    for (let isSafe = !isMass; ; isSafe = true) {
      const below = floorBits[0]! - 1;
      // Four at a time, no sum of which waits for another. Without a branch, which often would be the wrong one.
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let place = 0;
      count = 0;
      for (; place + 4 <= size; place += 4) {
        a += probs[place]!;
        b += probs[place + 1]!;
        c += probs[place + 2]!;
        d += probs[place + 3]!;
        places[count] = place;
        const second = count - ((below - bits[place]!) >> 31);
        places[second] = place + 1;
        const third = second - ((below - bits[place + 1]!) >> 31);
        places[third] = place + 2;
        const fourth = third - ((below - bits[place + 2]!) >> 31);
        places[fourth] = place + 3;
        count = fourth - ((below - bits[place + 3]!) >> 31);
      }
      for (; place < size; place++) {
        a += probs[place]!;
        places[count] = place;
        count -= (below - bits[place]!) >> 31;
      }
      const total = a + b + (c + d);
      if (isMass) needed = most * total;
      else if (count <= most) return;
      sums.fill(0);
      bucket = 0;
      for (let i = 0; i < count; i++) {
        const place = places[i]!;
        const own = bits[place]! >>> SHIFT;
        if (own > bucket) bucket = own;
        sums[own]! += isMass ? probs[place]! : 1;
      }
      sum = 0;
      while (bucket > 0 && sum + sums[bucket]! < needed) sum += sums[bucket--]!;
      // Rounding may leave even all of them just short of what is needed: then they stay.
      if (bucket > 0 || isSafe) break;
      floor[0] = ((1 - most) * total) / size;
    }
    // The set ends within this bucket: sort only that.
    let first = 0;
    for (let i = 0; i < count; i++) {
      const place = places[i]!;
      if (bits[place]! >>> SHIFT === bucket) values[first++] = probs[place]!;
    }
    const ascending = values.subarray(0, first).sort();
    while (first > 0 && sum < needed) {
      first--;
      sum += isMass ? ascending[first]! : 1;
    }
    const least = ascending[first] ?? 0;
    let surplus = 0;
    while (ascending[first - 1 - surplus] === least) surplus++;
    // Without a branch, as above. Of equal ones, those of the highest ids go.
    floor[0] = least;
    const below = floorBits[0]! - 1;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const place = places[i]!;
      places[kept] = place;
      kept -= (below - bits[place]!) >> 31;
    }
    let from = 0;
    if (surplus > 0) {
      from = kept;
      for (let i = kept - 1; i >= 0; i--) {
        const place = places[i]!;
        if (probs[place] !== least || surplus-- <= 0) places[--from] = place;
      }
    }
    let mass = 0;
    for (let i = from; i < kept; i++) mass += probs[places[i]!]!;
    for (let i = from; i < kept; i++) values[i] = probs[places[i]!]! / mass;
    probs.fill(0);
    for (let i = from; i < kept; i++) probs[places[i]!] = values[i]!;
  };
};

/** The same memory as whole numbers. */
const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length);
