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
  const last = () => Number([...list.children].findLast((li) => li.dataset.seq)?.dataset.seq || 0);
  const scroll = (how) => $("end")?.scrollIntoView({ behavior: how, block: "end" });

  // apply takes over a page that the server rendered; what the patient is writing stays. Where they only wait (typed), so does the field.
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
    for (const li of list.querySelectorAll(".pending")) li.remove();
    $("end").replaceChildren(...document.importNode($("end", page), true).childNodes);
    due(Number($("dock", page).dataset.left));
    if ($("wait") && $("wait", page)) $("wait").textContent = $("wait", page).textContent;
    const dock = $("dock"), next = document.importNode($("dock", page), true);
    const focus = dock.contains(document.activeElement);
    const text = $("answer")?.value;
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

  // pending shows what is on its way, so that nobody wonders whether it was taken.
  const pending = (text) => {
    if (!text) return;
    const li = document.createElement("li"), who = document.createElement("span"), words = document.createElement("span");
    li.className = "patient pending";
    who.className = "author";
    who.textContent = body.dataset.sending;
    words.className = "text";
    words.dir = "auto";
    words.textContent = text;
    li.append(who, words);
    list.append(li);
    scroll("instant");
  };

  // back puts what was not taken into the field again, before what was written meanwhile.
  const back = (said) => {
    const answer = $("answer");
    if (said && answer && "value" in answer) answer.value = answer.value ? said + " " + answer.value : said;
  };

  let sending = false;
  const later = []; // what is written meanwhile goes when its turn comes
  const send = async (form, button, text) => {
    const typed = form.elements.text, said = text ?? typed?.value;
    if (typed && text === undefined) typed.value = ""; // the next can be begun
    if (sending) {
      if (said) { later.push(said); pending(said.trim()); }
      return;
    }
    sending = true;
    clearTimeout(quiet);
    signed = 0; // the message says it
    const data = new URLSearchParams(new FormData(form, button));
    if (typed) data.set("text", said);
    complain("");
    pending(typed ? said.trim() : button?.name === "option" && (button.getAttribute("aria-label") || button.textContent.trim()));
    body.setAttribute("aria-busy", "true");
    // the same client id each time: however often it arrives, it counts once
    for (const pause of [0, 500, 1500, 4000]) {
      await new Promise((done) => setTimeout(done, pause));
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, signal: AbortSignal.timeout(10000) });
        if (answer.status >= 500) continue;
        apply(await answer.text(), false);
        if ($("complaint")?.textContent) back([said, ...later.splice(0)].join(" "));
        return done();
      } catch { /* no connection: try again */ }
    }
    for (const li of list.querySelectorAll(".pending")) li.remove();
    back([said, ...later.splice(0)].join(" "));
    complain(body.dataset.failed);
    done();
  };
  const done = () => {
    sending = false;
    body.removeAttribute("aria-busy");
    const form = document.querySelector("form.answer");
    if (form && later.length) send(form, form.querySelector("button.main"), later.shift());
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
    const pick = $("pick");
    if (pick) {
      pick.hidden = false;
      // typed with keys, a date changes with each digit of its year: the focus stays until all is written
      pick.onchange = () => {
        if (!pick.value || pick.value < "1900" && pick.type === "date") return;
        $("answer").value = pick.type !== "date" ? pick.value
          : pick.valueAsDate.toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
      };
    }
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

  // Who waits for a person, or has one, is heard to be writing, though not what. The assistant needs no such sign, and gets none.
  const control = () => $("dock")?.dataset.state.split(" ")[1];
  let signed = 0, quiet;
  const sign = (typing) => {
    clearTimeout(quiet);
    if (typing) quiet = setTimeout(() => sign(false), 5000);
    if (typing ? Date.now() - signed < 4000 : !signed) return;
    signed = typing ? Date.now() : 0;
    fetch(body.dataset.events.replace(/events$/, "typing"), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ typing }), keepalive: true })
      .catch(() => {}); // the next key says it again
  };
  document.addEventListener("input", (e) => {
    if (e.target.id === "answer" && ["waiting", "human"].includes(control())) sign(e.target.value.trim() !== "");
  });
  let fades;
  const writing = (on) => {
    clearTimeout(fades);
    const p = $("writing");
    if (!p) return;
    p.textContent = on ? p.dataset.text : "";
    if (on) fades = setTimeout(() => writing(false), 12000);
  };

  let refreshing = false, again = false;
  const refresh = async () => {
    if (!$("log")) return; // cleared
    if (refreshing || sending) { again = true; return; }
    refreshing = true;
    try {
      const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(10000) });
      if (answer.ok && !sending && $("log")) apply(await answer.text(), true);
    } catch { /* the next event, or the reconnected stream, tries again */ }
    refreshing = false;
    if (again) { again = false; refresh(); }
  };

  // Silence ends the conversation: who is still there is asked two minutes before, and after it nothing stays on the
  // screen, even without a connection. Times are compared and not counted down, so that a sleeping device is not late.
  let end = Infinity, asked = false, gone = 0;
  const due = (left) => {
    end = left < 0 ? Infinity : Date.now() + left * 1000;
    if (left < 0 || left > 120) asked = false;
    if (left > 0) gone = 0;
  };
  const clear = () => {
    const p = document.createElement("p");
    p.className = "complaint";
    p.setAttribute("role", "alert");
    p.textContent = body.dataset.idle;
    document.querySelector("main").replaceChildren(p);
    document.querySelector(".skip")?.remove();
    end = Infinity;
    addEventListener("online", () => location.reload());
  };
  const watch = async () => {
    const left = end - Date.now();
    if (left <= -3000) {
      if (++gone > 1) return clear(); // the server was asked and did not answer
      end = Date.now() + 2000;
      refresh();
    } else if (left <= 120000 && !asked) {
      asked = true;
      await refresh(); // another tab may have gone on
      const form = $("near")?.querySelector("form");
      if (form && end - Date.now() <= 125000) {
        form.hidden = false;
        scroll("instant");
      } else asked = false;
    }
  };
  setInterval(watch, 1000);

  const offline = (on) => {
    const p = $("offline");
    if (p) p.textContent = on ? p.dataset.text : "";
  };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => { offline(false); refresh(); });
  addEventListener("pageshow", (e) => { if (e.persisted) refresh(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { refresh(); watch(); } });

  let lost; // a moment without the stream is nothing to tell
  const listen = () => {
    const events = new EventSource(body.dataset.events + "?after=" + last());
    events.addEventListener("open", () => { clearTimeout(lost); lost = 0; if (navigator.onLine) offline(false); });
    events.addEventListener("error", () => { lost ||= setTimeout(() => offline(true), 5000); });
    events.addEventListener("message", (e) => {
      if (JSON.parse(e.data).author === "staff") writing(false);
      if (Number(e.lastEventId) > last() && !sending) refresh();
    });
    events.addEventListener("status", (e) => {
      const told = JSON.parse(e.data);
      if (!sending && (control() !== told.control || ($("wait")?.textContent || "") !== (told.wait || ""))) refresh();
    });
    events.addEventListener("typing", (e) => writing(JSON.parse(e.data).typing && control() === "human"));
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

  due(Number($("dock").dataset.left));
  if (!navigator.onLine) offline(true);
  dress();
  scroll("instant");
  listen();
})();
