// What the page's own scripts show and send, with a small stand-in for the browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(`${process.env.CONSOLE_STATIC}/`);

/** Keeps children and text as an element does; `own` lists what it was given as text. */
class Element {
  constructor(name) {
    Object.assign(this, { name, children: [], hidden: false, listeners: {} });
  }
  append(...added) {
    this.children.push(...added);
  }
  replaceChildren(...added) {
    this.children = added;
  }
  addEventListener(event, listener) {
    this.listeners[event] = listener;
  }
  querySelector(name) {
    return this.all(name)[0];
  }
  set textContent(text) {
    this.children = text ? [text] : [];
  }
  get textContent() {
    return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }
  all(name) {
    const inner = this.children.filter((child) => child instanceof Element);
    return inner.flatMap((child) => [...(child.name === name ? [child] : []), ...child.all(name)]);
  }
}

globalThis.document = { createElement: (name) => new Element(name) };
const { showFailure, showJson, showOutcome } = await import(new URL("answer.js", folder));
const { demoRoad, tokenRoad } = await import(new URL("roads.js", folder));

const page = () => {
  const names = ["problems", "facts", "legend", "data", "more", "receipt", "record"];
  const parts = Object.fromEntries(names.map((name) => [name, new Element(name)]));
  for (const name of ["more", "record"]) parts[name].append(new Element("pre"));
  return Object.assign(parts, { record: Object.assign(parts.record, { id: "record" }) });
};

const answered = (data, masks, more = {}) => ({
  answer: { data, extensions: { govgraph: { receipt: "r-1", level: "L3", masks } }, ...more },
  record: { outcome: "answered", sources: { a: 1, b: 1 }, subject_total: 2 },
  milliseconds: 3,
});

test("every masked value of a list is marked, by a path without list indexes", () => {
  const parts = page();
  const data = { people: [{ name: "陈**", sex: "M" }, { name: "李**", sex: "F" }], name: "clear" };
  showOutcome(parts, answered(data, [{ path: "people.name", mask: "NM" }]), { NM: "姓名" }, () => {});
  assert.deepEqual(parts.data.all("mark").map((mark) => mark.textContent), ['"陈**"', '"李**"']);
  assert.match(parts.data.all("mark")[0].title, /NM 姓名/);
  assert.equal(parts.legend.all("mark").length, 1);
});

test("a null is not shown as masked", () => {
  const parts = page();
  showOutcome(parts, answered({ person: { name: null } }, [{ path: "person.name", mask: "NM" }]), {}, () => {});
  assert.equal(parts.data.all("mark").length, 0);
});

test("the shown data can be read back as the data that came", () => {
  const target = new Element("pre");
  const data = { a: [], b: {}, c: [1, "x\"<b>", null, true, { d: [[2]] }] };
  showJson(target, data);
  assert.deepEqual(JSON.parse(target.textContent), data);
});

test("an answer is text and never markup", () => {
  const target = new Element("pre");
  showJson(target, { name: "<img src=x onerror=alert(1)>" });
  assert.deepEqual([...new Set(target.all("img"))], []);
  assert.ok(target.textContent.includes("<img src=x"));
});

test("errors that say the same are one item with each place, and no remedy is said twice", () => {
  const parts = page();
  const error = (line, remedy) => ({
    message: "Not available. Ask the owner.",
    locations: [{ line, column: 3 }],
    extensions: { code: "FIELD_NOT_AVAILABLE", remedy },
  });
  const gone = [];
  const answer = { errors: [error(1, "Ask the owner."), error(2, "Ask the owner."), { message: "Other", path: ["a", 0] }] };
  showOutcome(parts, { answer, record: null }, {}, (line, column) => gone.push([line, column]));
  assert.equal(parts.problems.children.length, 2);
  const [first, second] = parts.problems.children;
  assert.equal(first.textContent.split("Ask the owner.").length, 2);
  first.all("button")[1].onclick();
  assert.deepEqual(gone, [[2, 3]]);
  assert.match(second.textContent, /a\.0/);
  assert.equal(parts.data.hidden, true);
});

test("the record is shown where the page has it, and else the command that reads it", () => {
  const parts = page();
  showOutcome(parts, answered({}, []), {}, () => {});
  assert.equal(parts.receipt.all("a")[0].href, "#record");
  assert.equal(parts.record.hidden, false);
  showOutcome(parts, { ...answered({}, []), record: null }, {}, () => {});
  assert.equal(parts.record.hidden, true);
  assert.match(parts.receipt.textContent, /govgraph audit show r-1/);
});

test("a question that was not asked leaves nothing of the answer before it", () => {
  const parts = page();
  showOutcome(parts, answered({ a: 1 }, []), {}, () => {});
  showFailure(parts, "no token", "paste one");
  assert.ok(parts.data.hidden && parts.record.hidden && parts.more.hidden);
  assert.equal(parts.facts.children.length + parts.receipt.children.length, 0);
  assert.match(parts.problems.textContent, /no token.*paste one/);
});

const sending = async (road, answer) => {
  const sent = [];
  globalThis.fetch = async (address, request) => {
    sent.push({ address, ...request });
    return { json: async () => answer };
  };
  const outcome = await road({ query: "{ a }" }, { recorded: false });
  return { ...sent[0], outcome };
};

test("a client of the demonstration is asked as without any credential", async () => {
  const sent = await sending(demoRoad("/city", "a b"), { answer: { data: {} }, record: null });
  assert.equal(sent.address, "/city/demo/ask/a%20b?record=no");
  assert.deepEqual(Object.keys(sent.headers), ["Content-Type"]);
});

test("a pasted token goes to the data graph of this server, in one header", async () => {
  const sent = await sending(tokenRoad("", "t-1", "P-1"), { data: { a: 1 } });
  assert.equal(sent.address, "/graphql");
  assert.equal(sent.headers.Authorization, "Bearer t-1");
  assert.equal(sent.headers.Purpose, "P-1");
  assert.ok(!sent.body.includes("t-1"));
  assert.deepEqual(sent.outcome.answer, { data: { a: 1 } });
});

test("a refusal outside the data graph is shown as an answer with errors", async () => {
  const refused = { errors: [{ message: "From elsewhere", extensions: { code: "REQUEST_FROM_ELSEWHERE" } }] };
  const { outcome } = await sending(demoRoad("", "a"), refused);
  assert.deepEqual(outcome.answer, refused);
});
