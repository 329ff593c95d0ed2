package browsertest

// faults lists what is wrong with the page as it stands: text that is hard to tell from its ground (WCAG 2.1 1.4.3),
// targets under 24 pixels (2.2 2.5.8), controls without a name, sideways scrolling (1.4.10), and a missing emergency
// line or language.
const faults = `(() => {
  const out = [];
  const rgb = (c) => { const m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const lum = (c) => { const f = c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
  const shown = (e) => { const s = getComputedStyle(e), r = e.getBoundingClientRect(); return s.visibility !== "hidden" && r.width > 1 && r.height > 1 && s.clipPath === "none" && r.right > 0; };
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !shown(e) || e.closest("noscript")) continue;
    const a = lum(rgb(getComputedStyle(e).color)), b = lum(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) out.push("contrast " + ratio.toFixed(2) + ": " + e.textContent.trim().slice(0, 40));
  }
  for (const e of document.querySelectorAll("button, a.button, input:not([type=hidden]), textarea, nav a")) {
    if (!shown(e)) continue;
    const r = e.getBoundingClientRect();
    if (r.width < 24 || r.height < 24) out.push("small target: " + (e.textContent || e.id));
    if (!e.textContent.trim() && !e.ariaLabel && !(e.labels && e.labels.length)) out.push("no name: " + e.outerHTML);
  }
  if (document.documentElement.scrollWidth > innerWidth) out.push("scrolls sideways by " + (document.documentElement.scrollWidth - innerWidth));
  if (!document.documentElement.lang) out.push("no language");
  const bar = document.getElementById("emergency");
  const forPatient = !document.body.matches(".staff, .author");
  if (forPatient && (!bar || !bar.textContent.includes("911") || bar.getBoundingClientRect().bottom > innerHeight)) out.push("no emergency line in view");
  const human = document.getElementById("human"), dock = document.getElementById("dock");
  if (!human && dock && dock.dataset.state.includes(" assistant ")) out.push("no way to a human");
  if (human && human.getBoundingClientRect().bottom > innerHeight) out.push("the way to a human is out of view");
  return out;
})()`
