() => {
  // The parts that belong to no tab: language and direction of the page, and its header.
  const all = window.gradio_config.i18n_translations;
  const language = navigator.language.toLowerCase().split("-")[0];
  const texts = all[language] || all.en;
  document.documentElement.lang = all[language] ? language : "en";
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  const header = document.querySelector("#header header");
  header.dir = document.documentElement.dir; // Gradio marks every component as left to right
  header.querySelectorAll("[data-text]").forEach((node) => {
    node.textContent = texts[node.dataset.text];
  });
}
