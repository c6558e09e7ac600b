/** Other languages than English: noticed by their letters or their commonest words, and answered in one sentence. */

interface Language {
  /** Its commonest words, those left out that are English ones, too. */
  words: ReadonlySet<string>;
  /** That it speaks English only, unless a language model is connected. Two ways of saying it. */
  answers: readonly [string, string];
}

const words = (list: string) => new Set(list.split(' '));

const LATIN: Readonly<Record<string, Language>> = {
  es: {
    words: words(
      'hola que qué de la el los las una un y en es por para con no te me mi tu su cómo como está estás estoy soy eres hablas habla puedes puedo quiero tengo hay muy bien gracias buenos buenas días noches dónde cuándo quién pero porque también más español ayer hoy mañana perro gato murió llamo llamas se lo le del al ser hacer eso esto nada todo adiós',
    ),
    answers: [
      'Lo siento, por ahora solo hablo inglés, a menos que haya un modelo de lenguaje conectado.',
      'Entiendo que hablas español, pero sin un modelo de lenguaje solo puedo conversar en inglés.',
    ],
  },
  fr: {
    words: words(
      'bonjour bonsoir salut je tu il elle nous vous ils le la les des une un et est es suis êtes sont dans pour avec pas ne que qui quoi où comment ça va bien merci oui non mon ma mes ton ta votre parlez parles français quel quelle au aux du sur mais aussi très peux peux-tu pouvez veux voudrais aujourd hui demain hier chien chat mort appelle',
    ),
    answers: [
      'Je suis désolé, pour le moment je ne parle qu’anglais (English), sauf si un modèle de langage est connecté.',
      'Je vois que vous parlez français, mais sans modèle de langage je ne peux parler qu’anglais (English).',
    ],
  },
  de: {
    words: words(
      'hallo guten tag abend morgen ich du er sie wir ihr und der die das den dem ein eine einen ist bist bin sind war nicht auch mit auf für von zu wie was wer wo wann warum kannst können sprichst sprechen deutsch danke bitte ja nein mein meine dein deine heißt heiße geht gut sehr aber oder wenn mich mir dich dir es im am hund katze gestern heute gestorben möchte',
    ),
    answers: [
      'Es tut mir leid, ich spreche nur Englisch (English), solange kein Sprachmodell angeschlossen ist.',
      'Ich merke, dass du Deutsch sprichst; ohne ein Sprachmodell kann ich aber nur Englisch (English).',
    ],
  },
  it: {
    words: words(
      'ciao buongiorno buonasera io tu lui lei noi voi il lo la gli le un una e è sono sei siamo di da per con non che chi cosa come stai sta dove quando perché parli parla italiano grazie prego sì mio mia tuo tua bene molto anche ma posso puoi vorrei oggi ieri domani cane gatto morto chiamo chiami del della nel questo quello',
    ),
    answers: [
      'Mi dispiace, per ora parlo solo inglese (English), a meno che non sia collegato un modello linguistico.',
      'Capisco che parli italiano, ma senza un modello linguistico posso parlare solo inglese (English).',
    ],
  },
  pt: {
    words: words(
      'olá oi bom boa dia tarde noite eu tu você ele ela nós eles o os as um uma e é são sou está estou estás de do da em no na para por com não que quem como onde quando fala falas português obrigado obrigada sim meu minha seu sua muito bem também mas posso pode pode quero hoje ontem amanhã cão cachorro gato morreu chamo tudo isso',
    ),
    answers: [
      'Desculpe, por agora só falo inglês (English), a não ser que um modelo de linguagem esteja ligado.',
      'Vejo que fala português, mas sem um modelo de linguagem só posso falar inglês (English).',
    ],
  },
  nl: {
    words: words(
      'hallo hoi goedemorgen goedenavond ik jij je hij zij wij jullie de het een en is ben bent zijn niet ook met op voor van naar hoe wat wie waar wanneer waarom kun kan spreek spreekt nederlands dank dankjewel alsjeblieft ja nee mijn jouw heet gaat goed heel maar of als mij gisteren vandaag morgen hond kat overleden graag',
    ),
    answers: [
      'Het spijt me, ik spreek alleen Engels (English), zolang er geen taalmodel is aangesloten.',
      'Ik merk dat je Nederlands spreekt, maar zonder taalmodel kan ik alleen Engels (English).',
    ],
  },
  pl: {
    words: words(
      'cześć dzień dobry wieczór ja ty on ona my wy i jest jestem jesteś są nie tak się w na do z ze po dla co kto jak gdzie kiedy dlaczego mówisz mówi polsku polski dziękuję proszę mój moja twój bardzo dobrze ale czy mogę możesz chcę wczoraj dzisiaj jutro pies kot umarł mam masz nazywam',
    ),
    answers: [
      'Przepraszam, na razie mówię tylko po angielsku (English), chyba że podłączony jest model językowy.',
      'Rozumiem, że mówisz po polsku, ale bez modelu językowego mogę rozmawiać tylko po angielsku (English).',
    ],
  },
  sv: {
    words: words(
      'hej hallå god morgon kväll jag du han hon vi ni de det en ett och är var inte också med på för av till hur vad vem när varför kan talar pratar svenska tack snälla ja nej min mitt din heter mår bra mycket men eller om mig dig igår idag imorgon hund katt dog',
    ),
    answers: [
      'Tyvärr talar jag bara engelska (English), så länge ingen språkmodell är ansluten.',
      'Jag märker att du talar svenska, men utan en språkmodell kan jag bara engelska (English).',
    ],
  },
  tr: {
    words: words(
      'merhaba selam günaydın ben sen o biz siz ve bir bu şu için ile değil var yok ne kim nasıl nasılsın nerede zaman neden türkçe konuşuyor musun misin teşekkürler lütfen evet hayır benim senin çok iyi ama mı mi dün bugün yarın köpeğim kedim öldü adım',
    ),
    answers: [
      'Üzgünüm, bir dil modeli bağlı olmadıkça yalnızca İngilizce (English) konuşuyorum.',
      'Türkçe konuştuğunu anlıyorum, ama dil modeli olmadan yalnızca İngilizce (English) konuşabilirim.',
    ],
  },
};

