// The rows of a table in a form: a further one is a copy of the last, without what stands in it.

const NAMED = ["name", "id", "for", "aria-describedby"];

/** Add an empty row to the table of this name. */
export function addRow(form, table) {
  const rows = form.querySelectorAll(`fieldset.rows[id="${CSS.escape(table)}"] > ol > li`);
  const last = rows[rows.length - 1];
  if (!last) return;
  const from = `${table}.${rows.length - 1}.`;
  const to = `${table}.${rows.length}.`;
  const row = last.cloneNode(true);
  for (const each of row.querySelectorAll("*")) {
    for (const name of NAMED) if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replaceAll(from, to));
    if ("defaultValue" in each && !["radio", "checkbox"].includes(each.type)) each.value = "";
    if ("checked" in each) each.checked = false;
  }
  last.after(row);
}

/** Add as many rows as these inputs need. */
export function addRowsFor(form, names) {
  for (const button of form.querySelectorAll("button[name=add]")) {
    const places = names.map((each) => each.match(/^(\w+)\.(\d+)\./)).filter((each) => each?.[1] === button.value);
    const wanted = Math.max(0, ...places.map((each) => Number(each[2]) + 1));
    const there = () => button.parentElement.querySelectorAll(":scope > ol > li").length;
    while (there() < Math.min(wanted, 500)) addRow(form, button.value);
  }
}
