// The widget: a button on the practice's website that opens the chat beside the page. Everything that is said happens in
// a frame of the practice's own server; this script sees none of it. The server writes the facts (tacet) before it.
"use strict";
(() => {
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const { practice, flow, side, label, source } = script.dataset;
  if (practice && practice !== tacet.id) {
    console.error("The chat of " + tacet.id + " was asked for as " + practice + ". Correct data-practice.");
    return;
  }
  const lang = (script.dataset.lang || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  const words = tacet.labels[lang] || tacet.labels[tacet.first];

  const host = document.createElement("div");
  host.lang = tacet.labels[lang] ? lang : tacet.first;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // not an inline style: the website's own policy may forbid those
  sheet.replaceSync(`
    :host { all: initial; }
    button, section { position: fixed; ${side === "left" ? "left" : "right"}: max(1rem, env(safe-area-inset-right)); z-index: 2147483000; }
    button { bottom: max(1rem, env(safe-area-inset-bottom)); min-height: 3rem; padding: .6rem 1.2rem; border: 2px solid ${tacet.ink}; border-radius: 1.5rem;
      background: ${tacet.color}; color: ${tacet.ink}; font: 600 1rem/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; cursor: pointer; }
    button:focus-visible { outline: 3px solid ${tacet.color}; outline-offset: 2px; }
    section { bottom: max(5rem, calc(env(safe-area-inset-bottom) + 5rem)); width: 24rem; height: min(42rem, calc(100dvh - 6rem)); background: Canvas;
      border: 1px solid #7d8a84; border-radius: .8rem; overflow: hidden; }
    section[hidden] { display: none; }
    iframe { width: 100%; height: 100%; border: 0; display: block; }
    @media (max-width: 30rem), (max-height: 30rem) {
      section { left: 0; right: 0; top: 0; bottom: 4.5rem; width: auto; height: auto; border-radius: 0; border-width: 0 0 1px; }
    }
    @media print { :host { display: none; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const panel = document.createElement("section");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", tacet.name + ": " + words.chat);
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.textContent = label || words.open;
  root.append(panel, button);

  let frame = null;
  const open = () => {
    if (!frame) { // nobody who does not open the chat is known to the practice's server
      frame = document.createElement("iframe");
      frame.title = panel.getAttribute("aria-label");
      frame.referrerPolicy = "no-referrer";
      const query = new URLSearchParams({ lang: host.lang, ...(source && { utm_source: source }) }); // of the page's address three parameters, and nothing else
      for (const name of ["utm_source", "utm_medium", "utm_campaign"]) {
        const value = new URLSearchParams(location.search).get(name);
        if (value) query.set(name, value);
      }
      frame.src = base + "/embed/" + (flow ? encodeURIComponent(flow) : "") + "?" + query;
      panel.append(frame);
    }
    panel.hidden = false;
    frame.focus();
  };
  const close = () => {
    panel.hidden = true;
    button.focus();
  };
  const show = (on) => {
    if (on) open(); else close();
    button.setAttribute("aria-expanded", String(on));
    button.textContent = on ? words.close : label || words.open;
  };
  button.addEventListener("click", () => show(panel.hidden));
  root.addEventListener("keydown", (e) => { if (e.key === "Escape" && !panel.hidden) show(false); });
  addEventListener("message", (e) => {
    if (frame && e.source === frame.contentWindow && e.origin === base && e.data === "tacet-close") show(false);
  });
  if (document.body) document.body.append(host);
  else addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
