/**
 * Questions about a response whose answers are scores from 1 to 5: five, as the published tables average
 * over. In our own words.
 */
export const unitTests: readonly string[] = [
  'Does the response do what the prompt asks for?',
  'Is everything in the response right, as far as can be told?',
  'Is the response coherent: does each sentence follow from those before it?',
  'Does the response keep to what matters here, without repetition or padding?',
  'Would the person who asked find the response helpful and pleasant to read?',
];
