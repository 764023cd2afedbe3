/**
 * What answers of language models look like, in small: plain words, speech, names, numbers, a list, code,
 * another alphabet. Our own.
 */
export const sampleText = `
Sure, I can help with that! Here is a short answer, and then the reasons for it.

The river had frozen early that winter, so the children of the village walked to school across the ice. "Stay close to the bank," said
their mother, "and don't run." Anna, who was nine years old, carried her brother's bag; he had lost one of his gloves again. Nobody had
expected snow in October. By the time they arrived, the teacher had already lit the stove and was reading a letter from the capital aloud.

To estimate the cost, we first need to know three things:

1. How many people will use the system every day (about 2,500 in 2024, or 12% more than in the year before).
2. Which of the existing databases have to be moved, and how much of the information in them is still correct.
3. Whether the new servers should be bought or rented; renting costs roughly $380 a month.

**Important:** it's not possible to guarantee these results. However, most researchers agree that regular exercise, enough sleep and a
balanced diet reduce the risk of heart disease significantly. If you are taking any medication, please talk to your doctor first.

\`\`\`python
def average(values):
    total = sum(values)
    return total / len(values) if values else None
\`\`\`

The function above returns None for an empty list, because dividing by zero would raise an error. You can call it like this: average([1, 2, 3]).
In short: the first option is cheaper, the second is safer, and I would choose the latter. What do you think? Let me know if anything is unclear.
`;
