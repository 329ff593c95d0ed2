// The page works without this script. With it, forms are sent without leaving the page and news arrives by itself. The
// server renders every page whole; this takes over what is new in it, so there is one place that decides how things look.
"use strict";
(() => {
  const body = document.body;
  if (window.parent !== window) { // within a website: escape closes the widget, which learns nothing else
    document.addEventListener("keydown", (e) => { if (e.key === "Escape") parent.postMessage("tacet-close", "*"); });
  }
  if (!body.dataset.events) return;
  const trusted = window.trustedTypes
    ? trustedTypes.createPolicy("tacet", { createHTML: (s) => s })
    : { createHTML: (s) => s };
  const $ = (id, root = document) => root.getElementById(id);
  const log = $("log"), list = log.querySelector("ol");
  const smooth = matchMedia("(prefers-reduced-motion: no-preference)");
  const last = () => Number(list.lastElementChild?.dataset.seq || 0);
  const scroll = (how) => $("end").scrollIntoView({ behavior: how, block: "end" });

  // apply takes over a page that the server rendered; typed keeps what the patient is writing.
  const apply = (html, typed) => {
    const page = new DOMParser().parseFromString(trusted.createHTML(html), "text/html");
    if (!$("log", page)) return location.replace(location.pathname + "?e=idle"); // over: nothing of it stays on the screen
    if (page.documentElement.lang !== document.documentElement.lang) return location.reload();
    const before = last();
    for (const li of page.querySelectorAll("#log li")) {
      if (Number(li.dataset.seq) > before) list.append(document.importNode(li, true));
    }
    const crisis = $("crisis", page);
    if ($("crisis").childElementCount !== crisis.childElementCount) {
      $("crisis").replaceChildren(...document.importNode(crisis, true).childNodes);
    }
    const dock = $("dock"), next = document.importNode($("dock", page), true);
    const focus = dock.contains(document.activeElement);
    const text = typed ? $("answer")?.value : "";
    if (dock.dataset.state !== next.dataset.state || !typed) {
      dock.replaceWith(next);
      const answer = $("answer");
      if (answer && text && "value" in answer) answer.value = text;
      if (focus && answer) answer.focus({ preventScroll: true });
      dress();
    }
    const lang = document.querySelector("#languages form");
    if (lang) lang.elements.client_id.value = page.querySelector("#languages form").elements.client_id.value;
    if (last() > before) scroll(smooth.matches ? "smooth" : "instant");
  };

  const complain = (text) => { $("complaint").textContent = text; };

  let sending = false;
  const send = async (form, button) => {
    if (sending) return;
    sending = true;
    const data = new URLSearchParams(new FormData(form, button));
    complain("");
    body.setAttribute("aria-busy", "true");
    // the same client id each time: however often it arrives, it counts once
    for (const pause of [0, 500, 1500, 4000]) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, signal: AbortSignal.timeout(10000) });
        if (answer.status >= 500) continue;
        apply(await answer.text(), false);
        sending = false;
        body.removeAttribute("aria-busy");
        return;
      } catch { /* no connection: try again */ }
    }
    sending = false;
    body.removeAttribute("aria-busy");
    complain(body.dataset.failed);
  };

  document.addEventListener("submit", (e) => {
    if (!e.target.action.endsWith("/say")) return;
    e.preventDefault();
    const text = e.target.elements.text;
    if (text && !text.value.trim()) text.focus(); // an enter too many says nothing, and is no mistake to complain about
    else send(e.target, e.submitter);
  });
  document.addEventListener("keydown", (e) => {
    if (e.target.id === "answer" && e.target.form && e.key === "Enter" && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      if (!e.repeat) e.target.form.requestSubmit();
    }
  });

  // dress adds what only makes sense with a script.
  const dress = () => {
    const form = document.querySelector("form.answer");
    if (form) form.noValidate = true; // the browser's own words about an empty field are in the browser's language
    const letters = $("letters");
    if (!letters || !matchMedia("(pointer: coarse)").matches) return; // a keyboard with keys has letters
    letters.hidden = false;
    letters.onclick = () => {
      const answer = $("answer");
      answer.inputMode = "text";
      letters.hidden = true;
      answer.blur();
      answer.focus();
    };
  };

  let refreshing = false, again = false;
  const refresh = async () => {
    if (refreshing || sending) { again = true; return; }
    refreshing = true;
    try {
      const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(10000) });
      if (answer.ok && !sending) apply(await answer.text(), true);
    } catch { /* the next event, or the reconnected stream, tries again */ }
    refreshing = false;
    if (again) { again = false; refresh(); }
  };

  const listen = () => {
    const events = new EventSource(body.dataset.events + "?after=" + last());
    events.addEventListener("message", (e) => { if (Number(e.lastEventId) > last() && !sending) refresh(); });
    events.addEventListener("status", (e) => {
      const told = JSON.parse(e.data);
      if (!sending && $("dock").dataset.state.split(" ")[1] !== told.control) refresh();
    });
    events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) refresh(); });
  };

  // who was reading the end goes on reading it when the keyboard, or help, takes room
  let atEnd = true, room = "";
  log.addEventListener("scroll", () => {
    const now = log.clientHeight + " " + log.scrollHeight;
    if (now === room) atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    room = now; // where the room changed, the browser scrolled and not the reader
  });
  const keep = new ResizeObserver(() => { if (atEnd) scroll("instant"); });
  keep.observe(log);
  keep.observe(list);

  dress();
  scroll("instant");
  listen();
})();
