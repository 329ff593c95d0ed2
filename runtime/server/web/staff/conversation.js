// One conversation: what was said, what is known, and what one can do.
import { announce, call, complain, desk, el, every, field, form, language, protectedData, show, since, time, view, words } from './ui.js'
import { because, beside, clock, mark, queue, stale, urgency } from './inbox.js'

const authors = { patient: 'Patient', staff: 'Staff', assistant: 'Assistant' }
const places = { '@human': 'handed over, as the patient asked', '@stuck': 'handed over, as it did not get on' }
const outcomes = ['answered', 'called-back', 'booked', 'no-answer', 'sent-to-portal', 'sent-to-emergency-care', 'not-a-patient']
let current // what is shown: { i, path, c, doing, drafts }

export const open = async (i, id) => {
  const still = view()
  const path = `/conversations/${encodeURIComponent(id)}`
  try {
    const c = await call('GET', path)
    if (still()) render(i, path, c, still)
  } catch (error) {
    if (!still()) return
    if (error.status === 404) return glass(i, path, id)
    complain(error.message)
  }
}

// glass is offered where a conversation is another team's: the same answer comes where there is none.
const glass = (i, path, id) => {
  if (!i.may.includes('glass.break')) return complain('There is nothing here.')
  show(form({
    title: 'This is not one of your conversations', button: 'Break the glass', cancel: () => queue(i),
    hint: 'If a patient’s safety cannot wait you can see it for an hour. The compliance owner is told at once.',
    fields: [field('reason', 'Why it cannot wait', { minlength: 10, maxlength: 500 })],
  }, async (v) => { await call('POST', `${path}/break-glass`, v); await open(i, id) }))
}

const message = (m) => el('li', { class: [m.author, m.role].filter(Boolean).join(' '), lang: m.lang },
  el('b', {}, m.name || authors[m.author]), el('span', { class: 'meta' }, ` ${time(m.at)}`, m.masked ? ' · parts are hidden' : '', m.found ? ` · ${protectedData(m.found)}` : ''),
  el('br'), m.text ? el('span', { dir: 'auto' }, m.text) : el('i', {}, 'hidden from your role'))

const render = (i, path, c, still) => {
  const draft = current?.path === path ? desk.querySelector('.reply textarea')?.value : ''
  current = { i, path, c, still, doing: 'viewing' }
  show(el('div', { class: 'inbox with-pane' }, beside(i, still), pane(), side()))
  mark()
  const log = desk.querySelector('.transcript')
  const down = () => { log.scrollTop = log.scrollHeight }
  down()
  new ResizeObserver(down).observe(log)
  if (document.activeElement === document.body) desk.querySelector('#what').focus({ preventScroll: true })
  if (draft) desk.querySelector('.reply textarea')?.setRangeText(draft)
  every(c.holder === i.id ? 3 : 8, attend) // who answers sees soon that the patient is writing
  attend()
}

const doing = { typing: 'The patient is writing', viewing: 'The patient has the page open' }

const again = async () => { if (current.still()) { stale(); await open(current.i, current.c.conversation) } }
const act = (fn) => async () => { complain(''); try { await fn() } catch (error) { complain(error.message) } }
const post = (what, body) => call('POST', `${current.path}/${what}`, body)

// attend says that one is here and hears who else is; what is new is fetched only then, since every look is in the trail.
const attend = async () => {
  const { i, c, still } = current
  if (current.doing === 'typing' && Date.now() - pressed > 6000) current.doing = 'viewing'
  try {
    const p = await call('POST', '/presence', { conversation: c.conversation, doing: current.doing }, { background: true })
    if (!still()) return
    const others = [doing[p.patient], ...p.others.map((o) => `${o.name} is ${o.doing === 'typing' ? 'writing' : 'here'}`)].filter(Boolean).join(' · ')
    const at = desk.querySelector('.present')
    if (at.textContent !== others) at.textContent = others
    if (p.seq === c.seq && p.control === c.control && (p.holder || '') === (c.holder || '')) return
    const writing = document.activeElement?.closest('form')
    if (writing && !writing.classList.contains('reply')) return // a reason is being written; it comes later
    const news = await call('GET', current.path, undefined, { background: true })
    if (!still()) return
    const focused = document.activeElement?.closest('.reply')
    announce(news.seq > c.seq ? 'There is a new message.' : 'The conversation has moved on.')
    const stay = view()
    render(i, current.path, news, stay)
    if (focused) desk.querySelector('.reply textarea')?.focus()
  } catch (error) { if (still()) complain(error.message) }
}

