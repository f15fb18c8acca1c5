// The words and numbers of the page in the visitor's language.

/** @typedef {ReturnType<typeof createWords>} Words */

/** Fetches the words of the visitor's language. */
export async function loadWords() {
  const languages = Object.keys(window.gradio_config.i18n_translations);
  const language = pickLanguage(navigator.language, languages);
  const answer = await fetch(new URL(`../locales/${language}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`the words could not be fetched: ${answer.status}`);
  return createWords(language, await answer.json());
}

/**
 * Gradio goes by the first language of the browser alone; so does this, or the page would speak two.
 *
 * @param {string} wanted Such as `de-AT`.
 * @param {string[]} known
 */
export function pickLanguage(wanted, known) {
  const language = wanted.toLowerCase().split("-")[0];
  return known.includes(language) ? language : "en";
}

/**
 * @param {string} language
 * @param {Record<string, string>} texts A text may hold `{name}`, to be filled in.
 */
export function createWords(language, texts) {
  /** @param {Intl.NumberFormatOptions} options */
  const format = (options) => new Intl.NumberFormat(language, options);

  /**
   * @param {string} key
   * @param {Record<string, string | number>} values What stands for `{name}`.
   */
  const say = (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (_, /** @type {string} */ name) => String(values[name]));

  /** @param {number} value */
  const number = (value, digits = 0) => format({ maximumFractionDigits: digits }).format(value);

  return {
    language,
    direction: language === "ar" ? "rtl" : "ltr",

    /** @param {string} key */
    knows: (key) => key in texts,

    say,
    number,

    /** @param {number} n Of a face, from 1. */
    face: (n) => say("face", { n: number(n) }),

    /**
     * A text with a number `{n}` in it; where the language says it otherwise of so many things, it
     * is `KEY_one`, `KEY_two`, `KEY_few` or `KEY_many`, by the rules of `Intl.PluralRules`.
     *
     * @param {string} key
     * @param {number} n
     * @param {Record<string, string | number>} values What else is to be filled in.
     * @param {number} digits Of `n` behind the point: what is written decides on the form.
     */
    count: (key, n, values = {}, digits = 0) => {
      const rules = new Intl.PluralRules(language, { maximumFractionDigits: digits });
      const form = `${key}_${rules.select(n)}`;
      return say(form in texts ? form : key, { ...values, n: number(n, digits) });
    },

    /**
     * Nothing is 100 %: what would be rounded to that is `> 99 %`, and to 0 % `< 1 %`.
     *
     * @param {number} share From 0 to 1.
     */
    percent: (share, digits = 0) => {
      const step = 10 ** -(digits + 2);
      const { format: written } = format({ style: "percent", maximumFractionDigits: digits });
      if (share >= 1 - step / 2) return `>\u00a0${written(1 - step)}`;
      return share > 0 && share < step / 2 ? `<\u00a0${written(step)}` : written(share);
    },
  };
}
