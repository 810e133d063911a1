// Trains small BPE tokenizers and writes them in the forms that model families use. Usage: node make-tokenizers.mjs TEXT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const text = readFileSync(process.argv[2], 'utf8').slice(0, 150_000);
const folder = new URL('models/', import.meta.url);
mkdirSync(folder, { recursive: true });

// The most frequent pair of neighbours becomes a token, over and over; of equally frequent ones the first in code unit order.
function train(words, count) {
  const list = [...words].map(([symbols, times]) => [symbols.split('\0'), times]);
  const merges = [];
  while (merges.length < count) {
    const pairs = new Map();
    for (const [symbols, times] of list)
      for (let i = 1; i < symbols.length; i++) {
        const pair = `${symbols[i - 1]}\0${symbols[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + times);
      }
    let best = null;
    for (const [pair, times] of pairs)
      if (best === null || times > best[1] || (times === best[1] && pair < best[0])) best = [pair, times];
    if (best === null || best[1] < 2) break;
    const [left, right] = best[0].split('\0');
    merges.push([left, right]);
    for (const word of list) {
      const symbols = word[0];
      for (let i = 1; i < symbols.length; i++)
        if (symbols[i - 1] === left && symbols[i] === right) symbols.splice(i - 1, 2, left + right);
    }
  }
  return merges;
}

const countWords = (pieces, symbols) => {
  const words = new Map();
  for (const piece of pieces) {
    const key = symbols(piece).join('\0');
    words.set(key, (words.get(key) ?? 0) + 1);
  }
  return words;
};

// ---- the byte-level alphabet
const printable = (b) => (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
let next = 256;
const alphabet = Array.from({ length: 256 }, (_, b) => String.fromCharCode(printable(b) ? b : next++));
const toBytes = (piece) => Array.from(new TextEncoder().encode(piece), (b) => alphabet[b]);
const gpt2 = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
// Some other scripts, so that merges of several bytes within and across characters exist.
const more = '中文和世界你好，。中文世界 Привет, мир! مرحبا بالعالم สวัสดีชาวโลก 안녕하세요 🙂😀👍🏽 café naïve élève\n\n\n    \t\t  123 2024 1000 ';
const byteMerges = train(countWords((text + more.repeat(40)).match(gpt2), toBytes), 700);

// ---- SentencePiece-like
const words = (text + more.repeat(40)).replaceAll('\n', ' ').split(' ').filter((w) => w).map((w) => `▁${w}`);
const spaceMerges = [['▁', '▁'], ['▁▁', '▁▁'], ['▁▁▁▁', '▁▁▁▁']];
const characters = new Map();
for (const word of words) for (const c of word) characters.set(c, (characters.get(c) ?? 0) + 1);
const common = [...characters].filter(([, times]) => times >= 30).map(([c]) => c).sort();
const isCommon = new Set(common);
const pieceMerges = [...train(countWords(words, (w) => Array.from(w)), 700).filter((m) => m.every((t) => Array.from(t).every((c) => isCommon.has(c)))), ...spaceMerges];

const vocabulary = (first, merges) => Object.fromEntries([...new Set([...first, ...merges.map(([a, b]) => a + b)])].map((t, i) => [t, i]));
const added = (id, content, options = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...options });
const bpe = (vocab, merges, options = {}) => ({
  type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false,
  ignore_merges: false, ...options, vocab, merges,
});
const asStrings = (merges) => merges.map((m) => m.join(' '));
const byteLevel = (options = {}) => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true, ...options });
const split = (Regex, behavior = 'Isolated', invert = false) => ({ type: 'Split', pattern: { Regex }, behavior, invert });
const template = (before, id) => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: before, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [before]: { id: before, ids: [id], tokens: [before] } },
});
const sequence = (key, list) => ({ type: 'Sequence', [key]: list });

function write(name, parts) {
  const tokenizer = { version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...parts };
  const json = JSON.stringify(tokenizer, null, 1).replace(/\[\n\s+("[^\n]*"),\n\s+("[^\n]*")\n\s+\]/g, '[$1, $2]');
  writeFileSync(new URL(`${name}.json`, folder), json + '\n');
  console.log(name, json.length);
}

const byteVocabulary = vocabulary(['<|endoftext|>', ...alphabet], byteMerges);
const byteSize = Object.keys(byteVocabulary).length;
const cl100k = (digits) => `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

// OLMo and GPT-NeoX: NFC, ByteLevel's own pattern, runs of spaces as added tokens that are searched for in the normalized text.
write('neox', {
  added_tokens: [
    added(0, '<|endoftext|>'),
    ...[6, 5, 4, 3, 2].map((n, i) => added(byteSize + i, ' '.repeat(n), { normalized: true, special: false })),
    added(byteSize + 5, '|||EMAIL_ADDRESS|||', { normalized: true, special: false }),
    added(byteSize + 6, 'café', { normalized: true, special: false, single_word: true }),
  ],
  normalizer: { type: 'NFC' }, pre_tokenizer: byteLevel(), post_processor: byteLevel(), decoder: byteLevel(), model: bpe(byteVocabulary, asStrings(byteMerges)),
});

// OLMo 2 (cl100k): matches of the inverted pattern are removed, whole words are taken as they are.
write('cl100k', {
  added_tokens: [added(0, '<|endoftext|>'), added(byteSize, '<|fim_prefix|>'), added(byteSize + 1, '<tool>', { special: false }), added(byteSize + 2, '<tool_call>', { special: false })],
  pre_tokenizer: sequence('pretokenizers', [split(cl100k('{1,3}'), 'Removed', true), byteLevel({ use_regex: false })]),
  decoder: byteLevel({ add_prefix_space: true }), model: bpe(byteVocabulary, byteMerges, { ignore_merges: true, continuing_subword_prefix: '', end_of_word_suffix: '' }),
});

// Qwen: NFC and single digits.
write('qwen', {
  added_tokens: [added(0, '<|endoftext|>')], normalizer: { type: 'NFC' },
  pre_tokenizer: sequence('pretokenizers', [split(cl100k('')), byteLevel({ use_regex: false })]),
  post_processor: byteLevel({ trim_offsets: false }), decoder: byteLevel(), model: bpe(byteVocabulary, asStrings(byteMerges)),
});

// DeepSeek (LLM, MoE, V2): a chain of splits; the letters are a list of ranges that reaches beyond the Basic Multilingual Plane.
const ranges = [];
for (let c = 0x41; c < 0x1e950; c++) {
  if ((c >= 0xd800 && c < 0xe000) || !/[\p{Lu}\p{Ll}\p{Lt}]/u.test(String.fromCodePoint(c)) || (c > 0x1f00 && c < 0x10400) || (c > 0x10450 && c < 0x1e900)) continue;
  if (ranges.length && ranges.at(-1)[1] === c - 1) ranges.at(-1)[1] = c;
  else ranges.push([c, c]);
}
const cased = ranges.map(([a, b]) => String.fromCodePoint(a) + (b > a ? `-${String.fromCodePoint(b)}` : '')).join('');
// The bytes that no UTF-8 text has are added tokens there, not in the vocabulary: the letter ø is such a token.
const never = [0xc0, 0xc1, ...Array.from({ length: 11 }, (_, i) => 0xf5 + i)].map((b) => alphabet[b]);
const textVocabulary = vocabulary(alphabet.filter((c) => !never.includes(c)), byteMerges);
const textSize = Object.keys(textVocabulary).length;
const bos = '<｜begin▁of▁sentence｜>', eos = '<｜end▁of▁sentence｜>';
write('deepseek', {
  added_tokens: [
    added(textSize, bos), added(textSize + 1, eos), ...never.map((c, i) => added(textSize + 2 + i, c, { normalized: true, special: false })),
    added(textSize + 15, '<｜User｜>', { special: false }), added(textSize + 16, '<｜Assistant｜>', { special: false }),
  ],
  normalizer: sequence('normalizers', []),
  pre_tokenizer: sequence('pretokenizers', [
    split('[\r\n]'), split(`\\s?[${cased}]+`), split('\\s?[!-/:-~！-／：-～‘-‟　-。]+'), split('\\s+$'), split('[一-龥ࠀ-一가-퟿]+'),
    { type: 'Digits', individual_digits: true }, byteLevel({ use_regex: false }),
  ]),
  post_processor: template(bos, textSize), decoder: byteLevel({ add_prefix_space: true }), model: bpe(textVocabulary, asStrings(byteMerges)),
});

// DeepSeek V3: digits in threes, CJK, then words with marks.
write('deepseek-v3', {
  added_tokens: [added(byteSize, bos), added(byteSize + 1, eos), added(byteSize + 2, '<｜User｜>', { special: false })],
  normalizer: sequence('normalizers', []),
  pre_tokenizer: sequence('pretokenizers', [
    split('\\p{N}{1,3}'), split('[一-龥぀-ゟ゠-ヿ]+'),
    split('[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'),
    byteLevel({ use_regex: false }),
  ]),
  post_processor: sequence('processors', [byteLevel(), template(bos, byteSize)]), decoder: byteLevel(), model: bpe(byteVocabulary, byteMerges),
});

// Falcon: ByteLevel in the middle, so later parts see bytes written as characters.
write('falcon', {
  added_tokens: [added(0, '<|endoftext|>')],
  pre_tokenizer: sequence('pretokenizers', [
    { type: 'Punctuation', behavior: 'Contiguous' }, byteLevel({ add_prefix_space: true }), { type: 'Digits', individual_digits: false }, split('[0-9][0-9][0-9]'),
  ]),
  decoder: byteLevel(), model: bpe(byteVocabulary, asStrings(byteMerges)),
});

// The byte-level alphabet written by the normalizer.
write('bytes-by-normalizer', {
  added_tokens: [added(0, '<|endoftext|>'), added(byteSize, 'café', { normalized: true, special: false })],
  normalizer: sequence('normalizers', [{ type: 'NFKC' }, { type: 'ByteLevel' }]),
  pre_tokenizer: split('Ġ?[^Ġ]+'), decoder: byteLevel(), model: bpe(byteVocabulary, asStrings(byteMerges)),
});

// Mixtral and Llama 2, the older form: the normalizer writes the metaspaces, there is no pre-tokenizer.
const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
const pieceVocabulary = vocabulary(['<unk>', '<s>', '</s>', ...bytes, ...common], pieceMerges);
const pieceSize = Object.keys(pieceVocabulary).length;
const controls = [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')];
const pieceDecoder = sequence('decoders', [
  { type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 },
]);
write('mixtral', {
  added_tokens: controls,
  normalizer: sequence('normalizers', [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }]),
  post_processor: template('<s>', 1), decoder: pieceDecoder,
  model: bpe(pieceVocabulary, asStrings(pieceMerges), { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }),
});

// The newer form: Metaspace. With added tokens that swallow white space or must be words.
write('mixtral-metaspace', {
  added_tokens: [
    ...controls, added(pieceSize, '<mask>', { lstrip: true, rstrip: true }), added(pieceSize + 1, '<left>', { lstrip: true, special: false }),
    added(pieceSize + 2, '<right>', { rstrip: true, special: false }), added(pieceSize + 3, 'word', { single_word: true, special: false }),
    added(pieceSize + 4, '[INST]'), added(pieceSize + 5, '[/INST]'),
  ],
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
  post_processor: template('<s>', 1), decoder: pieceDecoder,
  model: bpe(pieceVocabulary, pieceMerges, { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }),
});

// Metaspace that splits, decoder Metaspace, no byte fallback, normalizers of many kinds.
write('metaspace-normalized', {
  added_tokens: [...controls, added(pieceSize, 'café', { normalized: true, special: false }), added(pieceSize + 1, 'TOK', { normalized: true, special: false, lstrip: true })],
  normalizer: sequence('normalizers', [
    { type: 'NFKD' }, { type: 'StripAccents' }, { type: 'Lowercase' }, { type: 'Strip', strip_left: false, strip_right: true },
    { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }, { type: 'Replace', pattern: { Regex: '[\\r\\n]+' }, content: '' },
  ]),
  pre_tokenizer: sequence('pretokenizers', [{ type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }]),
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }, model: bpe(pieceVocabulary, pieceMerges, { unk_token: '<unk>', fuse_unk: false }),
});

// Tokens that span words, so a text cannot be cut into words; only the begin of the text gets a metaspace, not the begin of a line.
const lines = (text.slice(0, 60_000) + more.repeat(10)).split('\n').map((line) => line.replaceAll(' ', '▁')).filter((line) => line && Array.from(line).every((c) => isCommon.has(c)));
const lineMerges = train(countWords(lines, (line) => Array.from(line)), 300);
const lineVocabulary = vocabulary(['<unk>', '<s>', ...common], lineMerges);
write('metaspace-spanning', {
  added_tokens: [added(0, '<unk>'), added(1, '<s>')], normalizer: { type: 'Strip', strip_left: true, strip_right: false },
  pre_tokenizer: sequence('pretokenizers', [split('[\n\t]', 'MergedWithPrevious'), { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false }]),
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true }, model: bpe(lineVocabulary, lineMerges, { unk_token: '<unk>', fuse_unk: true }),
});

// Words with a suffix and inner parts with a prefix, an unknown token for each unknown character, no decoder.
const marked = (word) => Array.from(word, (c, i) => (i ? '##' : '') + c + (i === Array.from(word).length - 1 ? '</w>' : ''));
const trimmed = text.slice(0, 40_000).toLowerCase().match(/[a-z]+|[^\sa-z]/g).filter((w) => /^[a-z.,;!?'"-]+$/.test(w));
const wordMerges = [];
{
  // Training as above, but a merged right part loses its prefix.
  const list = [...countWords(trimmed, marked)].map(([symbols, times]) => [symbols.split('\0'), times]);
  while (wordMerges.length < 200) {
    const pairs = new Map();
    for (const [symbols, times] of list)
      for (let i = 1; i < symbols.length; i++) pairs.set(`${symbols[i - 1]}\0${symbols[i]}`, (pairs.get(`${symbols[i - 1]}\0${symbols[i]}`) ?? 0) + times);
    const [[pair]] = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const [left, right] = pair.split('\0');
    wordMerges.push([left, right]);
    for (const [symbols] of list)
      for (let i = 1; i < symbols.length; i++)
        if (symbols[i - 1] === left && symbols[i] === right) symbols.splice(i - 1, 2, left + right.slice(2));
  }
}
const letters = [...'abcdefghijklmnopqrstuvwxyz', ...'.,;!?\'"-'].flatMap((c) => [c, `##${c}`, `${c}</w>`, `##${c}</w>`]);
const wordVocabulary = Object.fromEntries([...new Set(['[UNK]', ...letters, ...wordMerges.map(([a, b]) => a + b.slice(2))])].map((t, i) => [t, i]));
write('words-with-suffix', {
  added_tokens: [added(0, '[UNK]')], normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'Whitespace' },
  model: bpe(wordVocabulary, wordMerges, { unk_token: '[UNK]', continuing_subword_prefix: '##', end_of_word_suffix: '</w>' }),
});

// Byte fallback with bytes missing: what has none is unknown.
const fewBytes = vocabulary(['<unk>', ...bytes.slice(0, 0xc4), ...common.slice(0, 60)], []);
write('partial-fallback', {
  added_tokens: [added(0, '<unk>')], pre_tokenizer: { type: 'WhitespaceSplit' },
  decoder: sequence('decoders', [{ type: 'ByteFallback' }, { type: 'Strip', content: 'e', start: 2, stop: 0 }]),
  model: bpe(fewBytes, [], { unk_token: '<unk>', fuse_unk: true, byte_fallback: true }),
});
