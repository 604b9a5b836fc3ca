"use strict";
// Runs a stored question of the demonstration city and shows its masked answer and its record.
(() => {
  const root = document.currentScript.dataset.root;

  const show = (target, value) => {
    target.textContent = "";
    const text = JSON.stringify(value, null, 2);
    const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null|-?\d+(?:\.\d+)?)\b/g;
    let last = 0;
    for (const match of text.matchAll(token)) {
      target.append(text.slice(last, match.index));
      const piece = document.createElement("span");
      piece.className = match[2] ? "k" : match[1] ? "s" : "n";
      piece.textContent = match[1] || match[0];
      target.append(piece, match[2] || "");
      last = match.index + match[0].length;
    }
    target.append(text.slice(last));
  };

  const fact = (list, name, value, kind) => {
    const box = document.createElement("div");
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    detail.textContent = value;
    detail.className = kind === "good" || kind === "bad" ? kind : "";
    if (kind === "long") box.className = "long";
    box.append(term, detail);
    list.append(box);
  };

  const facts = (list, outcome) => {
    const governed = (outcome.answer.extensions || {}).govgraph || {};
    const record = outcome.record || {};
    const good = Boolean(outcome.answer.data) && !outcome.answer.errors;
    list.textContent = "";
    fact(list, "结果 Outcome", record.outcome || (good ? "answered" : "refused"), good ? "good" : "bad");
    fact(list, "用时 Time", `${outcome.milliseconds} ms`);
    if (record.sources) fact(list, "来源 Sources", Object.keys(record.sources).length);
    if ("subject_total" in record) fact(list, "涉及人数 Persons", record.subject_total);
    if (governed.level) fact(list, "最高级别 Level", governed.level);
    if (governed.masks) fact(list, "脱敏字段 Masked fields", governed.masks.length);
    if (governed.receipt) fact(list, "回执 Receipt", governed.receipt, "long");
  };

  const run = async (card) => {
    const button = card.querySelector(".run");
    const result = card.querySelector(".result");
    button.disabled = true;
    try {
      const path = `${root}/demo/run/${encodeURIComponent(card.dataset.name)}`;
      const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
      const outcome = await response.json();
      if (!outcome.answer) outcome.answer = outcome;
      facts(card.querySelector(".facts"), outcome);
      show(card.querySelector(".answer"), outcome.answer);
      show(card.querySelector(".record"), outcome.record || null);
    } catch (failure) {
      const list = card.querySelector(".facts");
      list.textContent = "";
      fact(list, "结果 Outcome", "服务未应答 The server did not answer", "bad");
    } finally {
      result.hidden = false;
      button.disabled = false;
    }
  };

  for (const card of document.querySelectorAll(".question")) {
    card.querySelector(".run").addEventListener("click", () => run(card));
  }
})();