// ask asks for what an act needs, in place.
const ask = (question, send) => {
  const at = desk.querySelector('.asked')
  const f = form({ level: 'h3', cancel: () => at.replaceChildren(), ...question }, send)
  at.replaceChildren(f)
  f.querySelector('input, select, textarea').focus()
}

const reason = (label) => field('reason', label, { minlength: 5, maxlength: 500, autocomplete: 'off' })

export const acts = {
  take: act(async () => { await post('claim'); await again() }),
  pass: () => ask({
    title: 'Pass it on', hint: 'The other team has to take it.', button: 'Pass on',
    fields: [field('team', 'Team', { options: current.c.teams.map((t) => [t, words(t)]) }), reason('Why')],
  }, async (v) => { await post('transfer', v); await queue(current.i) }),
  release: () => ask({
    title: 'Give back to the assistant', hint: 'The patient is told once.', button: 'Give back',
    fields: [field('location', 'It goes on at', { options: [['', 'the start'], ...current.c.resume.map((r) => [r.id, words(r.text)])] }), reason('Why')],
  }, async ({ location, reason }) => { await post('release', { reason, ...(location && { location }) }); await again() }),
  close: () => ask({
    title: 'Close', hint: 'The patient can still write; it comes back to the queue then.', button: 'Close it',
    fields: [field('outcome', 'What came of it', { options: outcomes.map((o) => [o, words(o)]) })],
  }, async (v) => { await post('close', v); await queue(current.i) }),
  answered: act(async () => { await post('close', { outcome: 'answered' }); await queue(current.i) }),
  reveal: () => ask({ title: 'Show everything', button: 'Show', fields: [reason('Why do you need to see it?')] },
    async (v) => { const c = await post('reveal', v); render(current.i, current.path, c, view()) }),
}

const pane = () => {
  const { i, c } = current
  const mine = c.holder === i.id
  const button = (label, name, main) => el('button', { class: main && 'main', onclick: acts[name] }, label)
  const open = c.control !== 'closed'
  return el('section', { class: `pane ${c.urgency || 'routine'}`, 'data-id': c.conversation, 'aria-labelledby': 'what' },
    el('button', { class: 'back', onclick: () => queue(i) }, 'Back to the queue'),
    el('h2', { id: 'what', tabindex: '-1' }, c.urgency === 'emergency' ? `Emergency: ${c.flow_name}` : c.flow_name),
    el('p', { class: 'meta' }, [urgency(c), words(c.team || ''), c.control === 'human' ? (mine ? 'yours' : `taken by ${c.holder_name}`) : words(c.control),
      c.outcome && words(c.outcome), language(c.lang)].filter(Boolean).join(' · '), ' ', clock(c)),
    c.urgency === 'emergency' && open ? el('p', { class: 'complaint alarm' }, 'An emergency was heard. Call the patient; where you cannot reach them, call 911. The assistant stays silent.') : undefined,
    el('p', { class: 'present meta', 'aria-live': 'polite' }),
    el('div', { class: 'transcript', role: 'log', 'aria-label': 'Transcript', tabindex: '0' }, el('ol', {}, ...c.messages.map(message))),
    mine && open ? reply() : undefined,
    el('div', { class: 'acts' },
      open && !mine && i.may.includes('conversation.claim') && button('Take it', 'take', true),
      mine && button('Pass on', 'pass'),
      mine && c.may_release && button('Give back', 'release'),
      mine && button('Close as answered', 'answered'),
      mine && button('Close', 'close'),
      i.may.includes('transcript.reveal') && button('Show everything', 'reveal'),
      i.may.includes('transcript.export') && el('a', { class: 'button', href: `/api/staff${current.path}/export/html`, target: '_blank', rel: 'noopener' }, 'Print or keep'),
      i.may.includes('transcript.export') && el('a', { class: 'button', href: `/api/staff${current.path}/export/fhir`, download: '' }, 'FHIR'),
      el('button', { onclick: again }, 'Look again')),
    el('div', { class: 'asked' }))
}

// writing says at once that one has begun to write or has stopped; in between attend repeats it, for as long as keys are pressed.
let pressed = 0
const writing = (text) => {
  const was = current.doing
  pressed = Date.now()
  current.doing = text.trim() ? 'typing' : 'viewing'
  if (was !== current.doing) attend()
}

