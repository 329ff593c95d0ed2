// The staff pages: set up, sign in, the queue, and a conversation. Everything shown is made of text nodes, so nothing that a
// patient wrote can become a part of the page.
'use strict'

const desk = document.getElementById('desk')
const ways = document.getElementById('ways')
const me = document.getElementById('me')
const said = document.getElementById('said')
let timer = 0
let turn = 0 // counts what was asked to be shown, so that an answer that comes late does not cover what was asked for after it

const el = (tag, attributes = {}, ...children) => {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value)
    else if (value !== false && value !== undefined) e.setAttribute(name, value === true ? '' : value)
  }
  e.append(...children.filter((c) => c !== undefined))
  return e
}

const show = (...children) => { clearTimeout(timer); desk.replaceChildren(...children.filter(Boolean)); said.textContent = '' }
const complain = (text) => { said.textContent = text }

// call asks the server; a refusal to know us leads to signing in.
const call = async (method, path, body) => {
  let res
  try {
    res = await fetch('/api/staff' + path, {
      method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body ? JSON.stringify(body) : undefined,
    })
  } catch {
    throw new Error('The server does not answer. Please try again.')
  }
  const answer = res.status === 204 ? {} : await res.json().catch(() => ({}))
  if (res.ok) return answer
  if (res.status === 401 && !path.startsWith('/sign-in') && !['/set-up', '/accept', '/codes'].includes(path)) {
    signIn()
    throw new Error('Please sign in.')
  }
  if (res.status === 429) throw new Error(`Too many tries. Please wait ${res.headers.get('Retry-After') || 'a few'} seconds.`)
  throw new Error(answer.detail || answer.title || 'That did not work.')
}

// form is a question to whoever sits here; fields are [name, label, attributes].
const form = (title, hint, fields, button, send) => {
  const f = el('form', {
    onsubmit: async (event) => {
      event.preventDefault()
      const press = f.querySelector('button')
      press.disabled = true
      try {
        await send(Object.fromEntries(new FormData(f)))
      } catch (error) { complain(error.message) }
      press.disabled = false
    },
  }, el('h2', {}, title), hint ? el('p', { class: 'hint' }, hint) : undefined,
  ...fields.map(([name, label, attributes]) => el('label', {}, label, el('input', { name, required: true, ...attributes }))),
  el('button', { class: 'main' }, button))
  return f
}

const password = { type: 'password', autocomplete: 'new-password', minlength: 12 }
const oneTime = { inputmode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9 ]{6,7}' }

// step goes on to what is missing.
const step = ({ stage }) => {
  history.replaceState(null, '', '/staff')
  if (stage === 'in') return start()
  if (stage === 'code') return code()
  return enrol()
}

const setUp = (token) => show(form('The first account', 'It manages people and owns the policy.', [
  ['name', 'Your name', { autocomplete: 'name' }], ['email', 'E-mail', { type: 'email', autocomplete: 'username' }],
  ['password', 'Password, at least 12 characters', password],
], 'Go on', async (v) => step(await call('POST', '/set-up', { token, ...v }))))

const accept = (token) => show(form('Welcome', 'Choose your password.', [['password', 'Password, at least 12 characters', password]], 'Go on',
  async (v) => step(await call('POST', '/accept', { token, ...v }))))

const signIn = () => {
  turn++
  me.textContent = "For the practice's staff"
  ways.replaceChildren()
  show(form('Sign in', '', [
    ['email', 'E-mail', { type: 'email', autocomplete: 'username' }], ['password', 'Password', { type: 'password', autocomplete: 'current-password' }],
  ], 'Sign in', async (v) => step(await call('POST', '/sign-in', v))))
}

const code = () => show(form('One-time code', 'Your authenticator app shows it.', [['code', 'Six digits', oneTime]], 'Sign in',
  async (v) => step(await call('POST', '/sign-in/code', v))))

const enrol = async () => {
  const { secret, url } = await call('POST', '/codes/offer')
  show(el('p', {}, 'Add this secret to an authenticator app, or ', el('a', { href: url }, 'open the app'), ':'),
    el('p', { class: 'secret', id: 'secret' }, secret),
    form('A second factor', 'Then type the code that the app shows.', [['code', 'Six digits', oneTime]], 'Go on',
      async (v) => step(await call('POST', '/codes', v))))
}

