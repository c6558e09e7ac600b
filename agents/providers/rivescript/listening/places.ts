/** A little about places that people speak of. */
import type { Sentence } from './sentence.ts';

/** What a place is known for, and its capital where it is a country. */
const PLACES: Readonly<Record<string, readonly [knownFor: string, capital?: string]>> = {
  portugal: ['the light over the Atlantic and custard tarts', 'Lisbon'],
  spain: ['late dinners and long evenings', 'Madrid'],
  france: ['bread, cheese and long lunches', 'Paris'],
  italy: ['piazzas, espresso and a great deal of beauty', 'Rome'],
  greece: ['white houses and a very blue sea', 'Athens'],
  germany: ['forests, bakeries and old towns', 'Berlin'],
  austria: ['mountains and coffee houses', 'Vienna'],
  switzerland: ['lakes between mountains', 'Bern'],
  england: ['green hills and changeable weather', 'London'],
  scotland: ['wide glens and wind', 'Edinburgh'],
  ireland: ['green fields and good stories', 'Dublin'],
  wales: ['hills, sheep and choirs', 'Cardiff'],
  norway: ['fjords and summer nights without dark', 'Oslo'],
  sweden: ['lakes, forests and red cottages', 'Stockholm'],
  denmark: ['flat coasts and candlelight', 'Copenhagen'],
  finland: ['saunas and a thousand lakes', 'Helsinki'],
  iceland: ['waterfalls, steam and black beaches', 'Reykjavik'],
  poland: ['dumplings and old market squares', 'Warsaw'],
  croatia: ['islands and clear water', 'Zagreb'],
  turkey: ['tea in small glasses and bazaars', 'Ankara'],
  morocco: ['markets, mint tea and the desert behind them', 'Rabat'],
  egypt: ['the Nile and very old stones', 'Cairo'],
  kenya: ['wide savannahs', 'Nairobi'],
  'south africa': ['two oceans and Table Mountain', 'Pretoria'],
  india: ['colours, trains and spices', 'New Delhi'],
  nepal: ['the highest mountains of all', 'Kathmandu'],
  china: ['great distances and great cooking', 'Beijing'],
  japan: ['temples, trains on time and cherry trees', 'Tokyo'],
  korea: ['mountains behind big cities', 'Seoul'],
  thailand: ['markets, temples and warm sea', 'Bangkok'],
  vietnam: ['noodle soup and scooters', 'Hanoi'],
  indonesia: ['thousands of islands', 'Jakarta'],
  bali: ['rice terraces and temples'],
  australia: ['red earth and endless coast', 'Canberra'],
  'new zealand': ['sheep, fjords and volcanoes', 'Wellington'],
  canada: ['forests, lakes and long winters', 'Ottawa'],
  mexico: ['colour, corn and music', 'Mexico City'],
  brazil: ['rivers, beaches and music', 'Brasilia'],
  argentina: ['tango and wide plains', 'Buenos Aires'],
  chile: ['deserts at one end and glaciers at the other', 'Santiago'],
  peru: ['the Andes and potatoes of every colour', 'Lima'],
  cuba: ['old cars and music in the street', 'Havana'],
  america: ['great distances', 'Washington'],
  netherlands: ['canals and bicycles', 'Amsterdam'],
  belgium: ['chocolate and chips', 'Brussels'],
  hungary: ['hot baths and paprika', 'Budapest'],
  romania: ['mountains and old villages', 'Bucharest'],
  ukraine: ['wide fields and stubborn people', 'Kyiv'],
  russia: ['birch forests and long trains', 'Moscow'],
  slovenia: ['caves and green rivers', 'Ljubljana'],
  colombia: ['coffee hills', 'Bogota'],
  philippines: ['islands beyond counting', 'Manila'],
  malta: ['harbours and honey-coloured stone', 'Valletta'],
  london: ['parks, buses and every language there is'],
  paris: ['bridges and bakeries'],
  rome: ['old stones and fountains'],
  lisbon: ['hills, tiles and trams'],
  porto: ['a steep river bank and its bridges'],
  madrid: ['late evenings'],
  barcelona: ['streets that end at the sea'],
  berlin: ['wide streets and lakes around them'],
  vienna: ['coffee houses'],
  venice: ['water where streets should be'],
  florence: ['a dome that one sees from everywhere'],
  amsterdam: ['canals'],
  prague: ['towers and bridges'],
  istanbul: ['two continents and a strait between them'],
  'new york': ['streets that never quite sleep'],
  tokyo: ['neon and quiet side streets'],
  sydney: ['its harbour'],
  toronto: ['its lake and its many kitchens'],
  montreal: ['winters and bagels'],
  dublin: ['music in pubs'],
  edinburgh: ['a castle above the roofs'],
};

const TAGS = ['Place', 'Country', 'City', 'Region'];
const capitalised = (text: string) =>
  text
    .split(' ')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');

/** The place that a sentence names, as it is written; undefined where it names none. */
export function placeOf({ words, plain }: Sentence): string | undefined {
  const known = Object.keys(PLACES).find(
    place =>
      plain.includes(` ${place} `) && !(place === 'turkey' && / (?:roast|eat|ate|cook|cooked|dinner) /.test(plain)),
  );
  if (known !== undefined) return known === 'netherlands' ? 'the Netherlands' : capitalised(known);
  const at = words.findIndex(
    ({ tags, text }, i) =>
      TAGS.some(tag => tags.has(tag)) &&
      /^\p{Lu}/u.test(text) &&
      ['in', 'to', 'from', 'near', 'at', 'of', 'visited', 'visit', 'see', 'through'].includes(
        words[i - 1]?.lower ?? '',
      ),
  );
  if (at < 0) return undefined;
  const place = [words[at]!.text];
  for (let i = at + 1; i < words.length && /^\p{Lu}/u.test(words[i]!.text) && !words[i - 1]!.breaks; i++)
    place.push(words[i]!.text);
  return place.join(' ');
}

/** What it is known for; undefined where it is not known here. */
export const knownFor = (place: string): string | undefined => PLACES[place.toLowerCase().replace(/^the /, '')]?.[0];
export const capitalOf = (place: string): string | undefined => PLACES[place.toLowerCase().replace(/^the /, '')]?.[1];
/** The country in a question for its capital. */
export const countryIn = (plain: string): string | undefined =>
  Object.keys(PLACES).find(place => PLACES[place]![1] !== undefined && plain.includes(` ${place} `));
