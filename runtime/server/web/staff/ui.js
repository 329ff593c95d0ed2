// What all views share: making elements of text nodes, so that nothing a patient wrote can become a part of the page, forms,
// and asking the server.

export const desk = document.getElementById('desk')
const said = document.getElementById('said')
const polite = document.getElementById('polite')

export const el = (tag, attributes = {}, ...children) => {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value)
    else if (value !== false && value !== undefined) e.setAttribute(name, value === true ? '' : value)
  }
  e.append(...children.filter((c) => c !== undefined && c !== false))
  return e
}

export const complain = (text) => { said.textContent = text }
export const announce = (text) => { polite.textContent = text }

// turn counts what was asked to be shown, so that an answer that comes late does not cover what was asked for after it.
let turn = 0
let timers = []
export const view = () => {
  const mine = ++turn
  timers.forEach(clearInterval)
  timers = []
  complain('')
  return () => mine === turn
}
export const show = (...children) => desk.replaceChildren(...children.filter(Boolean))

// every does something by itself until another view is shown.
export const every = (seconds, fn) => timers.push(setInterval(fn, seconds * 1000))

export class Refused extends Error {
  constructor (status, answer) {
    super(answer.detail && answer.code !== 'protected-data' ? `${sentence(answer.title)}: ${answer.detail}.` : sentence(answer.title || 'That did not work') + '.')
    Object.assign(this, { status, code: answer.code, detail: answer.detail })
  }
}
const sentence = (s) => s.charAt(0).toUpperCase() + s.slice(1)

const hooks = { stranger: () => {} }
export const whenStranger = (fn) => { hooks.stranger = fn }

// call asks the server. background is for what the page asks by itself, which is no use of the session.
export const call = async (method, path, body, { background = false } = {}) => {
  const headers = { ...(body && { 'Content-Type': 'application/json' }), ...(background && { 'Tacet-Background': '1' }) }
  let res
  try {
    res = await fetch('/api/staff' + path, { method, headers, body: body ? JSON.stringify(body) : undefined })
  } catch {
    throw new Error('The server does not answer. Please try again.')
  }
  const answer = res.status === 204 ? {} : await res.json().catch(() => ({}))
  if (res.ok) return answer
  if (res.status === 401 && !path.startsWith('/sign-in') && !['/set-up', '/accept', '/codes', '/password'].includes(path)) hooks.stranger()
  if (res.status === 429) throw new Error(`Too many tries. Please wait ${res.headers.get('Retry-After') || 'a few'} seconds.`)
  throw new Refused(res.status, answer)
}

let labels = 0
// field is a labelled control: an input, a textarea or a select of [value, text] pairs.
export const field = (name, label, { options, rows, ...attributes } = {}) => {
  const id = `f${++labels}`
  const control = options
    ? el('select', { id, name, ...attributes }, ...options.map(([value, text]) => el('option', { value }, text)))
    : el(rows ? 'textarea' : 'input', { id, name, required: true, ...(rows && { rows }), ...attributes })
  if (attributes.value && !options) control.value = attributes.value
  return el('p', { class: attributes.type === 'checkbox' ? 'field tick' : 'field' }, el('label', { for: id }, label), control)
}

// boxes are a named group of [value, text] pairs to tick.
export const boxes = (name, label, options, ticked = []) => el('fieldset', {}, el('legend', {}, label), ...options.map(([value, text]) => {
  const id = `f${++labels}`
  return el('p', { class: 'field tick' }, el('label', { for: id }, text), el('input', { id, name, value, type: 'checkbox', checked: ticked.includes(value) }))
}))

// form is a question to whoever sits here.
export const form = ({ title, hint, fields = [], button, cancel, level = 'h2' }, send) => {
  const f = el('form', {
    onsubmit: async (event) => {
      event.preventDefault()
      const press = f.querySelector('button')
      press.disabled = true
      complain('')
      try {
        const given = {} // of boxes with one name those that are ticked, with spaces between
        for (const [name, value] of new FormData(f)) given[name] = name in given ? `${given[name]} ${value}` : value
        await send(given)
      } catch (error) { complain(error.message) }
      press.disabled = false
    },
  }, title ? el(level, {}, title) : undefined, hint ? el('p', { class: 'hint' }, hint) : undefined, ...fields,
  el('div', { class: 'acts' }, el('button', { class: 'main' }, button),
    cancel ? el('button', { type: 'button', onclick: cancel }, 'Cancel') : undefined))
  return f
}

// minutes says a length of time.
export const minutes = (n) => n < 1 ? 'less than a minute' : n < 90 ? `${n} min` : n < 48 * 60 ? `${Math.round(n / 60)} h` : `${Math.round(n / 1440)} days`
export const since = (at) => minutes(Math.max(0, Math.round((Date.now() - new Date(at)) / 60000)))

// time says a moment by the practice's clock, whatever the clock of this device; where the two differ it names the zone.
const timeZone = document.body.dataset.zone
const written = (of, how) => new Intl.DateTimeFormat('en-US', { timeZone, ...how }).format(of)
const away = timeZone !== Intl.DateTimeFormat().resolvedOptions().timeZone
export const time = (at) => {
  const d = new Date(at)
  const date = (of) => written(of, { year: 'numeric', month: 'short', day: 'numeric' })
  const clock = written(d, { hour: 'numeric', minute: '2-digit', ...(away && { timeZoneName: 'short' }) })
  return date(d) === date(new Date()) ? clock : `${date(d).replace(`, ${written(new Date(), { year: 'numeric' })}`, '')}, ${clock}`
}

// day is a day of the practice's calendar as a form takes it, some days back.
export const day = (back = 0) => new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(Date.now() - back * 86400000)

export const words = (name) => name.replaceAll('-', ' ')

// language names a language by its code.
const tongues = new Intl.DisplayNames('en', { type: 'language' })
export const language = (code) => tongues.of(code)

const kinds = {
  aba: 'a bank routing number', account: 'an account number', age: 'an age', card: 'a card number', dea: 'a DEA number', 'device-id': 'the number of a device', dob: 'a date of birth',
  email: 'an e-mail address', handle: 'an account name', health: 'health', ip: 'an internet address', itin: 'a taxpayer number', license: 'the number of a licence', mac: 'the address of a device',
  mbi: 'a Medicare number', 'member-id': "an insurer's member number", mrn: 'a record number', npi: "a provider's number", passport: 'a passport number', phone: 'a telephone number',
  plate: 'a licence plate', ssn: 'a Social Security number', url: 'a web address', vin: "a vehicle's number", zip: 'a ZIP code',
}
// protectedData says what was found in a text, each kind once: of names, or of "mrn 1, ssn 2".
export const protectedData = (found) => [...new Set(found.map((f) => f.replace(/ \d+$/, '')))].map((f) => kinds[f] || `a ${words(f)}`).join(', ')
