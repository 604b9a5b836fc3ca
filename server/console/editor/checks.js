// Checks of a document against the caller's schema, said in Chinese first.
import { linter } from "@codemirror/lint";
import { getSchema } from "cm6-graphql";
import { parse, validate } from "graphql";

const CHINESE = [
  [/^Cannot query field "(.+?)" on type "(.+?)"/, (field, type) => `${type} 中没有该调用方可用的字段 ${field}`],
  [/^Unknown argument "(.+?)" on field "(.+?)"/, (name, field) => `${field} 没有可用的参数 ${name}`],
  [/^Field "(.+?)" is not defined by type "(.+?)"/, (field, type) => `${type} 中没有可用的 ${field}`],
  [/^Value "(.+?)" does not exist in "(.+?)" enum/, (value, type) => `${type} 没有取值 ${value}`],
  [/^Unknown type "(.+?)"/, (type) => `没有可用的类型 ${type}`],
  [/^Unknown fragment "(.+?)"/, (name) => `没有片段 ${name}`],
  [/^Variable "(.+?)" is not defined/, (name) => `变量 ${name} 未声明`],
  [/^Variable "(.+?)" is never used/, (name) => `变量 ${name} 未使用`],
  [/^Variable "(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/, (name, type, wanted) => `变量 ${name} 是 ${type}，此处要 ${wanted}`],
  [/^Field "(.+?)" of type ".+?" must have a selection/, (field) => `${field} 之后要写 { … }，选择下级字段`],
  [/^Field "(.+?)" must not have a selection/, (field) => `${field} 没有下级字段`],
  [/^Field "(.+?)" argument "(.+?)" of type "(.+?)" is required/, (field, name, type) => `${field} 须给出参数 ${name}: ${type}`],
  [/^Field "(.+?)" of required type "(.+?)" was not provided/, (field, type) => `须给出 ${field}: ${type}`],
  [/^Expected value of type "(.+?)", found (.+?)[.;]?$/, (type) => `此处要 ${type} 类型的值`],
  [/^Syntax Error: Expected (.+?), found (.+?)\.$/, (wanted, found) => `语法：此处应为 ${wanted}，却是 ${found}`],
  [/^Syntax Error/, () => "语法错误"],
];

/** Returns a message in Chinese, where it is known, above the library's own. */
export const said = (message) => {
  for (const [pattern, words] of CHINESE) {
    const found = pattern.exec(message);
    if (found) return `${words(...found.slice(1))}\n${message}`;
  }
  return message;
};

const mark = (from, to, message) => ({ from, to: Math.max(to, from), severity: "error", message: said(message) });

/** Returns what is wrong with a document; nothing where there is no schema or no text yet. */
export const problems = (text, schema) => {
  if (!schema || !text.trim()) return [];
  try {
    return validate(schema, parse(text)).flatMap((error) =>
      (error.nodes ?? []).map((node) => {
        const { start, end } = (node.name ?? node.variable ?? node).loc;
        return mark(start, end, error.message);
      }),
    );
  } catch (error) {
    const place = Math.min(error.positions?.[0] ?? 0, text.length);
    return [mark(place, Math.min(place + 1, text.length), error.message)];
  }
};

/** Marks what is wrong while a document is written, anew when the schema changes. */
export const checks = linter((view) => problems(view.state.doc.toString(), getSchema(view.state)), {
  needsRefresh: (update) => getSchema(update.startState) !== getSchema(update.state),
});
