// Trains @nlpjs/nlp on {"train": [{lang, topic, text}]} from standard input and answers its "test" lines.
const { containerBootstrap } = require('@nlpjs/core');
const { Nlp } = require('@nlpjs/nlp');
const { LangEn } = require('@nlpjs/lang-en');
const { LangEs } = require('@nlpjs/lang-es');

console.log = () => {}; // it tells of every epoch

(async () => {
  const { train, test } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  const container = await containerBootstrap();
  [Nlp, LangEn, LangEs].forEach((plugin) => container.use(plugin));
  const nlp = container.get('nlp');
  nlp.settings.autoSave = false;
  nlp.settings.log = false;
  const known = ['en', 'es'].filter((lang) => train.some((line) => line.lang === lang));
  known.forEach((lang) => nlp.addLanguage(lang));
  train.forEach((line) => nlp.addDocument(line.lang, line.text, line.topic === 'none' ? 'None' : line.topic));
  await nlp.train();
  const answers = [];
  const start = process.hrtime.bigint();
  for (const line of test) {
    const got = await nlp.process(known.includes(line.lang) ? line.lang : known[0], line.text);
    answers.push({ topic: got.intent === 'None' ? 'none' : got.intent, score: got.score });
  }
  const micros = Number(process.hrtime.bigint() - start) / 1e3;
  process.stdout.write(JSON.stringify({ answers, micros }));
})();