/** By the letters that nothing else is written with. */
const LETTERS: readonly [RegExp, readonly [string, string]][] = [
  [
    /[\u3040-\u30ff]/,
    [
      'すみません、言語モデルが接続されていないため、英語 (English) だけ話せます。',
      '日本語だと分かりますが、言語モデルがなければ英語 (English) しか話せません。',
    ],
  ],
  [
    /[\uac00-\ud7af]/,
    [
      '죄송합니다. 언어 모델이 연결되지 않으면 영어 (English) 만 할 수 있습니다.',
      '한국어인 것은 알지만, 언어 모델 없이는 영어 (English) 로만 이야기할 수 있습니다.',
    ],
  ],
  [
    /[\u4e00-\u9fff]/,
    [
      '对不起，除非连接了语言模型，我只会说英语 (English)。',
      '我知道你在说中文，但没有语言模型我只能说英语 (English)。',
    ],
  ],
  [
    /[іїєґІЇЄҐ]/,
    [
      'Вибачте, я розмовляю лише англійською (English), якщо не підключено мовну модель.',
      'Я бачу, що ви говорите українською, але без мовної моделі можу лише англійською (English).',
    ],
  ],
  [
    /[\u0400-\u04ff]/,
    [
      'Извините, я говорю только по-английски (English), если не подключена языковая модель.',
      'Я вижу, что вы говорите по-русски, но без языковой модели могу только по-английски (English).',
    ],
  ],
  [
    /[\u0600-\u06ff]/,
    [
      'عذرًا، أتحدث الإنجليزية (English) فقط ما لم يكن نموذج لغوي متصلًا.',
      'أفهم أنك تتحدث العربية، لكن من دون نموذج لغوي لا أستطيع إلا الإنجليزية (English).',
    ],
  ],
  [
    /[\u0590-\u05ff]/,
    [
      'סליחה, אני מדבר רק אנגלית (English), אלא אם כן מחובר מודל שפה.',
      'אני מבין שזו עברית, אבל בלי מודל שפה אני יכול רק אנגלית (English).',
    ],
  ],
  [
    /[\u0900-\u097f]/,
    [
      'माफ़ कीजिए, जब तक कोई भाषा मॉडल जुड़ा न हो, मैं केवल अंग्रेज़ी (English) बोलता हूँ।',
      'मैं समझता हूँ कि आप हिन्दी बोल रहे हैं, पर बिना भाषा मॉडल के मैं केवल अंग्रेज़ी (English) बोल सकता हूँ।',
    ],
  ],
  [
    /[\u0370-\u03ff]{3}/,
    [
      'Συγγνώμη, μιλώ μόνο αγγλικά (English), εκτός αν είναι συνδεδεμένο ένα γλωσσικό μοντέλο.',
      'Βλέπω ότι μιλάτε ελληνικά, αλλά χωρίς γλωσσικό μοντέλο μιλώ μόνο αγγλικά (English).',
    ],
  ],
];

const ENGLISH = words(
  'the a an i you he she it we they is are was were am be been my your his her our their and or but of to in on at for with from that this what who how where when why do does did not no yes have has had can will would me him them so if as by about just like get go know think want hello hi good thanks please one all out up there some name dog cat today die war also made man handy rate gift',
);
/** One of these alone is a greeting or a thank-you in its language. */
const ALONE = new Set(
  'hola bonjour bonsoir salut hallo ciao buongiorno olá merci gracias danke grazie obrigado obrigada cześć merhaba hej hoi adiós'.split(
    ' ',
  ),
);
const LEAST_WORDS = 2;

/** How it is said, in the language of what was said, that it speaks English; undefined where that was English. */
export function foreignAnswers(text: string): readonly [string, string] | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const foreign = text.match(/[^\p{Script=Latin}\P{L}]/gu)?.length ?? 0;
  if (foreign * 2 > letters && letters > 1) return LETTERS.find(([pattern]) => pattern.test(text))?.[1];
  const said =
    text
      .toLowerCase()
      .match(/[\p{L}]+/gu)
      ?.slice(0, 60) ?? [];
  const english = said.filter(word => ENGLISH.has(word)).length;
  const scores = Object.values(LATIN).map(language => ({
    language,
    score: said.filter(word => language.words.has(word)).length,
  }));
  const best = scores.reduce((most, each) => (each.score > most.score ? each : most));
  const isOne = said.length === 1 && ALONE.has(said[0]!);
  const isGreeting = said.length <= 3 && ALONE.has(said[0] ?? '') && english === 0;
  if (isOne || isGreeting) return best.language.answers;
  // Half of the words or more, and more of them than are English.
  return best.score >= LEAST_WORDS && best.score > english * 1.5 && best.score * 2.5 >= said.length
    ? best.language.answers
    : undefined;
}
