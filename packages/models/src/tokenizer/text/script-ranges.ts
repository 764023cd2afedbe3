import type { Ranges } from './split.js';

/**
 * The scripts that SentencePiece told apart when the Rust library copied its table; those encoded since count
 * as none.
 */
const scripts = (
  'Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali ' +
  'Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian ' +
  'Chakma Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Duployan ' +
  'Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han ' +
  'Hangul Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi ' +
  'Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Khudawadi ' +
  'Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean ' +
  'Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro ' +
  'Multani Myanmar Nabataean New_Tai_Lue Newa Nko Ogham Ol_Chiki Old_Hungarian Old_Italic ' +
  'Old_North_Arabian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage Osmanya ' +
  'Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan ' +
  'Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac ' +
  'Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh ' +
  'Tirhuta Ugaritic Vai Warang_Citi Yi'
).split(' ');

const anyScript = new Map<string, string>();
let expressions: readonly (readonly [string, RegExp])[] | undefined;

/** The script of a character; '' for what goes with any. The scripts of Japanese count as Chinese. */
const scriptOf = (character: string): string => {
  const known = anyScript.get(character);
  if (known !== undefined) return known;
  expressions ??= scripts.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')]);
  const name = expressions.find(([, expression]) => expression.test(character))?.[0] ?? '';
  const isChinese = name === 'Hiragana' || name === 'Katakana' || character === '\u30fc';
  const script = character === ' ' ? '' : isChinese ? 'Han' : name;
  if (anyScript.size < 10_000) anyScript.set(character, script);
  return script;
};

/**
 * Stretches of one script each. A blank goes with whatever is around it, but at the very beginning it belongs
 * to no stretch, as in the Rust library.
 */
export const scriptRanges = (text: string): Ranges => {
  const ranges: number[] = [];
  let last: string | undefined;
  let at = 0;
  for (const character of text) {
    const script = scriptOf(character);
    if (script !== '' && script !== last) {
      if (last !== undefined) ranges.push(at);
      ranges.push(at);
      last = script;
    }
    at += character.length;
  }
  if (last !== undefined) ranges.push(at);
  return ranges;
};
