// Light, dark, or as the system: kept in a cookie so that the server can write the page that way at once.
const YEAR = 31536000;

export function offerThemes() {
  const buttons = document.querySelectorAll("[data-theme-choice]");
  const show = () => {
    const chosen = document.documentElement.dataset.theme || "";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const theme = button.dataset.themeChoice;
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `theme=${theme}; Path=/; Max-Age=${theme ? YEAR : 0}; SameSite=Lax${secure}`;
      if (theme) document.documentElement.dataset.theme = theme;
      else delete document.documentElement.dataset.theme;
      show();
    });
  }
  show();
}
