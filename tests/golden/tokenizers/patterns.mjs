// Regular expressions that tokenizers use or could use, and texts to split with them.
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

export const patterns = [
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  // the same in other spellings, so that the general matcher runs them
  `(?:${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)`,
  "(?:'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+)",
  "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  // o200k
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // Kimi
  "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // words with marks
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  '[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '\\s+$', '[一-龥ࠀ-一가-퟿]+', '\\p{N}+', '\\p{N}{1,3}', '[一-龥぀-ゟ゠-ヿ]+',
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
  '(?:\\r?\\n)+(?!\\r?\\n)', '\\d{1,3}(?=(?:\\d{3})*\\b)', '(?=(\\d{3})+(?!\\d))', '[0-9][0-9][0-9]', '.', '(?m:.+)', ' ?[^(\\s|[.,!?…。，、।۔،])]+',
  // pieces of the syntax
  '^', '$', '^\\w', '\\w$', '\\A\\s*', '\\s*\\z', '\\s*\\Z', '\\b', '\\B', '\\w+', '\\W+', '\\d+', '\\D+', '\\h+', '\\H+', '[\\w]+', '[\\W]+', '[\\d\\s]+', '[^\\d\\s]+', '[\\S]+',
  'a+', 'a*', 'a?', 'a+?', 'a*?b', 'a{2}', 'a{2,}', 'a{,2}', 'a{2,3}?', 'a{2}+', 'a{2}?', 'a++', 'a*+', 'a++a', 'a{', 'a{x}', '{', '(a|b)+', '(?:ab)*', '(a*)*', '(a|b*)*c', '(?>a+)b', '(?>a|ab)(?:c|$)',
  '(?<=a)b', '(?<!a)b', '(?<=ab|c)d', '(?<!ab|c)d', '(?=b)', '(?!b).', 'x(?#comment)y', '(?<name>a)b', '(?i)abc', 'a(?i)b|c', '(?i:a(?-i:b))', '(?i:é)', '(?i:[a-c])+', '(?i:[^a-c])+', '(?i:σ)', '(?i:s)',
  '[a-c]+', '[^a-c]+', '[]a]+', '[a-]+', '[-a]+', '[a\\-z]+', '[a-c&&[^b]]+', '[a-z&&[b-y]&&[^m]]+', '[^[a-c]x]+', '[[a-c][x-z]]+', '[[:digit:]]+', '[[:^space:]]+', '[[:space:]]+', '[[:xdigit:]]+', '[\\p{L}&&\\p{ASCII}]+', '[\\]\\[]',
  '\\p{Lu}+', '\\P{Lu}+', '\\p{^Lu}+', '\\p{letter}+', '\\p{L}\\p{M}*', '\\p{Nd}+', '\\p{S}+', '\\p{Sc}', '\\p{Zs}+', '\\p{Cc}+', '\\p{Cf}', '\\p{Cn}', '\\p{Co}', '\\p{Lt}', '\\p{Lm}', '\\p{Nl}', '\\p{No}', '\\p{Pd}', '\\p{Pc}', '\\p{Han}+', '\\p{Hiragana}+', '\\p{Katakana}+', '\\p{Hangul}+',
  '\\x41', '\\x{1F600}', '\\u0041', '\\t', '\\n', '\\r\\n|\\r|\\n', '\\e', '\\f|\\v|\\a', '\\.', '\\/', '\\-', '\\ ', '[\\n\\t]', '[\\x41-\\x43]+', '𐐀|😀', '[𐐀-𐑏😀]+',
];

export const behaviors = [['Isolated', false], ['Removed', false], ['Removed', true], ['MergedWithPrevious', false], ['MergedWithNext', false], ['Contiguous', false], ['Isolated', true], ['MergedWithNext', true]];
