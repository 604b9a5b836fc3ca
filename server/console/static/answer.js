// Shows an answer: its errors, what is known of it, the data with masks marked, and its access record.

const MOST = 400_000; // characters that are coloured; a longer answer is shown plain

/** Returns a new element; `content` is a text, a node, or a list of them. */
export const element = (name, settings = {}, ...content) => {
  const made = document.createElement(name);
  Object.assign(made, settings);
  made.append(...content);
  return made;
};

const english = (text) => element("span", { lang: "en" }, text);

/** Appends a value as JSON. `path` holds response names without list indexes, as `masks` does. */
const write = (target, value, path, depth, masks) => {
  const gap = `\n${"  ".repeat(depth)}`;
  if (value === null || typeof value !== "object") {
    const mask = value === null ? undefined : masks.get(path);
    const kind = typeof value === "string" ? "s" : "n";
    const shown = element("span", { className: kind }, JSON.stringify(value));
    if (!mask) return target.append(shown);
    const marked = element("mark", { title: `脱敏 masked: ${mask.code} ${mask.title}` }, shown);
    return target.append(marked, element("sup", {}, mask.code));
  }
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  target.append(list ? "[" : "{");
  entries.forEach(([name, inner], index) => {
    target.append(`${index ? "," : ""}${gap}  `);
    if (!list) target.append(element("span", { className: "k" }, JSON.stringify(name)), ": ");
    write(target, inner, list ? path : path ? `${path}.${name}` : name, depth + 1, masks);
  });
  target.append(entries.length ? gap : "", list ? "]" : "}");
};

/** Shows a value as JSON in `target`, the masked parts marked. */
export const showJson = (target, value, masks = new Map()) => {
  target.textContent = "";
  const text = JSON.stringify(value, null, 2) ?? "";
  if (text.length > MOST) target.textContent = text;
  else write(target, value, "", 0, masks);
};

const fact = (chinese, name, value, kind = "") => {
  const term = element("dt", {}, `${chinese} `, english(name));
  return element("div", { className: kind === "long" ? "long" : "" }, term, element("dd", { className: kind }, value));
};

/** Returns how a question ended, in the words of the record where there is one. */
const ending = (outcome) => {
  if (outcome.record?.outcome) return outcome.record.outcome;
  if (!outcome.answer.data) return "refused";
  return outcome.answer.errors ? "partial" : "answered";
};

const OUTCOMES = { answered: "已答复", partial: "部分答复", refused: "已拒绝", failed: "失败" };

const facts = (outcome) => {
  const governed = outcome.answer.extensions?.govgraph ?? {};
  const end = ending(outcome);
  const shown = [fact("结果", "Outcome", `${OUTCOMES[end] ?? ""} ${end}`, end === "answered" ? "good" : "bad")];
  const add = (chinese, name, value) => value !== undefined && value !== "" && shown.push(fact(chinese, name, String(value)));
  add("提问者", "Asked as", outcome.record?.client);
  add("用时", "Time", outcome.milliseconds === undefined ? "" : `${outcome.milliseconds} ms`);
  add("来源", "Sources", outcome.record?.sources && Object.keys(outcome.record.sources).length);
  add("涉及人数", "Persons", outcome.record?.subject_total);
  add("最高级别", "Level", governed.level);
  add("脱敏字段", "Masked", governed.masks?.length);
  if (governed.rowFilters?.length) shown.push(fact("行级过滤", "Row filters", governed.rowFilters.join(" · "), "long"));
  return shown;
};

/** Returns a text with what stands in backticks as code. */
const prose = (text) => text.split("`").map((piece, index) => (index % 2 ? element("code", {}, piece) : piece));

/** Returns where an error is: places in the document, the path in the answer, or what the platform named. */
const places = (error, goTo) => {
  const found = (error.locations ?? []).map(({ line, column }) => {
    const text = `第 ${line} 行 ${column} 列`;
    return element("button", { type: "button", className: "place", onclick: () => goTo(line, column) }, text);
  });
  const named = [error.path?.join("."), error.extensions?.where].filter(Boolean);
  return [...found, ...named.map((name) => element("code", {}, name))];
};

/** Returns errors of one kind as a reader needs them: what, where, how to put it right. */
const problem = (errors, goTo) => {
  const { message, extensions = {} } = errors[0];
  const item = element("li", {}, element("b", {}, extensions.code ?? "ERROR"), " ", ...prose(message));
  const where = errors.flatMap((error) => places(error, goTo));
  if (where.length) item.append(element("p", {}, "位置 ", english("Where"), ...where.flatMap((place) => [" ", place])));
  const { remedy } = extensions;
  if (remedy && !message.includes(remedy)) item.append(element("p", {}, "怎么办 ", english("Remedy"), " ", ...prose(remedy)));
  return item;
};

/** Returns one item for all errors that say the same. */
const problems = (errors, goTo) => {
  const kinds = new Map();
  for (const error of errors) {
    const said = `${error.extensions?.code} ${error.message}`;
    kinds.set(said, [...(kinds.get(said) ?? []), error]);
  }
  return [...kinds.values()].map((same) => problem(same, goTo));
};

/** Returns the masks of an answer by path, each with its title. */
export const masksOf = (answer, titles) => {
  const told = answer.extensions?.govgraph?.masks ?? [];
  return new Map(told.map(({ path, mask }) => [path, { code: mask, title: titles[mask] ?? "" }]));
};

const legend = (masks) => {
  const kinds = new Map([...masks.values()].map(({ code, title }) => [code, title]));
  const shown = [...kinds].map(([code, title]) => element("li", {}, element("mark", {}, code), ` ${title}`));
  return shown.length ? [element("li", {}, "脱敏方式 ", english("Masks")), ...shown] : [];
};

/** Shows the road to the record: the record itself in a demonstration, else the command that reads it. */
const showRecord = (parts, outcome) => {
  const receipt = outcome.answer.extensions?.govgraph?.receipt ?? "";
  parts.receipt.replaceChildren();
  parts.record.hidden = !outcome.record;
  if (!receipt) return;
  parts.receipt.append("回执 ", english("Receipt"), " ", element("code", {}, receipt), " ");
  if (outcome.record) {
    const link = element("a", { href: `#${parts.record.id}` }, "访问记录 ", english("Access record"));
    link.addEventListener("click", () => (parts.record.open = true));
    parts.receipt.append(link);
    showJson(parts.record.querySelector("pre"), outcome.record);
  } else {
    parts.receipt.append("审计管理员查看 ", english("to read it"), " ", element("code", {}, `govgraph audit show ${receipt}`));
  }
};

/** Shows the outcome of a question in the parts of the page. */
export const showOutcome = (parts, outcome, titles, goTo) => {
  const { answer } = outcome;
  const masks = masksOf(answer, titles);
  parts.problems.replaceChildren(...problems(answer.errors ?? [], goTo));
  parts.facts.replaceChildren(...facts(outcome));
  parts.legend.replaceChildren(...legend(masks));
  parts.data.hidden = answer.data === undefined || answer.data === null;
  showJson(parts.data, answer.data ?? null, masks);
  parts.more.hidden = !answer.extensions;
  showJson(parts.more.querySelector("pre"), answer.extensions ?? null);
  showRecord(parts, outcome);
};

/** Shows that no answer came, and why. */
export const showFailure = (parts, message, remedy) => {
  const error = { message, extensions: { code: "NOT_ASKED", remedy } };
  for (const name of ["facts", "legend", "receipt"]) parts[name].replaceChildren();
  for (const name of ["data", "more", "record"]) parts[name].hidden = true;
  parts.problems.replaceChildren(problem([error], () => {}));
};
