// The words and numbers of the page in the visitor's language.

/** @typedef {ReturnType<typeof createWords>} Words */

/** Fetches the words of the language that Gradio speaks as well. */
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
  const rules = new Intl.PluralRules(language);

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

    /**
     * A text with a number `{n}` in it; of one thing it is `KEY_one` where the language has that.
     *
     * @param {string} key
     * @param {number} n
     */
    count: (key, n) => say(rules.select(n) === "one" ? `${key}_one` : key, { n: number(n) }),

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
