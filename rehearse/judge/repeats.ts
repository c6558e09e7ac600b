import { sentencesOf } from '../scenario/phrases.ts';

/** What is asked in a text, as it is written. */
export const questionsIn = (text: string): string[] => sentencesOf(text).filter(sentence => sentence.endsWith('?'));

/** Questions that were asked before, as often as they were; capitals and commas do not matter. */
export function repeatedQuestionsIn(answers: readonly string[]): string[] {
  const seen = new Set<string>();
  return answers.flatMap(questionsIn).filter(question => {
    const plain = question.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
    const again = seen.has(plain);
    seen.add(plain);
    return again;
  });
}
