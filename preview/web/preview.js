// The page works without this script. With it, forms and links change the page in place, the file can be edited with line
// numbers, and the page follows the files as they are saved, wherever that is done. The server renders every page whole;
// this takes over the parts that are new.
"use strict";
(() => {
  const trusted = window.trustedTypes
    ? trustedTypes.createPolicy("tacet", { createHTML: (s) => s })
    : { createHTML: (s) => s };
  const $ = (id, root = document) => root.getElementById(id);
  const parts = ["top", "problems", "stale", "graph", "asides", "tests", "talk"];
  const shown = {}; // each part as the server last wrote it
  for (const id of parts) shown[id] = $(id)?.innerHTML;
  let typed = false; // something in the editor is not saved

  // apply takes over a page that the server rendered; sent is what of the editor it holds already, where that was saved.
  const apply = (html, address, sent) => {
    const page = new DOMParser().parseFromString(trusted.createHTML(html), "text/html");
    if (!$("top", page)) return;
    const here = $("editor"), there = $("editor", page);
    const other = here?.dataset.file !== there?.dataset.file;
    if (other && typed && !confirm("What you wrote in " + here.dataset.file + " is not saved. Leave it?")) return;
    if (address) history.pushState(null, "", address);
    document.title = page.title;
    const open = [...document.querySelectorAll("details[id][open]")].map((e) => e.id);
    const focus = document.activeElement?.id;
    if (!$("editor") !== !$("editor", page)) return location.reload();
    for (const id of parts) {
      const now = $(id), next = $(id, page);
      if (!now !== !next) return location.reload();
      if (!next || shown[id] === next.innerHTML) continue;
      shown[id] = next.innerHTML;
      now.replaceWith(document.importNode(next, true));
    }
    $("top").dataset.version = $("top", page).dataset.version;
    for (const id of open) if ($(id)) $(id).open = true;
    if (focus && $(focus) && document.activeElement !== $(focus)) $(focus).focus({ preventScroll: true });
    if (other) {
      here?.replaceWith(document.importNode(there, true));
      typed = false;
    } else if (here && there) {
      here.dataset.marks = there.dataset.marks;
      const text = $("text"), next = $("text", page).value;
      if (!typed && text.value !== next) {
        const at = text.selectionStart, top = text.scrollTop;
        text.value = next;
        text.setSelectionRange(at, at);
        text.scrollTop = top;
      }
      if (!typed || next === sent) here.elements.was.value = there.elements.was.value;
      else if (here.elements.was.value !== there.elements.was.value) say("This file was changed elsewhere meanwhile.", true);
    }
    dress();
    follow();
  };

  const load = async (address, push) => {
    try {
      const html = await (await fetch(address)).text();
      if (!push && address !== location.href) return load(location.href); // one has gone elsewhere meanwhile
      apply(html, push ? address : null);
    } catch { say("tacet dev does not answer. Is it still running?", true); }
  };

  const say = (text, bad) => {
    const at = $("saved");
    if (!at) return alert(text);
    at.textContent = text;
    at.classList.toggle("bad", !!bad);
  };

  const post = async (form, button) => {
    if (form.closest("#begin")) return form.submit();
    const saving = form.id === "editor", sent = saving ? $("text").value : null;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
      if (!answer.ok) return say((await answer.text()).trim(), true);
      if (saving) typed = $("text")?.value !== sent; // writing goes on while the server reads
      const moved = new URL(answer.url);
      apply(await answer.text(), moved.search === location.search ? null : moved.pathname + moved.search, sent);
      if (saving) say(typed ? "Saved, but for what was written since." : "Saved.");
    } catch { say("tacet dev does not answer. Is it still running?", true); }
  };

  document.addEventListener("submit", (e) => {
    e.preventDefault();
    post(e.target, e.submitter);
  });
  document.addEventListener("click", (e) => {
    const a = e.target.closest("a[href^='/?']");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    load(a.getAttribute("href"), true);
  });
  addEventListener("popstate", () => load(location.href));
  addEventListener("beforeunload", (e) => { if (typed) e.preventDefault(); });
  document.addEventListener("keydown", (e) => {
    if (e.key === "s" && (e.ctrlKey || e.metaKey) && $("editor")) {
      e.preventDefault();
      $("editor").requestSubmit();
    }
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA)$/.test(e.target.tagName)) return;
    for (const a of document.querySelectorAll("#steps [data-key]")) if (a.dataset.key === e.key) return a.click();
  });

  // dress adds to the editor what only makes sense with a script.
  const dress = () => {
    const text = $("text"), numbers = $("numbers"), editor = $("editor");
    if (!text) return;
    const marks = Object.fromEntries((editor.dataset.marks || "").split(" ").reverse().map((m) => [m.slice(0, -1), m.slice(-1)]));
    numbers.replaceChildren(...text.value.split("\n").flatMap((_, i) => {
      const n = document.createElement("span");
      n.textContent = i + 1;
      if (marks[i + 1]) n.className = marks[i + 1];
      return [n, "\n"];
    }));
    text.oninput = () => { typed = true; say("Not saved yet (Ctrl+S)."); dress(); };
    text.onscroll = () => { numbers.scrollTop = text.scrollTop; };
    text.onkeydown = (e) => { // the tab key leaves the field, as everywhere; enter keeps the indentation
      if (e.key !== "Enter" || e.isComposing || e.ctrlKey || e.metaKey) return;
      const before = text.value.slice(0, text.selectionStart).split("\n").at(-1);
      const indent = before.match(/^ */)[0] + (before.trimEnd().endsWith("{") ? "  " : "");
      if (!indent) return;
      e.preventDefault();
      document.execCommand("insertText", false, "\n" + indent); // keeps what can be undone
    };
    for (const put of document.querySelectorAll(".put")) {
      put.hidden = false;
      put.onclick = () => putIn(put.closest("article").querySelector("pre").textContent, put.dataset.under);
    }
    numbers.scrollTop = text.scrollTop;
  };

  // putIn writes a piece where the cursor is, on lines of its own and as far in as the line there.
  const putIn = (piece, under) => {
    const text = $("text"), at = text.selectionStart;
    if (under) { // a fact has its place
      const key = under === "end" ? null : text.value.match(new RegExp(`^${under}:.*$`, "m"));
      const to = key ? key.index + key[0].length : text.value.trimEnd().length;
      text.focus();
      text.setSelectionRange(to, to);
      document.execCommand("insertText", false, (key || under === "end" ? "\n" : `\n${under}:\n`) + piece.trimEnd());
      return;
    }
    const from = text.value.lastIndexOf("\n", at - 1) + 1;
    const line = text.value.slice(from).split("\n")[0];
    const indent = line.match(/^ */)[0] + (line.trimEnd().endsWith("{") ? "  " : "");
    const lines = piece.trimEnd().split("\n").map((l) => indent + l).join("\n");
    const end = from + line.length;
    text.focus();
    text.setSelectionRange(line.trim() ? end : from, end);
    document.execCommand("insertText", false, (line.trim() ? "\n" : "") + lines); // keeps what can be undone
  };

  // follow brings the line that the address names, the lit state and the newest words into view.
  const follow = () => {
    const text = $("text"), line = Number(new URLSearchParams(location.search).get("line"));
    const key = location.search;
    if (text && line && follow.line !== key) {
      const lines = text.value.split("\n");
      const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      text.focus({ preventScroll: true });
      text.setSelectionRange(from, from + (lines[line - 1] || "").length);
      text.scrollTop = (line - 6) * parseFloat(getComputedStyle(text).lineHeight);
    }
    follow.line = key;
    const graph = $("graph");
    if (!graph) return;
    const now = graph.querySelector(".now");
    if (now) {
      const a = now.getBoundingClientRect(), b = graph.getBoundingClientRect();
      graph.scrollTop += a.top - b.top - (b.height - a.height) / 2;
      graph.scrollLeft += a.left - b.left - (b.width - a.width) / 2;
    }
    const lines = document.querySelector("#talk .lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
  };

  const listen = () => {
    const events = new EventSource("/events");
    events.onmessage = (e) => { if (e.data !== $("top").dataset.version) load(location.href); };
  };

  dress();
  follow();
  listen();
})();
