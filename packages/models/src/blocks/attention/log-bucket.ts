/**
 * The bucket of a distance between two positions: itself up to half of `buckets`, then coarser by its
 * logarithm, so that `reach` − 1 falls into bucket ± (buckets − 1). In float32, as the buckets were in
 * training: a distance on a border would fall elsewhere in float64. Source: He et al., "DeBERTaV3" (arXiv
 * 2111.09543) and make_log_bucket_position in transformers.
 */
export const logBucket = (distance: number, buckets: number, reach: number): number => {
  const { abs, ceil, floor, fround, log, sign } = Math;
  const half = floor(buckets / 2);
  if (abs(distance) <= half) return distance;
  const most = fround(log(fround((reach - 1) / half)));
  const share = fround(fround(log(fround(abs(distance) / half))) / most);
  return sign(distance) * (ceil(fround(share * (half - 1))) + half);
};