// since says how long ago something was.
const since = (at) => {
  const minutes = Math.max(0, Math.round((Date.now() - new Date(at)) / 60000))
  return minutes < 1 ? 'now' : minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

const start = async () => {
  const i = await call('GET', '/me')
  me.textContent = `${i.name} · ${i.roles.join(', ')}`
  ways.replaceChildren(
    i.may.includes('queue.view') ? el('button', { onclick: () => queue(i) }, 'Queue') : '',
    i.may.includes('people.manage') ? el('button', { onclick: () => people(i) }, 'People') : '',
    el('button', { onclick: async () => { await call('POST', '/sign-out'); signIn() } }, 'Sign out'))
  return i.may.includes('queue.view') ? queue(i) : people(i)
}

const queue = async (i) => {
  const asked = ++turn
  let list
  try {
    list = (await call('GET', '/queue')).conversations
  } catch (error) { return complain(error.message) }
  if (asked !== turn) return
  show(el('h2', {}, 'Queue'), list.length ? undefined : el('p', { class: 'hint' }, 'Nobody is waiting.'),
    el('ol', { class: 'queue' }, ...list.map((c) => el('li', { class: c.urgency || 'routine' },
      el('span', { class: 'what' }, el('b', {}, c.urgency === 'emergency' ? 'Emergency' : c.urgency || c.control), ` ${c.flow}`,
        el('span', { class: 'meta' }, ` ${c.team || ''} · ${c.holder ? (c.holder === i.id ? 'yours' : 'taken') : 'waiting'} · ${since(c.heard)}${c.flagged ? ' · flagged' : ''}`)),
      el('button', { onclick: () => open(i, c.conversation) }, 'Open')))))
  timer = setTimeout(() => queue(i), 20000)
}

// say asks for a reason or the like, in place.
const say = (label, send) => form(label, '', [['text', 'In a sentence', {}]], 'Go on', ({ text }) => send(text))

const open = async (i, id) => {
  const path = `/conversations/${encodeURIComponent(id)}`
  const asked = ++turn
  let c
  try {
    c = await call('GET', path)
  } catch (error) { return complain(error.message) }
  if (asked === turn) render(i, path, c)
}

const render = (i, path, c) => {
  const shown = turn
  const again = () => shown === turn && open(i, c.conversation)
  const act = (fn) => async () => { try { await fn(); await again() } catch (error) { complain(error.message) } }
  const ask = (label, fn, then = again) => () => desk.append(say(label, async (text) => then(await fn(text))))
  const mine = c.holder === i.id
  show(el('h2', {}, c.urgency === 'emergency' ? 'Emergency' : c.flow),
    el('p', { class: 'meta' }, [c.control, c.team, c.reason && `because of ${c.reason}`, c.holder && (mine ? 'yours' : 'taken by somebody else'), c.lang].filter(Boolean).join(' · ')),
    el('dl', { class: 'fields' }, ...c.fields.flatMap((f) => [el('dt', {}, f.name), el('dd', {}, f.hidden ? 'hidden from your role' : f.value)])),
    el('ol', { class: 'transcript', role: 'log', 'aria-label': 'Transcript' }, ...c.messages.map((m) => el('li', { class: m.author },
      el('b', {}, m.author === 'patient' ? 'Patient' : m.author === 'staff' ? 'Staff' : 'Assistant'), el('span', { class: 'meta' }, ` ${new Date(m.at).toLocaleTimeString()}${m.masked ? ' · parts are hidden' : ''}`),
      el('br'), m.text))),
    el('div', { class: 'acts' },
      c.control === 'closed' || mine ? undefined : el('button', { class: 'main', onclick: act(() => call('POST', `${path}/claim`)) }, 'Take it'),
      i.may.includes('transcript.reveal') ? el('button', { onclick: ask('Why do you need to see everything?', (reason) => call('POST', `${path}/reveal`, { reason }), (all) => render(i, path, all)) }, 'Show everything') : undefined,
      mine && c.may_release ? el('button', { onclick: ask('Why does the assistant go on?', (reason) => call('POST', `${path}/release`, { reason })) }, 'Give back to the assistant') : undefined,
      mine ? el('button', { onclick: act(() => call('POST', `${path}/close`, { outcome: 'answered' })) }, 'Close as answered') : undefined,
      el('button', { onclick: again }, 'Look again')))
  if (!mine || c.control === 'closed') return
  let name = crypto.randomUUID()
  const reply = form('Answer', 'The patient reads this as from a person.', [['text', 'Your answer', { autocomplete: 'off', maxlength: 4000 }]], 'Send', async ({ text }) => {
    await call('POST', `${path}/reply`, { client_id: name, text })
    name = crypto.randomUUID()
    await again()
  })
  reply.className = 'reply'
  desk.append(reply)
}

const people = async (i) => {
  if (!i.may.includes('people.manage')) return show(el('p', { class: 'hint' }, 'There is nothing here for your role yet.'))
  const asked = ++turn
  const list = (await call('GET', '/people')).people
  if (asked !== turn) return
  const link = (token) => el('p', {}, 'Give this link to them; it works once, for three days: ', el('span', { class: 'secret', id: 'link' }, `${location.origin}/staff/accept#${token}`))
  const invite = form('Invite somebody', 'Roles: admin, coordinator, clinician, compliance, operator.', [
    ['name', 'Name', { autocomplete: 'off' }], ['email', 'E-mail', { type: 'email', autocomplete: 'off' }], ['roles', 'Roles, with spaces between', {}],
    ['teams', 'Teams, with spaces between', { required: false }],
  ], 'Invite', async (v) => { const { token } = await call('POST', '/people', v); invite.after(link(token)) })
  show(el('h2', {}, 'People'), el('ol', { class: 'queue' }, ...list.map((p) => el('li', {},
    el('span', { class: 'what' }, el('b', {}, p.name), ` ${p.email}`, el('span', { class: 'meta' }, ` ${p.roles.join(', ')} · ${p.teams.join(', ')}${p.left ? ' · left' : ''}`))))), invite)
}

const token = location.hash.slice(1)
if (location.pathname === '/staff/set-up' && token) setUp(token)
else if (location.pathname === '/staff/accept' && token) accept(token)
else start().catch(() => {})
