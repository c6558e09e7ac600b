/** A hundred sentences as people say them in calls; no names and no figures, which may be written in several ways. */
export const SENTENCES: readonly string[] = `
Hello, it is good to hear your voice again.
I was just thinking about the garden behind our old house.
What did you have for breakfast this morning?
The train was late, so we walked along the river instead.
She said that she would call me back before dinner.
Please open the window, it is getting warm in here.
My brother works in a small hospital near the coast.
Could you tell me a little more about your plans?
We had planned to leave early, but the weather changed.
That sounds like a wonderful idea to me.
I am not sure whether this is the right moment.
The children played outside until it was dark.
Have you ever tried to learn another language?
He forgot his keys and had to wait for an hour.
Somebody left a letter on the table for you.
Nobody expected that the answer would be so simple.
If you like, we can go through it step by step.
The coffee is still hot, so be careful.
I really enjoyed the film that you recommended.
How long have you been living in this city?
My neighbor grows tomatoes and beans on her balcony.
It takes a little while to get there on foot.
You should not worry about it too much.
The music stopped, and everybody turned around.
We need to find a better way to explain this.
Her voice was calm, although she was very angry.
Would you rather stay at home or go for a walk?
The museum is closed on Monday and on Tuesday.
I will think about it and let you know tomorrow.
The dog was waiting in front of the door.
There were more people in the room than chairs.
What is the most important thing you have learned?
He speaks slowly, but he always finds the right words.
I have never seen the sea so quiet.
The meeting begins early and ends before noon.
They bought a small boat and painted it blue.
Let us talk about something more cheerful.
The bread in this shop is baked every night.
Why do some birds fly south in the winter?
I would like to ask you a personal question.
The bridge was built more than a century ago.
We laughed so much that we could not speak.
The doctor told him to drink more water.
It was the first warm day of the year.
Do you remember the teacher with the red scarf?
I put the book back where I had found it.
A good friend listens more than he talks.
The price is fair, and the quality is excellent.
She opened the box and found an old photograph.
Maybe we should start again from the beginning.
The moon looked very large above the mountains.
I can hear you, but I cannot see you yet.
Thank you for your patience, it means a lot to me.
The road was narrow and full of holes.
What would you do if you had more time?
They moved to the country because of the noise.
My grandmother taught me how to make this soup.
The lights went out, and we lit a candle.
That was rude, I should have asked you first.
The team worked through the night to finish it.
He lost his job and found a better one.
Is there anything else that I can do for you?
The plane flew over the clouds for hours.
I keep my tools in a wooden box under the bench.
She runs through the park every morning before work.
The answer may depend on whom you ask.
We should have turned left at the church.
It is never too late to change your mind.
The audience was silent until the last note.
Where can I buy fresh fish in this town?
The old clock in the hall is always slow.
I promised to help them with their move.
The river froze, and the children went skating.
Do not forget to lock the door behind you.
His story was long, but nobody was bored.
This question is harder than it looks.
The market opens early, so bring a big basket.
I feel much better since I sleep with the window open.
They argued for a while and then shook hands.
What kind of music do you like to listen to?
The soup needs a little more salt and pepper.
Our flight leaves from the other side of the airport.
She found a quiet corner and began to read.
You can always come back if you do not like it.
The storm damaged the roof of the school.
I was surprised by how friendly everybody was.
The key is under the stone next to the steps.
Could we meet a little later in the afternoon?
He drew a map of the island on a napkin.
The shop sells paper, pencils, and beautiful old maps.
My sister has two cats and a very lazy dog.
It rained all week, but the sun came out this morning.
We planted an apple tree when our daughter was born.
I do not agree, but I understand your reasons.
The bus driver waited until the old man sat down.
How do you stay calm when everything goes wrong?
The best ideas often come when nobody looks for them.
They closed the road because of the snow.
I would be happy to explain it once more.
Good night, sleep well, and see you tomorrow.`
  .trim()
  .split('\n');

/** Twelve words each: what somebody waits for. */
export const TWELVE_WORDS: readonly string[] = SENTENCES.filter(sentence => sentence.split(' ').length >= 11);
