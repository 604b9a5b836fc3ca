// The query editor of the front page: CodeMirror with completion and checks from the caller's schema.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { linter, lintKeymap } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completion, graphqlLanguageSupport, stateExtensions, updateSchema } from "cm6-graphql";
import { buildClientSchema, getIntrospectionQuery, Kind, parse } from "graphql";
import { checks } from "./checks.js";

/** The document that asks for a caller's schema. */
export const introspectionQuery = getIntrospectionQuery({ inputValueDeprecation: true });

const chinese = EditorState.phrases.of({
  "Completions": "补全",
  "Diagnostics": "检查结果",
  "No diagnostics": "没有问题",
  "close": "关闭",
  "Control character": "控制字符",
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.definitionKeyword], color: "#7b2d8b", fontWeight: "600" },
  { tag: tags.variableName, color: "#a4262c" },
  { tag: tags.propertyName, color: "#0b4f8a" },
  { tag: tags.attributeName, color: "#5b4a00" },
  { tag: tags.atom, color: "#0d5e63" },
  { tag: tags.string, color: "#7a4b00" },
  { tag: [tags.integer, tags.float, tags.number, tags.bool, tags.null], color: "#1c7c54" },
  { tag: tags.lineComment, color: "#5a6875", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "#fff", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid #c8a45c" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "#f7f9fb", color: "#5a6875", borderRight: "1px solid #dde3e9" },
  ".cm-activeLine": { backgroundColor: "#e8f0f766" },
  ".cm-tooltip": { border: "1px solid #b9c6d2", borderRadius: "4px", maxWidth: "min(34em, 94vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "#0b4f8a" },
  ".cm-completionDetail": { color: "#5a6875" },
  "li[aria-selected] .cm-completionDetail": { color: "#cfe0ef" },
  ".cm-completionInfo": { fontFamily: "system-ui, sans-serif", whiteSpace: "pre-wrap" },
});

/** Puts typed text in place of a selection: a browser that does it writes inline styles, which are refused. */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || event.isComposing || empty || !event.data) return false;
    const change = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" });
    const taken = view.state.facet(EditorView.inputHandler).some((each) => each(view, from, to, event.data, change));
    if (!taken) view.dispatch(change());
    event.preventDefault();
    return true;
  },
});

/** Everything both panes have; `run` is called on Ctrl-Enter or Command-Enter. */
const common = (settings) => [
  settings.nonce ? EditorView.cspNonce.of(settings.nonce) : [],
  chinese,
  lineNumbers(),
  history(),
  drawSelection(),
  typedOver,
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  placeholder(settings.hint),
  syntaxHighlighting(colours),
  look,
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": settings.label, autocapitalize: "off", spellcheck: "false" }),
  EditorView.updateListener.of((update) => update.docChanged && settings.changed?.()),
  Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (settings.run(), true) }])),
  keymap.of([
    { key: "Tab", run: acceptCompletion },
    { key: "Alt-Space", run: startCompletion },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
  ]),
];

/** One pane: its text can be read and replaced, and the cursor put at a place. */
const pane = (settings, extensions) => {
  const state = EditorState.create({ doc: settings.text || "", extensions });
  const view = new EditorView({ state, parent: settings.parent });
  return {
    view,
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    goTo: (line, column) => {
      const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      const place = Math.min(found.from + Math.max(0, column - 1), found.to);
      view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
      view.focus();
    },
  };
};

/** Returns the name of the operation the cursor is in, or of the first; null where there is one or none. */
const operationAt = (text, place) => {
  try {
    const found = parse(text).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (found.length < 2) return null;
    const here = found.find(({ loc }) => loc.start <= place && place <= loc.end);
    return (here ?? found[0]).name?.value ?? null;
  } catch {
    return null; // the server says what is wrong with the document
  }
};

/** A pane for a GraphQL document; `schema` takes the answer to `introspectionQuery`, or null. */
export const queryPane = (settings) => {
  const made = pane(settings, [common(settings), graphqlLanguageSupport(), stateExtensions(), completion, checks, autocompletion()]);
  const schema = (described) => updateSchema(made.view, described ? buildClientSchema(described) : undefined);
  const operation = () => operationAt(made.text(), made.view.state.selection.main.head);
  return { ...made, schema, operation };
};

/** A pane for the variables, as JSON. An empty one is an empty object. */
export const variablesPane = (settings) => {
  const read = jsonParseLinter();
  const check = (view) => (view.state.doc.toString().trim() ? read(view) : []);
  return pane(settings, [common(settings), json(), linter(check)]);
};
