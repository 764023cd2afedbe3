/**
 * The temperature of a distribution when tokens are drawn at `temperature`: the same, but 1 for 0.
 * Temperature 0 draws the most probable token; where a distribution is needed all the same (confidence,
 * relaxed embeddings), it is the model's own. Dream's code does so too.
 */
export const relaxedTemperature = (temperature: number): number => (temperature === 0 ? 1 : temperature);
