// Writes the golden files. Usage: node make-golden.mjs [--json FILE --texts FILE --out FILE [--reference-only]]
// With arguments: the golden file of another tokenizer.json for the lines of a text file, to check by hand.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Tokenizer as JavaScriptTokenizer } from '@huggingface/tokenizers';
import { corpus } from './corpus.mjs';
import { behaviors, patterns } from './patterns.mjs';

const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
const here = new URL('./', import.meta.url);
const argument = (name) => process.argv[process.argv.indexOf(name) + 1];

// JSON cannot tell a noncharacter or a format character apart on a screen: everything outside of ASCII is escaped.
const escape = (json) => json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const writeCases = (path, head, cases) =>
  writeFileSync(path, `{\n${Object.entries(head).map(([k, v]) => `${JSON.stringify(k)}: ${escape(JSON.stringify(v))},\n`).join('')}"cases": [\n${cases.map((c) => escape(JSON.stringify(c))).join(',\n')}\n]}\n`);

let seed = 0;
const random = (below) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

async function encode(tokenizer, text, addSpecialTokens) {
  return Array.from((await tokenizer.encode(text, null, { addSpecialTokens })).getIds());
}

async function makeGolden(name, json, texts, path) {
  const tokenizer = Tokenizer.fromString(json);
  seed = 20241122;
  const differences = [];
  let other = null;
  try {
    if (!process.argv.includes('--reference-only')) other = new JavaScriptTokenizer(JSON.parse(json), {});
  } catch (e) {
    differences.push(`does not load: ${e.message}`);
  }
  const cases = [];
  for (const text of texts) {
    const ids = await encode(tokenizer, text, false);
    const special = await encode(tokenizer, text, true);
    cases.push({ text, ids, special, decoded: await tokenizer.decode(special, false), skipped: await tokenizer.decode(special, true) });
    if (other === null) continue;
    try {
      const otherIds = other.encode(text, { add_special_tokens: false }).ids;
      if (JSON.stringify(otherIds) !== JSON.stringify(ids)) differences.push(`encode ${escape(JSON.stringify(text.slice(0, 40)))}: ${otherIds.slice(0, 12)} instead of ${ids.slice(0, 12)}`);
      if (special.length > 0) {
        const otherText = other.decode(special, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
        if (otherText !== cases.at(-1).decoded) differences.push(`decode ${escape(JSON.stringify(text.slice(0, 40)))}: ${escape(JSON.stringify(otherText.slice(0, 40)))} instead of ${escape(JSON.stringify(cases.at(-1).decoded.slice(0, 40)))}`);
      }
    } catch (e) {
      differences.push(`throws on ${escape(JSON.stringify(text.slice(0, 40)))}: ${e.message}`);
    }
  }
  // Ids in any order: incomplete characters, unknown ids, special tokens in the middle.
  const size = Object.values(tokenizer.getVocab(true)).reduce((a, b) => Math.max(a, b)) + 1;
  const decodings = [];
  for (let i = 0; i < 40; i++) {
    const ids = Array.from({ length: 1 + random(20) }, () => random(i % 2 ? size + 2 : Math.min(size, 300)));
    decodings.push({ ids, decoded: await tokenizer.decode(ids, false), skipped: await tokenizer.decode(ids, true) });
  }
  writeCases(path, { reference: 'tokenizers 0.23.2', tokenizer: name, decodings }, cases);
  console.log(`${name}: ${cases.length} texts, @huggingface/tokenizers 0.2.0 differs in ${differences.length}`);
  for (const line of differences.slice(0, 12)) console.log(`    ${line}`);
}

// Begin and end of each piece in UTF-16 units, one behind the other; the reference counts code points.
function bounds(text, pieces) {
  const characters = Array.from(text);
  const units = (count) => characters.slice(0, count).join('').length;
  return pieces.flatMap(([piece, [start, end]]) => {
    if (text.slice(units(start), units(end)) !== piece) throw new Error(`${piece} is not in ${text}`);
    return [units(start), units(end)];
  });
}

function makePatterns(path) {
  const texts = corpus.filter((text) => text.length > 0 && text.length < 60).filter((_, i) => i % 11 === 0)
    .concat(['aab abb ABC abcd cd xd a{ a{x} {', 'ab\ncd\n\nef\n', 'aaaa aaa aa a', 'aX bX 123456 12 1234567 x', "it's IT'S \u017f \u03c3\u03c2\u03a3", 'a b\t c\n d \n', 'xy[z]-a&b|c', '\u4e2d\u6587\u3042\u30a2\ud55c x\u{20000}y', '\u{10400}\u{1f600}a \u01c5\u02b0\u2167\u00bd\u2014\u203f\u20ac']);
  const cases = [];
  const refused = [];
  for (const [index, pattern] of patterns.entries()) {
    // Every behaviour for a few, two for the rest.
    for (const [behavior, invert] of index < 3 || index % 9 === 0 ? behaviors : behaviors.slice(0, 2)) {
      const json = { version: '1.0', added_tokens: [], normalizer: null, pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior, invert }, post_processor: null, decoder: null, model: { type: 'BPE', vocab: {}, merges: [] } };
      let pre;
      try {
        pre = Tokenizer.fromString(JSON.stringify(json)).getPreTokenizer();
      } catch (e) {
        refused.push(`${pattern}: ${e.message}`);
        break;
      }
      cases.push({ pattern, behavior, invert, pieces: texts.map((text) => bounds(text, pre.preTokenizeString(text))) });
    }
  }
  writeCases(path, { reference: 'tokenizers 0.23.2', texts }, cases);
  console.log(`patterns: ${cases.length}; refused by the reference: ${refused.length}`);
  for (const line of refused) console.log(`    ${line}`);
}

function makeNormalization(path) {
  const hashes = {};
  for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
    const hash = createHash('sha256');
    // Each code point between two others, and behind a starter and a mark that may reorder or compose with it.
    for (let c = 0; c <= 0x10ffff; c++)
      if (c < 0xd800 || c > 0xdfff) {
        const one = String.fromCodePoint(c);
        hash.update(`a${one}\u0301b`.normalize(form), 'utf8').update(`\u0105\u0300${one}`.normalize(form), 'utf8').update(`${one}\u0323\u093c\u1161\u11a8`.normalize(form), 'utf8');
      }
    hashes[form] = hash.digest('hex');
  }
  writeCases(path, { unicode: process.versions.unicode, hashes }, corpus.filter((t) => ['NFC', 'NFD', 'NFKC', 'NFKD'].some((f) => t.normalize(f) !== t)).map((text) => ({ text, NFC: text.normalize('NFC'), NFD: text.normalize('NFD'), NFKC: text.normalize('NFKC'), NFKD: text.normalize('NFKD') })));
}

if (process.argv.includes('--json')) {
  const texts = [...corpus, ...readFileSync(argument('--texts'), 'utf8').split(/(?<=\n)/)];
  await makeGolden(argument('--json'), readFileSync(argument('--json'), 'utf8'), texts, argument('--out'));
} else {
  const sample = new URL('../../../sample-app/models/tiny-olmoe/tokenizer.json', here);
  await makeGolden('tiny-olmoe', readFileSync(sample, 'utf8'), corpus, new URL('tiny-olmoe.golden.json', here));
  for (const file of readdirSync(new URL('models/', here)).sort())
    await makeGolden(file.replace('.json', ''), readFileSync(new URL(`models/${file}`, here), 'utf8'), corpus, new URL(file.replace('.json', '.golden.json'), here));
  makePatterns(new URL('patterns.golden.json', here));
  makeNormalization(new URL('normalization.golden.json', here));
}