const reply = () => {
  const { i, c } = current
  let name = crypto.randomUUID()
  const send = async (text, anyway) => {
    try {
      await post('reply', { client_id: name, text, ...(anyway && { anyway }) })
    } catch (error) {
      if (error.code !== 'protected-data') throw error
      return warn(text, error.detail)
    }
    name = crypto.randomUUID()
    f.querySelector('textarea').value = ''
    await again()
    desk.querySelector('.reply textarea')?.focus()
  }
  const warning = el('div', { class: 'warning', role: 'alert' })
  const warn = (text, kinds) => warning.replaceChildren(
    el('p', {}, el('b', {}, 'This looks like protected data: '), protectedData(kinds.split(', ')), '. The chat may not be the place for it.'),
    el('div', { class: 'acts' },
      el('button', { type: 'button', class: 'main', onclick: () => { warning.replaceChildren(); f.querySelector('textarea').focus() } }, 'Change it'),
      el('button', { type: 'button', onclick: act(() => send(text, true)) }, 'Send anyway')))
  const f = form({
    button: 'Send', fields: [
      c.approved.length ? field('approved', 'Begin with an approved text', {
        options: [['', 'none'], ...c.approved.map((t) => [t.id, `${words(t.id)}: ${t.text.slice(0, 60)}`])],
        onchange: (e) => { const t = c.approved.find((t) => t.id === e.target.value); if (t) box.value = t.text; box.focus() },
      }) : undefined,
      field('text', 'Your answer; the patient reads it as from a person', { rows: 2, autocomplete: 'off', maxlength: 4000, oninput: () => writing(box.value) }),
    ].filter(Boolean),
  }, ({ text }) => { warning.replaceChildren(); return send(text) })
  const box = f.querySelector('textarea')
  box.addEventListener('keydown', (e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) f.requestSubmit() })
  f.classList.add('reply')
  f.setAttribute('aria-label', 'Answer')
  f.append(warning)
  return f
}

const list = (names) => names.length ? names.map(words).join(', ') : 'nothing'
const part = (title, ...children) => el('details', { open: true }, el('summary', {}, title), ...children)
const pairs = (...rows) => el('dl', {}, ...rows.filter(([, v]) => v).flatMap(([k, v]) => [el('dt', {}, k), el('dd', {}, v)]))

const side = () => {
  const { i, c } = current
  const g = c.guidance
  return el('aside', { class: 'side', 'aria-label': 'What is known' },
    part('Answers given', c.fields.length
      ? pairs(...c.fields.map((f) => [words(f.name), f.hidden ? el('i', {}, 'hidden from your role') : el('bdi', {}, f.value)])) : el('p', { class: 'hint' }, 'None yet.')),
    part('Where it stands', pairs(['in the flow', places[c.state] || words(c.state)], ['asked last for', c.asking && words(c.asking)], ['handed over because', because(c.reason)],
      ['escalation', c.escalation && words(c.escalation)], ['began', `${time(c.started)}, ${words(c.channel)}`], ['heard', `${since(c.heard)} ago`],
      ['notice shown', c.notice_lang && `before the first answer, in ${language(c.notice_lang)}`], ['agreed to', list(c.consents)],
      ['flagged', c.flagged && 'protected data was volunteered'])),
    part('What may be said', pairs(['yes', list(g.handle)], ['a clinician or this team decides', list(g.escalate)], ['never here', list(g.refuse)], ['the flow is for', words(g.purpose)])),
    part('Notes for colleagues', el('ol', { class: 'notes' }, ...c.notes.map((n) => el('li', {}, el('span', { class: 'meta' }, `${n.by}, ${time(n.at)}`), el('br'), n.text))),
      c.hidden_notes ? el('p', { class: 'hint' }, `${c.hidden_notes} hidden from your role`) : undefined,
      i.may.includes('conversation.note') ? form({ button: 'Keep the note', fields: [field('text', 'A note; the patient never sees it', { rows: 2, maxlength: 1900 })] },
        async (v) => { await post('notes', v); await again() }) : undefined))
}

// leave says that one is gone.
export const leave = () => {
  if (current?.still()) call('POST', '/presence', { conversation: current.c.conversation, doing: 'gone' }, { background: true }).catch(() => {})
}
