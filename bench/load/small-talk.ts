/** What people say to an avatar in the benches: it has an answer to each. */
export const SMALL_TALK: readonly string[] = [
  'How are you today?',
  'What is your name?',
  'Do you like to swim in the sea?',
  'I went to the market this morning and bought some apples.',
  'Can you tell me a joke?',
  'What do you like to eat?',
  'My favourite colour is blue.',
  'Where do you live?',
  'I have a small dog at home.',
  'What can you do?',
  'It is raining outside today.',
  'Do you have any friends?',
];
