// Texts that are hard to tokenize. Lone surrogates are left out: JSON cannot carry them, the tests write them themselves.
const run = (text, times) => text.repeat(times);

export const corpus = [
  // nothing and nearly nothing
  '', ' ', '  ', '   ', '\t', '\n', '\r\n', '\0', '\u0001\u0002\u001f\u007f', 'a', ' a', 'a ', '  a  ', '\ta\t',
  // white space of all kinds
  run(' ', 17), run('\n', 9), run(' \n', 5), run('\r\n', 4), 'a\r\nb\r\n\r\nc', 'x \n y\n\n z  \n', 'tab\tand\ttab\t\tend\t', 'a\u00a0b\u2003c\u3000d\u200be\ufefff\u0085g\u180eh',
  'line\u2028sep\u2029para', '\u000b\u000c vt ff', 'end of text   ', '   start of text', 'a  b   c    d     e', '  \n  \n  x', 'a\n \n  \n   b', ' \u3000 mixed \u00a0 ',
  // words, contractions of all cases
  'Hello, world!', 'Once upon a time there was', "I'm you're he's she'll we've they'd don't", "I'M YOU'RE HE'S SHE'LL WE'VE THEY'D DON'T", "it'S 'Ll 'lL 'rE 'Ve 'D 'M 'T",
  "'s'", "''s", "'", "' s", "x's", "'\u017f 'S\u017f", 'don\u2019t it\u2019s', "rock'n'roll o'clock 'tis", 'ALL CAPS and CamelCase and snake_case and kebab-case', 'na\u00efve caf\u00e9 \u00e9l\u00e8ve',
  // digits of many kinds
  '0', '12', '123', '1234567890', '3.14159', '1,000,000', '-42', '1e-10', '0x1F', '2024-02-29T23:59:59Z', '\u0661\u0662\u0663', '\u0967\u0968\u0969', '\u00b2\u00b3\u00b9', '\u00bd\u00bc\u2153',
  '\u2167\u2170', '\u2460\u2461', '\uff11\uff12\uff13', '\u{1d7ce}\u{1d7cf}\u{1d7d0}\u{1d7d1}', '\u3007\u4e00\u4e8c', '7\u20e3', 'a1b22c333d4444', '12 34 567 8901',
  // scripts
  '\u4f60\u597d\uff0c\u4e16\u754c\uff01', '\u4e2d\u6587\u548cEnglish\u6df7\u5408123', '\u3053\u3093\u306b\u3061\u306f\u30ab\u30bf\u30ab\u30ca', '\uc548\ub155\ud558\uc138\uc694', '\u1112\u1161\u11ab\u1100\u1173\u11af',
  '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645', '\u0634\u064e\u0643\u0652\u0644', '\u05e9\u05dc\u05d5\u05dd', '\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01', '\u0928\u092e\u0938\u094d\u0924\u0947',
  '\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440', '\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03a3\u03a3 \u03c2', '\u0130stanbul \u0131\u0130', 'Stra\u00dfe STRASSE \u1e9e', '\u01c5 \u01c8 \u01f2', '\ufb01 \ufb06 \u2122 \u33a1 \uff21',
  // combining marks, in several orders
  'e\u0301', 'a\u0301\u0323b', 'a\u0323\u0301b', '\u1ea5 \u1eadm', '\u0301alone', 'x \u0301', '\u0041\u030a \u212b \u00c5', 'q\u0307\u0323', '\u0344', '\u1e9b\u0323', '\u0f71\u0f72\u0f74', '\u0d4a\u0d4b', run('\u0300', 12),
  // emoji
  '\u{1f600}', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}', '\u{1f44d}\u{1f3fd}', '\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}', '\u2764\ufe0f', '\u{1f9d1}\u{1f3ff}\u200d\u{1f680}', 'a\u{1f600}b \u{1f600} c', '\u2600\ufe0e\u2600\ufe0f',
  // beyond the Basic Multilingual Plane: letters, digits, marks, private use, noncharacters
  '\u{1d400}\u{1d401} \u{1d4d0}\u{1d4d1}', '\u{10400}\u{10428}', '\u{20000}\u{2a6d6}', '\u{1e900}\u{1e922}', '\u{1d165}\u{1d16e}', '\u{f0000}\u{10fffd}', '\uffff\ufffe\u{1ffff}', '\u{e0041}\u{e0042}', '\u{1f130}\u{24b6}', 'x\u{1d400}1\u{1d7ce} \u{10400}',
  // odd characters
  '\ufffd', 'a\ufffdb', '\ue000\uf8ff', '\u200e\u200f\u202a\u202e', 'soft\u00adhyphen', '\u0378\u0380', '\u061c\u06dd', 'zero\u200cwidth\u200djoiner',
  // punctuation and symbols
  '!!!', '...', '\u2026', '---', '\u2014\u2013', '(a) [b] {c} <d>', '"quoted" \u201cquoted\u201d \u00abquoted\u00bb', '\u3001\u3002\uff01\uff1f', '$5 \u20ac5 \u00a55', 'a+b=c*d/e%f^g&h|i~j`k', '#hash @at', '\u00bfqu\u00e9?', '\u00f8re \u00c0 \u00fc \u00f7', 'x\u00d7y\u00f7z\u00b1', '\u2192\u21d2\u2200\u2203', '_a_b__c___',
  // code, URLs
  'def f(x):\n    return x ** 2  # square\n', 'if (a && b) {\n\tfoo(a[0], "x\\n");\n}\n', 'https://example.com/a/b?c=d&e=f#g', 'user.name+tag@sub.example.co.uk', 'C:\\Users\\me\\file.txt', '<html><body class="x">&nbsp;</body></html>', '{"key": [1, 2.5, null, true]}',
  'SELECT * FROM t WHERE a >= 10;', '\u0023!/bin/sh\necho "$HOME" | sed \'s/a/b/g\'', '// comment\r\n/* block */\r\n', 'a\\nb', '\u001b[31mred\u001b[0m', '\u03bbx.x \u2261 y',
  // special tokens, look-alikes and neighbours
  '<|endoftext|>', 'a<|endoftext|>b', ' <|endoftext|> ', '<|endoftext|><|endoftext|>', '<|endoftext', '<|end<|endoftext|>oftext|>', '<s>', '</s>', 'a<s>b</s>c', '<s> x </s> y', '<S>', '< s>', '<unk>', 'x <unk> y', '<0x41>', '<0x0A>x', '\u2581', '\u2581\u2581x', 'a\u2581b', ' \u2581 ',
  '<\uff5cbegin\u2581of\u2581sentence\uff5c>Hi<\uff5cend\u2581of\u2581sentence\uff5c>', '<\uff5cUser\uff5c>Hello<\uff5cAssistant\uff5c>', '|||EMAIL_ADDRESS|||', 'to |||EMAIL_ADDRESS||| now', '|||EMAIL|||', '<mask>', 'a <mask> b', 'a  <mask>  b', 'x<mask>y', '  <mask>', '<left> <right>', 'a  <left>  b', 'a  <right>  b', 'word <word> sword', 'aword', 'word', 'word.word_word word\u0301', 'WORD Word', 'caf\u00e9 tok', 'CAF\u00c9 TOK', 'cafe\u0301 tok',
  '<tool> <tool_call> <tool_cal', 'a <tool_call>b', '<tool_call><tool>', '\u0120 \u010a \u0100', '\u0120word', '[INST] hi [/INST]',
  // the same over and over
  run('a', 200), run('ab', 100), run(' a', 60), run('1', 50), run('\u4e2d', 50), run('\u{1f600}', 20), run('!', 70), run('the ', 40), run('a\n', 30), run('\u0e01', 40), run("'s", 20), run('x ', 3) + run(' ', 30) + 'y',
  // prose
  'The quick brown fox jumps over the lazy dog. 0123456789', 'It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness\u2026',
  '\u201cWell,\u201d said the old man, \u201cthat\u2019s 3\u00bd miles\u2014or 5.6 km\u2014from here.\u201d',
];
