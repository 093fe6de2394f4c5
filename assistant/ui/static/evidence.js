// Receipts that unfold below figures, and what the operator says of an answer.
(() => {
  // A figure unfolds its receipt right below the line that it stands in. Streaming draws an answer again and again:
  // what was unfolded is unfolded again.
  const unfolded = new Map();
  let number = 0;
  const answerOf = (button) => button.closest(".bot-row") ?? button.closest("#fq-log");
  const placeOf = (button) => {
    const block = button.closest("figcaption, li, p, h1, h2, h3, h4, h5, h6, table, blockquote") ?? button;
    const list = block.matches("li") ? block.querySelector(":scope > ul, :scope > ol") : null;
    if (block.matches("li")) return (panel) => (list ? list.before(panel) : block.append(panel));
    return (panel) => block.after(panel);
  };
  const keyOf = (button) => {
    const prose = button.closest("[data-answer]");
    return prose ? `${prose.dataset.answer}:${[...prose.querySelectorAll("[data-receipt]")].indexOf(button)}` : "";
  };
  const fold = (button) => {
    document.getElementById(button.getAttribute("aria-controls"))?.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    unfolded.delete(keyOf(button));
  };
  const unfold = (button) => {
    const sources = [...(answerOf(button)?.querySelectorAll("[data-receipt-of]") ?? [])];
    const source = sources.find((one) => one.dataset.receiptOf === button.dataset.receipt);
    if (!source) return null;
    const panel = document.createElement("section");
    panel.className = "fq-receipt";
    panel.id = `fq-receipt-${(number += 1)}`;
    panel.append(...source.cloneNode(true).childNodes);
    panel.querySelector("[data-slot=label]").textContent = button.dataset.label;
    panel.querySelector("[data-slot=value]").textContent = button.dataset.value;
    panel.setAttribute("aria-label", `${button.dataset.label} ${button.dataset.value}`);
    placeOf(button)(panel);
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", panel.id);
    if (keyOf(button)) unfolded.set(keyOf(button), true);
    return panel;
  };
  // As much of the receipt as fits is shown, but the figure that was clicked stays in sight.
  const reveal = (button, panel) => {
    const log = document.querySelector("#fq-log .bubble-wrap");
    if (!log || !panel) return;
    const frame = log.getBoundingClientRect();
    const below = panel.getBoundingClientRect().bottom - frame.bottom + 12;
    const above = button.getBoundingClientRect().top - frame.top - 20;
    if (below > 0 && above > 0) log.scrollBy({ top: Math.min(below, above) });
  };
  const openerOf = (panel) => document.querySelector(`[data-receipt][aria-controls="${panel.id}"]`);
  const unfoldAgain = () => {
    for (const key of unfolded.keys()) {
      const [answer, index] = key.split(":");
      const button = document.querySelector(`[data-answer="${answer}"]`)?.querySelectorAll("[data-receipt]")[Number(index)];
      if (button?.getAttribute("aria-expanded") === "false") unfold(button);
    }
  };
  const copy = async (button) => {
    const text = button.parentElement.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // an address without https: the old way
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const figure = target?.closest("[data-receipt]");
    if (figure?.getAttribute("aria-expanded") === "true") fold(figure);
    else if (figure) reveal(figure, unfold(figure));
    const panel = target?.closest("[data-receipt-close]")?.closest(".fq-receipt");
    const opener = panel && openerOf(panel);
    if (opener) { fold(opener); opener.focus(); }
    const copied = target?.closest("[data-copy]");
    if (copied) copy(copied);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element)) return;
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("span[data-receipt]")) {
      event.preventDefault();  // words are no button, so that they can go on in the next line
      event.target.click();
    }
    if (event.key !== "Escape") return;
    const panel = event.target.closest(".fq-receipt");
    const opener = panel ? openerOf(panel) : event.target.closest('[data-receipt][aria-expanded="true"]');
    if (opener) { fold(opener); opener.focus(); }
  });

  // What the operator says of an answer is sent at once; the server answers with the control as it then stands.
  const judge = async (box, verdict, comment, focus) => {
    const { conversation, turn, language } = box.dataset;
    const said = box.querySelector("[role=status]");
    try {
      const response = await fetch(`/conversations/${encodeURIComponent(conversation)}/feedback`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ turn: Number(turn), verdict, comment, language }),
      });
      if (!response.ok) throw new Error(String(response.status));
      const holder = document.createElement("div");
      holder.innerHTML = await response.text();
      const drawn = holder.firstElementChild;
      box.replaceWith(drawn);
      drawn.querySelector(focus)?.focus();
    } catch {
      said.textContent = box.dataset.failed;
      said.classList.add("is-failed");
    }
  };
  const showComment = (box, open) => {
    const form = box.querySelector("form");
    form.hidden = !open;
    box.querySelector("[data-comment]").setAttribute("aria-expanded", String(open));
    if (open) form.querySelector("textarea").focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-feedback] button") : null;
    const box = button?.closest("[data-feedback]");
    if (!box || button.type === "submit") return;
    const comment = box.querySelector("textarea").defaultValue;
    if (button.matches("[data-comment]")) showComment(box, box.querySelector("form").hidden);
    if (button.dataset.verdict === undefined) return;
    const verdict = button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.verdict;
    judge(box, verdict, comment, `[data-verdict="${button.dataset.verdict}"]`);
  });
  document.addEventListener("submit", (event) => {
    const box = event.target instanceof Element ? event.target.closest("[data-feedback]") : null;
    if (!box) return;
    event.preventDefault();
    const verdict = box.querySelector('[aria-pressed="true"]')?.dataset.verdict ?? "";
    judge(box, verdict, box.querySelector("textarea").value, "[data-comment]");
  });

  window.fenqunUnfoldAgain = unfoldAgain;
})();
