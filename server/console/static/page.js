// The query workbench of the front page: who asks, what, and what came back.
import { introspectionQuery, queryPane, variablesPane } from "./editor.js";
import { showFailure, showOutcome } from "./answer.js";
import { demoRoad, tokenRoad } from "./roads.js";

const bench = document.querySelector("#bench");
const part = (name) => bench.querySelector(`[data-part="${name}"]`);
const { root } = bench.dataset;
const titles = JSON.parse(bench.dataset.masks);
const nonce = document.querySelector("script[nonce]").nonce;
const client = part("client");
const run = part("run");
const parts = Object.fromEntries(
  ["problems", "facts", "legend", "data", "more", "receipt", "record"].map((name) => [name, part(name)]),
);

const road = () => {
  if (client.value) return demoRoad(root, client.value);
  const token = part("token").value.trim();
  return token ? tokenRoad(root, token, part("own-purpose").value.trim()) : null;
};

const tell = (text, kind = "") => {
  part("state").textContent = text;
  part("state").className = `state-line ${kind}`;
};

let looking = new AbortController();

/** Takes the schema of whoever asks now; completion and checks follow it. */
const takeSchema = async () => {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  const chosen = road();
  query.schema(null);
  if (!chosen) return tell("贴上访问令牌，编辑器即按其可见范围补全、检查。 Paste a token to see its schema.");
  tell("正在取可见范围… Loading the schema");
  try {
    const { answer } = await chosen({ query: introspectionQuery }, { recorded: false, signal });
    if (!answer.data) {
      const [error] = answer.errors;
      return tell(`取不到可见范围：${error.extensions?.code ?? ""} ${error.message}`, "bad");
    }
    query.schema(answer.data);
    const types = answer.data.__schema.types.filter(({ kind, name }) => kind === "OBJECT" && !name.startsWith("__"));
    const fields = types.reduce((sum, type) => sum + type.fields.length, 0);
    tell(`可见范围：${types.length} 种类型，${fields} 个字段 · ${types.length} types, ${fields} fields`, "good");
  } catch (failure) {
    if (failure.name !== "AbortError") tell("服务未应答 The server did not answer", "bad");
  }
};

/** Returns the variables as an object, or null where the text is none. */
const givenVariables = () => {
  const text = variables.text().trim();
  if (!text) return {};
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
};

const fail = (message, remedy) => {
  part("empty").hidden = true;
  part("outcome").hidden = false;
  showFailure(parts, message, remedy);
};

let asking = false;

const ask = async () => {
  if (asking) return;
  const chosen = road();
  const given = givenVariables();
  if (!chosen) return fail("没有访问令牌 There is no token", "请先贴上访问令牌。 Paste a token first.");
  if (!given) return fail("变量不是 JSON 对象 The variables are not a JSON object", "例如 {\"code\": \"3307\"}");
  asking = run.disabled = true;
  try {
    const outcome = await chosen({ query: query.text(), variables: given, operationName: query.operation() });
    part("empty").hidden = true;
    part("outcome").hidden = false;
    showOutcome(parts, outcome, titles, query.goTo);
    if (part("outcome").getBoundingClientRect().top > innerHeight - 80) part("outcome").scrollIntoView();
  } catch {
    fail("服务未应答 The server did not answer", "请看服务是否在运行。 See whether the server runs.");
  } finally {
    asking = run.disabled = false;
  }
};

const settings = (name, label, hint) => ({ parent: part(name), nonce, label, hint, run: ask });
const query = queryPane(settings("query", "查询 Query", "{ … }   在此写查询 write a query here"));
const variables = variablesPane(settings("variables", "变量 Variables", "{ }"));

/** Shows whose turn it is: a client's purpose, or the boxes for a token. */
const chooseClient = () => {
  const purpose = client.selectedOptions[0]?.dataset.purpose ?? "";
  part("purpose").textContent = purpose;
  part("asked-for").hidden = !client.value;
  part("own").hidden = Boolean(client.value);
  return takeSchema();
};

const cards = [...document.querySelectorAll(".question")];

const chooseQuestion = (card) => {
  for (const each of cards) each.querySelector("button").setAttribute("aria-pressed", String(each === card));
  query.replace(card.querySelector(".document").value);
  variables.replace(card.querySelector(".variables").value);
  part("outcome").hidden = true;
  part("empty").hidden = false;
  client.value = card.dataset.client;
  return chooseClient();
};

for (const card of cards) card.querySelector("button").addEventListener("click", () => chooseQuestion(card));
client.addEventListener("change", chooseClient);
for (const name of ["token", "own-purpose"]) part(name).addEventListener("change", takeSchema);
run.addEventListener("click", ask);
if (cards.length) chooseQuestion(cards[0]);
else chooseClient();
