// The few things that belong to the browser: theme, view, keys, and the choices of the mapping form.
(() => {
  const root = document.documentElement;
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } };

  // Theme: the operator's choice wins over the system's, also when Gradio sets its class later.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => stored("fenqun-theme") || (system.matches ? "dark" : "light");
  const applyTheme = () => {
    if (!document.body) return;
    const dark = wanted() === "dark";
    if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
    root.style.colorScheme = dark ? "dark" : "light";
  };
  // On a phone the list of conversations comes in from the side.
  const openDrawer = (open) => {
    if (open) document.body.dataset.drawer = "open"; else delete document.body.dataset.drawer;
  };
  const showView = (view) => {
    document.body.dataset.view = view;
    openDrawer(false);
    if (view !== "chat") window.scrollTo(0, 0);
    dispatchEvent(new Event("resize"));
  };

  const begin = () => {
    applyTheme();
    showView("chat");
    new MutationObserver(applyTheme).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    const noticeLanguage = () => {
      const language = document.querySelector("[data-page-language]")?.dataset.pageLanguage;
      if (!language) return;
      if (!document.body.dataset.ready) watchLog();
      document.body.dataset.ready = "true";
      const tag = language === "zh" ? "zh-CN" : "en";
      if (root.lang !== tag) root.lang = tag;
    };
    noticeLanguage();
    new MutationObserver(noticeLanguage).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-page-language"] });
  };
  if (document.body) begin(); else document.addEventListener("DOMContentLoaded", begin);
  system.addEventListener("change", applyTheme);

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-theme-switch]")) {
      store("fenqun-theme", wanted() === "dark" ? "light" : "dark");
      applyTheme();
    }
    if (target?.closest("[data-drawer-switch]")) openDrawer(!document.body.dataset.drawer);
    if (target?.closest("[data-talk-open], [data-talk-new]")) {
      questions = 0;  // the conversation that comes is read from its latest question
      openDrawer(false);
      if (target.closest("[data-talk-new]")) document.querySelector("#fq-box textarea")?.focus();
    }
    const view = target?.closest("button[data-view]")?.dataset.view;
    if (view) showView(view);
    const question = target?.closest("[data-ask]")?.dataset.ask;
    const box = document.querySelector("#fq-box textarea");
    if (question && box) {
      showView("chat");
      box.value = question;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => document.querySelector("#fq-send")?.click(), 60);
    }
  });

  // Enter that only ends the composing of Chinese characters must not send the question.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") openDrawer(false);
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
  }, true);

  // A new question goes to the top of the log; below a short answer there is room enough for that.
  let questions = 0;
  let waiting = false;
  const settleLog = () => {
    waiting = false;
    window.fenqunUnfoldAgain?.();
    const log = document.querySelector("#fq-log .bubble-wrap");
    const inner = log?.querySelector(".message-wrap");
    const asked = log?.querySelectorAll(".user-row") ?? [];
    if (!inner || !asked.length) { questions = 0; return; }
    const last = asked[asked.length - 1];
    const top = last.getBoundingClientRect().top - inner.getBoundingClientRect().top;
    const used = inner.scrollHeight - parseFloat(getComputedStyle(inner).paddingBottom) - top;
    inner.style.paddingBottom = `${Math.max(12, log.clientHeight - used - 20)}px`;
    if (asked.length > questions) log.scrollTo({ top: Math.max(0, top - 16), behavior: questions ? "smooth" : "auto" });
    questions = asked.length;
  };
  const watchLog = () => {
    const log = document.querySelector("#fq-log");
    if (!log) return;
    new MutationObserver(() => {
      newsAt = Date.now();
      if (!waiting) { waiting = true; requestAnimationFrame(settleLog); }
    }).observe(log, { childList: true, subtree: true, characterData: true });
  };

  // The stream of an answer can be lost (a laptop slept, a connection broke): when nothing comes for a while, the page asks for what there is.
  const PATIENCE = 4000;
  let newsAt = Date.now();
  let sent = null;  // when a question was sent that is not in the log yet, and how many were there
  const inLog = () => document.querySelectorAll("#fq-log .user-row").length;
  const noteSent = () => { sent = { at: Date.now(), questions: inLog() }; };
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("#fq-send, #fq-retry, #fq-log button")) noteSent();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target instanceof Element && event.target.closest("#fq-box")) noteSent();
  });
  setInterval(() => {
    const running = document.querySelector("#fq-stop")?.checkVisibility();
    if (sent && (running || inLog() > sent.questions)) sent = null;
    const since = running ? newsAt : sent?.at;
    if (!since || Date.now() - since < PATIENCE) return;
    newsAt = Date.now();
    sent = null;
    document.querySelector("#fq-catch-up")?.click();
  }, 1000);

  // What the mapping form says: every column that was changed, and every one that was marked as unsure.
  window.fenqunMapping = () => JSON.stringify(
    [...document.querySelectorAll("#fq-stage select[data-column]")]
      .filter((select) => select.value !== select.dataset.proposed || select.dataset.unsure === "true")
      .map((select) => ({ source: select.dataset.source, column: select.dataset.column, target: select.value }))
  );
})();
